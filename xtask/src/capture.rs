//! What a process prints, kept to a bounded size: the beginning and the end.
use std::collections::VecDeque;
use std::io::Read;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How much of each stream of an answer is kept.
pub const ANSWER_BYTES: usize = 64 * 1024;

/// The first and the last bytes of a stream.
#[derive(Debug)]
pub struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    half: usize,
    dropped: u64,
    seen: u64,
}

impl Kept {
    fn new(most: usize) -> Kept {
        Kept { head: Vec::new(), tail: VecDeque::new(), half: most / 2, dropped: 0, seen: 0 }
    }

    fn add(&mut self, mut bytes: &[u8]) {
        self.seen += bytes.len() as u64;
        let room = self.half - self.head.len();
        let first = &bytes[..room.min(bytes.len())];
        self.head.extend_from_slice(first);
        bytes = &bytes[first.len()..];
        if bytes.len() > self.half {
            let skipped = bytes.len() - self.half;
            self.dropped += skipped as u64;
            bytes = &bytes[skipped..];
        }
        let too_many = (self.tail.len() + bytes.len()).saturating_sub(self.half);
        self.tail.drain(..too_many);
        self.dropped += too_many as u64;
        self.tail.extend(bytes);
    }

    /// As text; what is no UTF-8 is shown as `�`, and what was dropped is counted.
    pub fn text(&self) -> String {
        let mut bytes = self.head.clone();
        if self.dropped > 0 {
            bytes.extend_from_slice(format!("\n[… {} bytes are not shown …]\n", self.dropped).as_bytes());
        }
        bytes.extend(&self.tail);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A thread that empties a stream, so that whoever writes to it never waits.
pub struct Drain {
    kept: Arc<Mutex<Kept>>,
    ended: Receiver<()>,
}

impl Drain {
    /// Begins to empty `stream`, keeping at most `most` bytes.
    pub fn start(mut stream: impl Read + Send + 'static, most: usize) -> Drain {
        let kept = Arc::new(Mutex::new(Kept::new(most)));
        let (send, ended) = channel();
        let shared = Arc::clone(&kept);
        thread::spawn(move || {
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                shared.lock().unwrap_or_else(PoisonError::into_inner).add(&buffer[..count]);
            }
            // Whoever asked may have stopped waiting.
            let _ = send.send(());
        });
        Drain { kept, ended }
    }

    /// How many bytes were written so far, kept or not.
    pub fn bytes(&self) -> u64 {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).seen
    }

    /// What was written until the stream's end. Waits for the end only `patience` long: a process that slipped out of
    /// its group may hold the stream open for ever.
    pub fn text(&self, patience: Duration) -> String {
        let _ = self.ended.recv_timeout(patience);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(most: usize, pieces: &[&str]) -> String {
        let mut kept = Kept::new(most);
        for piece in pieces {
            kept.add(piece.as_bytes());
        }
        kept.text()
    }

    #[test]
    fn little_is_kept_whole() {
        assert_eq!(kept(8, &["abcd", "efgh"]), "abcdefgh");
        assert_eq!(kept(8, &["abcdefg", "h"]), "abcdefgh");
    }

    #[test]
    fn of_much_the_beginning_and_the_end_are_kept() {
        assert_eq!(kept(8, &["abcdefghijkl"]), "abcd\n[… 4 bytes are not shown …]\nijkl");
        assert_eq!(kept(8, &["abcde", "fgh", "ijk", "l"]), "abcd\n[… 4 bytes are not shown …]\nijkl");
    }

    #[test]
    fn a_cut_through_a_character_is_harmless() {
        assert!(kept(4, &["äöüäöü"]).contains('ä'));
    }

    #[test]
    fn the_writer_never_waits() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let drain = Drain::start(reader, 1024);
        std::io::Write::write_all(&mut writer, &vec![b'x'; 4 << 20]).unwrap();
        drop(writer);
        assert!(drain.text(Duration::from_secs(60)).len() < 2048);
    }
}
