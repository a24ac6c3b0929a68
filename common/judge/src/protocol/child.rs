//! The judge's side of the channel.
use super::MAX_LINE_BYTES;
use super::canary::{CANARY_SECRET, is_canary};
use super::message::{BOARD, Message};
use crate::standstill::Board;
use serde_json::json;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// The environment variable that tells a judge to report to a runner; its value is `stdin`.
pub const CHANNEL_VARIABLE: &str = "JUDGE_CHANNEL";

/// The only kind of channel there is.
const CHANNEL_ON_STDIN: &str = "stdin";

/// Where a judge's messages go.
#[derive(Debug)]
pub struct Channel {
    stream: UnixStream,
    nonce: String,
}

impl Channel {
    /// The channel that the environment announces, or `None` when no runner is listening.
    ///
    /// To be called before any of the answer's code runs.
    ///
    /// # Errors
    /// A channel was announced, but standard input is no socket or does not begin with a nonce.
    pub fn from_stdin() -> io::Result<Option<Self>> {
        match std::env::var(CHANNEL_VARIABLE) {
            Err(_) => Ok(None),
            Ok(kind) if kind == CHANNEL_ON_STDIN => {
                // A descriptor of its own, closed on exec, so that no child process of the answer inherits it twice.
                Channel::open(io::stdin().as_fd().try_clone_to_owned()?).map(Some)
            }
            Ok(other) => Err(invalid(format!(
                "{CHANNEL_VARIABLE}={}: unknown; unset it, or let `cargo xtask check` start this judge",
                other.escape_debug()
            ))),
        }
    }

    /// A channel over one end of a socket pair. Reads the nonce, to the end of what the runner says.
    ///
    /// # Errors
    /// What arrives is not `nonce` and 32 hexadecimal digits, and nothing after it.
    pub fn open(socket: OwnedFd) -> io::Result<Self> {
        let mut stream = UnixStream::from(socket);
        let mut text = Vec::new();
        // One byte more than a right answer has: enough to see that it is too long.
        let read = (&mut stream).take(40).read_to_end(&mut text);
        read.map_err(|e| io::Error::new(e.kind(), format!("standard input is no channel to a runner: {e}")))?;
        let nonce = std::str::from_utf8(&text).ok().and_then(nonce_of);
        let nonce = nonce.ok_or_else(|| invalid("the channel does not begin with a nonce".to_string()))?;
        Ok(Channel { nonce: nonce.to_string(), stream })
    }

    /// Whether this run is a canary: a layer whose last assertion must fail; see [`is_canary`].
    pub fn is_canary(&self) -> bool {
        CANARY_SECRET.is_some_and(|secret| is_canary(secret, &self.nonce))
    }

    /// Sends one message.
    ///
    /// # Errors
    /// The runner is gone.
    pub fn send(&mut self, message: &Message) -> io::Result<()> {
        let mut line = message.to_line(&self.nonce);
        if let (true, Message::Done(judgement)) = (line.len() > MAX_LINE_BYTES, message) {
            // The runner would take so long a line for somebody else's. The story is what makes it long.
            let mut judgement = judgement.clone();
            judgement.story = None;
            judgement.details.push("The failing schedule is too long to be told.".into());
            line = Message::Done(judgement).to_line(&self.nonce);
        }
        self.stream.write_all(line.as_bytes())
    }

    /// Sends what the threads of a real run hold and wait for.
    pub(crate) fn send_board(&mut self, board: &Board) -> io::Result<()> {
        let line = format!("{}\n", json!({ "type": BOARD, "nonce": self.nonce, "board": board.to_json() }));
        if line.len() > MAX_LINE_BYTES {
            // Thousands of threads; nobody would read that.
            return Ok(());
        }
        self.stream.write_all(line.as_bytes())
    }
}

fn nonce_of(text: &str) -> Option<&str> {
    let nonce = text.strip_prefix("nonce ")?.strip_suffix('\n')?;
    (nonce.len() == 32 && nonce.bytes().all(|b| b.is_ascii_hexdigit())).then_some(nonce)
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_nonce_and_nothing_else_opens_a_channel() {
        let right = format!("nonce {}\n", "0a".repeat(16));
        let table = [
            (right.clone(), true),
            (right.trim_end().to_string(), false),
            (format!("{right}{right}"), false),
            (format!("nonce {}\n", "zz".repeat(16)), false),
            (String::new(), false),
        ];
        for (said, opens) in table {
            let (mut ours, theirs) = UnixStream::pair().unwrap();
            ours.write_all(said.as_bytes()).unwrap();
            drop(ours);
            assert_eq!(Channel::open(theirs.into()).is_ok(), opens, "{said:?}");
        }
    }
}
