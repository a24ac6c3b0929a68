//! Keys as they are pressed, and waiting for the next one or for a word from another thread.
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A letter, a digit, a sign.
    Char(char),
    Enter,
    Escape,
    Backspace,
    Up,
    Down,
    PageUp,
    PageDown,
    /// One that means nothing here.
    Other,
}

/// The keyboard, and a bell by which other threads end the wait for a key.
pub struct Keyboard {
    bell: UnixStream,
    ring: Arc<UnixStream>,
}

/// Ends the wait for a key.
#[derive(Clone)]
pub struct Bell(Arc<UnixStream>);

impl Bell {
    /// Ends the wait that is going on, or the next one.
    pub fn ring(&self) {
        // When the pipe is full, the wait ends anyway; when nobody waits any more, nobody needs to be told.
        let _ = (&*self.0).write(&[1]);
    }
}

/// What ended the wait.
#[derive(Debug, PartialEq, Eq)]
pub enum Wait {
    /// These keys, in order.
    Keys(Vec<Key>),
    /// The bell, a signal or the end of the time.
    Other,
    /// The terminal is gone.
    Gone,
}

impl Keyboard {
    /// Listens to standard input.
    pub fn new() -> Result<Keyboard> {
        let (bell, ring) = UnixStream::pair().context("cannot make a bell")?;
        bell.set_nonblocking(true)?;
        ring.set_nonblocking(true)?;
        Ok(Keyboard { bell, ring: Arc::new(ring) })
    }

    /// The bell, for another thread.
    pub fn bell(&self) -> Bell {
        Bell(Arc::clone(&self.ring))
    }

    /// Waits for a key, but no longer than `limit`, and only until the bell rings.
    pub fn wait(&mut self, limit: Duration) -> Result<Wait> {
        let stdin = io::stdin();
        let mut both = [
            PollFd::new(stdin.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.bell.as_fd(), PollFlags::POLLIN),
        ];
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
        match poll(&mut both, limit) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(Wait::Other),
            Err(error) => return Err(error).context("cannot wait for a key"),
        }
        let events = |at: usize| both[at].revents().unwrap_or(PollFlags::empty());
        let (typed, rang) = (events(0), events(1));
        if rang.intersects(PollFlags::POLLIN) {
            // However often it rang, once is enough.
            while matches!(self.bell.read(&mut [0; 64]), Ok(1..)) {}
        }
        if typed.intersects(PollFlags::POLLIN) {
            // Not through the buffer of standard input: what lies there would not be seen by the next wait.
            let mut bytes = [0; 256];
            return match nix::unistd::read(stdin.as_fd(), &mut bytes) {
                Ok(0) => Ok(Wait::Gone),
                Ok(count) => Ok(Wait::Keys(keys(&bytes[..count]))),
                Err(Errno::EINTR | Errno::EAGAIN) => Ok(Wait::Other),
                // What a terminal that was closed gives.
                Err(_) => Ok(Wait::Gone),
            };
        }
        let gone = typed.intersects(PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL);
        Ok(if gone { Wait::Gone } else { Wait::Other })
    }
}

/// The keys behind what a terminal sends: one byte or character for most, `ESC [ A` and the like for some.
fn keys(bytes: &[u8]) -> Vec<Key> {
    let text = String::from_utf8_lossy(bytes);
    let mut keys = Vec::new();
    let mut rest = text.as_ref();
    while let Some(first) = rest.chars().next() {
        let (key, length) = match first {
            '\x1b' => escape(rest),
            '\n' | '\r' => (Key::Enter, 1),
            '\x7f' | '\x08' => (Key::Backspace, 1),
            c if c.is_control() => (Key::Other, c.len_utf8()),
            c => (Key::Char(c), c.len_utf8()),
        };
        keys.push(key);
        rest = &rest[length..];
    }
    keys
}

/// The key of a text that begins with ESC, and its length.
fn escape(text: &str) -> (Key, usize) {
    let Some(body) = text.strip_prefix("\x1b[").or_else(|| text.strip_prefix("\x1bO")) else {
        return (Key::Escape, 1);
    };
    // Parameters, then one letter or `~`.
    let Some(end) = body.find(|c: char| c.is_ascii_alphabetic() || c == '~') else {
        return (Key::Other, text.len());
    };
    let key = match &body[..=end] {
        "A" => Key::Up,
        "B" => Key::Down,
        "5~" => Key::PageUp,
        "6~" => Key::PageDown,
        _ => Key::Other,
    };
    (key, 2 + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_from_what_a_terminal_sends() {
        use Key::{Backspace, Char, Down, Enter, Escape, Other, PageUp, Up};
        assert_eq!(keys(b"h\n"), [Char('h'), Enter]);
        assert_eq!(keys(b"\x1b[A\x1bOB\x1b[5~q"), [Up, Down, PageUp, Char('q')]);
        assert_eq!(keys(b"\x1b"), [Escape]);
        assert_eq!(keys(b"\x1b[1;5C"), [Other]);
        assert_eq!(keys("ä\x7f\x01".as_bytes()), [Char('ä'), Backspace, Other]);
        assert_eq!(keys(b"\x1b["), [Other], "half of one is none");
    }

    #[test]
    fn the_bell_ends_a_wait_however_often_it_rings() {
        let mut keyboard = Keyboard::new().unwrap();
        let bell = keyboard.bell();
        for _ in 0..100_000 {
            bell.ring();
        }
        // Standard input of a test may be anything; a key or its end counts as well.
        keyboard.wait(Duration::from_secs(3_600)).unwrap();
    }
}
