//! Lines out of a stream of bytes, which comes in pieces that have nothing to do with lines.
use std::io::{self, ErrorKind, Read};
use std::mem;

/// Why a line is none.
#[derive(Debug, PartialEq)]
pub enum NoLine {
    /// It was longer than allowed; nothing of it was kept.
    TooLong,
    /// Its bytes are no text.
    NotUtf8,
}

/// Reads lines. `BufRead::read_line` would do, if it had a limit and did not take bad bytes for a failure.
pub struct Lines<R> {
    source: R,
    /// What was read and not yet looked at is `piece[from..to]`.
    piece: Box<[u8; 4096]>,
    from: usize,
    to: usize,
    /// The beginning of the line whose end has not come yet.
    line: Vec<u8>,
    too_long: bool,
    /// How many bytes a line may have.
    limit: usize,
}

impl<R: Read> Lines<R> {
    pub fn new(source: R, limit: usize) -> Lines<R> {
        Lines { source, piece: Box::new([0; 4096]), from: 0, to: 0, line: Vec::new(), too_long: false, limit }
    }

    /// Where the bytes come from.
    pub fn source(&mut self) -> &mut R {
        &mut self.source
    }

    /// The next line, without its end. `None` at the end; a line that has not come to its end by then was never sent.
    ///
    /// # Errors
    /// Those of the source. After one, the next call goes on where this one stopped.
    pub fn next(&mut self) -> io::Result<Option<Result<String, NoLine>>> {
        loop {
            let unread = &self.piece[self.from..self.to];
            let end = unread.iter().position(|byte| *byte == b'\n');
            let part = &unread[..end.unwrap_or(unread.len())];
            self.from += part.len();
            self.too_long |= self.line.len() + part.len() > self.limit;
            if self.too_long {
                // Given back, not only emptied: the rest of an endless line costs nothing.
                self.line = Vec::new();
            } else {
                self.line.extend_from_slice(part);
            }
            if end.is_some() {
                self.from += 1;
                return Ok(Some(self.finished()));
            }
            (self.from, self.to) = (0, 0);
            match self.source.read(&mut *self.piece) {
                Ok(0) => return Ok(None),
                Ok(read) => self.to = read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the next line has come already, so that nobody has to wait for it.
    pub fn another_is_here(&self) -> bool {
        self.piece[self.from..self.to].contains(&b'\n')
    }

    fn finished(&mut self) -> Result<String, NoLine> {
        let mut line = mem::take(&mut self.line);
        if mem::take(&mut self.too_long) {
            return Err(NoLine::TooLong);
        }
        if line.ends_with(b"\r") {
            line.pop();
        }
        String::from_utf8(line).map_err(|_| NoLine::NotUtf8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// Gives bytes in the pieces of a script, failures among them.
    struct Pieces(VecDeque<Result<Vec<u8>, ErrorKind>>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.pop_front() {
                None => Ok(0),
                Some(Ok(piece)) => {
                    let fits = piece.len().min(buffer.len());
                    buffer[..fits].copy_from_slice(&piece[..fits]);
                    if fits < piece.len() {
                        self.0.push_front(Ok(piece[fits..].to_vec()));
                    }
                    Ok(fits)
                }
                Some(Err(kind)) => Err(kind.into()),
            }
        }
    }

    fn lines(bytes: &[u8], size: usize) -> Vec<Result<String, NoLine>> {
        let pieces = bytes.chunks(size).map(|piece| Ok(piece.to_vec())).collect();
        let mut lines = Lines::new(Pieces(pieces), 10);
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    fn text(text: &str) -> Result<String, NoLine> {
        Ok(text.into())
    }

    #[test]
    fn the_same_lines_however_they_are_cut() {
        let mut bytes = "one\r\n\nzwölf\n0123456789\n01234567890\nafter\n".as_bytes().to_vec();
        bytes.extend(b"\xff\xfe\nlast\nhalf");
        let wanted = [
            text("one"),
            text(""),
            text("zwölf"),
            text("0123456789"),
            Err(NoLine::TooLong),
            text("after"),
            Err(NoLine::NotUtf8),
            text("last"),
        ];
        for size in 1..=bytes.len() {
            assert_eq!(lines(&bytes, size), wanted, "in pieces of {size}");
        }
    }

    #[test]
    fn an_endless_line_takes_no_memory() {
        let mut lines = Lines::new(io::repeat(b'x').take(10 << 20), 10);
        assert_eq!(lines.next().unwrap(), None);
        assert!(lines.line.capacity() <= 10, "{}", lines.line.capacity());
    }

    #[test]
    fn failures_do_not_lose_a_byte() {
        let script = [
            Ok(b"ab".to_vec()),
            Err(ErrorKind::Interrupted),
            Err(ErrorKind::WouldBlock),
            Ok(b"c\nd".to_vec()),
        ];
        let mut lines = Lines::new(Pieces(script.into()), 10);
        assert_eq!(lines.next().unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(lines.next().unwrap(), Some(text("abc")));
        assert_eq!(lines.next().unwrap(), None);
    }

    #[test]
    fn what_has_come_is_known_without_waiting() {
        let mut lines = Lines::new(Pieces([Ok(b"a\nb\nc".to_vec()), Ok(b"\n".to_vec())].into()), 10);
        assert!(!lines.another_is_here());
        let mut here = Vec::new();
        while lines.next().unwrap().is_some() {
            here.push(lines.another_is_here());
        }
        assert_eq!(here, [true, false, false]);
    }
}
