//! The judge's side of the channel.
use super::MAX_LINE_BYTES;
use super::canary::Canary;
use super::message::{BOARD, Message, SEAL};
use super::seal::{Page, Sealed};
use crate::standstill::Board;
use serde_json::json;
use std::io::{self, Write};
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
    /// What the runner said, in which the second number is.
    sealed: Sealed,
    canary: Canary,
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

    /// A channel over one end of a socket pair. Reads the numbers, to the end of what the runner says.
    ///
    /// # Errors
    /// What arrives is not `nonce`, two numbers of 32 hexadecimal digits and `plain` or `canary`, and nothing after it;
    /// or the system has no memory to seal.
    pub fn open(socket: OwnedFd) -> io::Result<Self> {
        let mut stream = UnixStream::from(socket);
        let mut page = Page::new()?;
        let read = page.read_to_end(&mut stream);
        let length = read.map_err(|e| {
            io::Error::new(e.kind(), format!("standard input is no channel to a runner: {e}"))
        })?;
        let said = std::str::from_utf8(&page.bytes()[..length]).ok().and_then(read_greeting);
        let Some((nonce, canary)) = said else {
            return Err(invalid("the channel does not begin with two numbers".to_string()));
        };
        page.bytes()[AFTER_SECOND..length].fill(0);
        Ok(Channel { stream, nonce, canary: Canary::sealed(canary)?, sealed: page.seal()? })
    }

    /// Whether this run is a canary: a layer whose last assertion must fail.
    pub(crate) fn canary(&self) -> Canary {
        self.canary.clone()
    }

    /// Sends one message, and after the last one the seal.
    ///
    /// # Errors
    /// The runner is gone.
    pub fn send(&mut self, message: &Message) -> io::Result<()> {
        let mut line = message.to_line(&self.nonce);
        let Message::Done(judgement) = message else { return self.stream.write_all(line.as_bytes()) };
        if line.len() > MAX_LINE_BYTES {
            // The runner would take so long a line for somebody else's. The story is what makes it long.
            let mut judgement = judgement.clone();
            judgement.story = None;
            judgement.details.push("The failing schedule is too long to be told.".into());
            line = Message::Done(judgement).to_line(&self.nonce);
        }
        self.stream.write_all(line.as_bytes())?;
        // The judgement stands; whoever reads the second number from now on is too late.
        write!(self.stream, "{{\"type\":\"{SEAL}\",\"nonce\":\"")?;
        let stream = &mut self.stream;
        self.sealed.open(|page| stream.write_all(&page[SECOND..AFTER_SECOND]))??;
        self.stream.write_all(b"\"}\n")
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

/// Where the second number stands in what the runner says.
const SECOND: usize = "nonce ".len() + DIGITS + 1;
const AFTER_SECOND: usize = SECOND + DIGITS;

/// How many digits a number has.
const DIGITS: usize = 32;

/// The first number, and whether this is a canary. The second number is looked at and not copied.
fn read_greeting(text: &str) -> Option<(String, bool)> {
    let number = |text: &str| text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
    let mut words = text.strip_suffix('\n')?.split(' ');
    let (head, first, second) = (words.next()?, words.next()?, words.next()?);
    let canary = match words.next()? {
        "plain" => false,
        "canary" => true,
        _ => return None,
    };
    let right = head == "nonce" && number(first) && number(second) && words.next().is_none();
    right.then(|| (first.to_owned(), canary))
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Outcome, Runner};
    use crate::report::Judgement;

    #[test]
    fn only_two_numbers_and_a_word_open_a_channel() {
        let (first, second) = ("0a".repeat(16), "0b".repeat(16));
        let right = format!("nonce {first} {second} plain\n");
        let table = [
            (right.clone(), true),
            (format!("nonce {first} {second} canary\n"), true),
            (right.trim_end().to_string(), false),
            (format!("{right}{right}"), false),
            (format!("nonce {first} {second} maybe\n"), false),
            (format!("nonce {first} {second}\n"), false),
            (format!("nonce {first} {} plain\n", "zz".repeat(16)), false),
            (format!("nonce {first} plain\n"), false),
            (String::new(), false),
        ];
        for (said, opens) in table {
            let (mut ours, theirs) = UnixStream::pair().unwrap();
            ours.write_all(said.as_bytes()).unwrap();
            drop(ours);
            assert_eq!(Channel::open(theirs.into()).is_ok(), opens, "{said:?}");
        }
    }

    #[test]
    fn the_second_number_comes_after_the_judgement_and_the_canary_says_what_it_is() {
        for canary in [false, true] {
            let (mut runner, theirs) = Runner::start_as(canary).unwrap();
            let mut channel = Channel::open(theirs).unwrap();
            assert_eq!(channel.canary().is_one(), canary);
            let begin = Message::Begin { exercise: "e1".into(), layers: Vec::new() };
            let done = Message::Done(Box::new(Judgement::passed("e1")));
            channel.send(&begin).unwrap();
            channel.send(&done).unwrap();
            drop(channel);
            assert_eq!(runner.drain().unwrap(), [begin, done]);
            assert_eq!(runner.finish(), Outcome::Judged(Box::new(Judgement::passed("e1"))));
        }
    }
}
