//! The runner's side of the channel: who said what, and what follows when the judge falls silent.
use super::MAX_LINE_BYTES;
use super::message::{BOARD, Message, SEAL};
use crate::json::Field;
use crate::report::{Judgement, LayerReport, Status};
use crate::standstill::Board;
use crate::verdict::Verdict;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

/// The runner's end of a channel, and what has arrived on it.
///
/// ```no_run
/// # use judge::protocol::*; use std::process::*; use std::time::*;
/// # fn main() -> std::io::Result<()> {
/// let (mut runner, stdin) = Runner::start()?;
/// let mut child = Command::new("target/e104_visits").env(CHANNEL_VARIABLE, "stdin").stdin(stdin).spawn()?;
/// let mut ending = None;
/// while ending.is_none() {
///     match runner.read(Duration::from_millis(20))? {
///         Read::Messages(_) => {} // show them, if somebody watches
///         // The answer's own children may hold the channel open, so the child's end counts as the end.
///         Read::Nothing | Read::End => ending = child.try_wait()?.map(Ending::from),
///     }
/// }
/// runner.drain()?;
/// let judgement = runner.finish().judgement("e104_visits", ending.unwrap());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Runner {
    stream: UnixStream,
    incoming: Incoming,
}

/// What one [`Runner::read`] brought.
#[derive(Debug, PartialEq)]
pub enum Read {
    /// Complete messages, perhaps none yet.
    Messages(Vec<Message>),
    /// Nothing within the time given.
    Nothing,
    /// Every copy of the child's end is closed, or somebody else wrote to the channel: nothing more will count.
    End,
}

impl Runner {
    /// A new channel with fresh numbers, already sent. The second value is to become the child's standard input.
    ///
    /// # Errors
    /// The system has no socket pair or no random bytes to give.
    pub fn start() -> io::Result<(Runner, OwnedFd)> {
        Runner::start_as(false)
    }

    /// The same for a run that is a `canary`, or none: the judge then adds an assertion that must fail to each layer.
    ///
    /// # Errors
    /// As [`Runner::start`].
    pub fn start_as(canary: bool) -> io::Result<(Runner, OwnedFd)> {
        let (first, second) = (fresh_number()?, fresh_number()?);
        let (mut stream, theirs) = UnixStream::pair()?;
        let word = if canary { "canary" } else { "plain" };
        stream.write_all(format!("nonce {first} {second} {word}\n").as_bytes())?;
        stream.shutdown(Shutdown::Write)?;
        Ok((Runner { stream, incoming: Incoming::new(&first, &second) }, theirs.into()))
    }

    /// Waits for messages, but no longer than `limit`.
    ///
    /// # Errors
    /// Reading failed for another reason than the time.
    pub fn read(&mut self, limit: Duration) -> io::Result<Read> {
        if self.incoming.tampering.is_some() {
            return Ok(Read::End);
        }
        // Zero would mean "no limit" to the system.
        self.stream.set_read_timeout(Some(limit.max(Duration::from_millis(1))))?;
        let mut bytes = [0; 64 << 10];
        match self.stream.read(&mut bytes) {
            Ok(0) => Ok(Read::End),
            Ok(n) => Ok(Read::Messages(self.incoming.feed(&bytes[..n]))),
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(Read::Nothing)
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Ok(Read::Nothing),
            // A child that dies with unread bytes of ours resets the connection; there is nothing more to read.
            Err(e) if e.kind() == io::ErrorKind::ConnectionReset => Ok(Read::End),
            Err(e) => Err(e),
        }
    }

    /// Takes what is already there and does not wait for more: to be called once the child has ended.
    ///
    /// # Errors
    /// Reading failed.
    pub fn drain(&mut self) -> io::Result<Vec<Message>> {
        let mut all = Vec::new();
        while let Read::Messages(more) = self.read(Duration::from_millis(1))? {
            all.extend(more);
        }
        Ok(all)
    }

    /// The layer that is running, or ran last.
    pub fn running(&self) -> Option<&str> {
        self.incoming.running()
    }

    /// The newest board of the layer that runs, and its age.
    pub(crate) fn board(&self) -> Option<(&Board, Duration)> {
        self.incoming.board()
    }

    /// What all the messages amount to.
    pub fn finish(self) -> Outcome {
        self.incoming.finish()
    }
}

fn fresh_number() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes)).map_err(|e| {
        io::Error::new(
            e.kind(),
            format!("/dev/urandom: {e}; the numbers of the judge's channel come from there"),
        )
    })?;
    Ok(bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// The messages of one judge, checked as they arrive. Needs no socket: feed it bytes.
#[derive(Debug)]
pub struct Incoming {
    nonce: String,
    /// The second number, with which the judgement is sealed.
    seal: String,
    sealed: bool,
    rest: Vec<u8>,
    exercise: String,
    layers: Option<Vec<LayerReport>>,
    running: Option<usize>,
    done: Option<Box<Judgement>>,
    tampering: Option<String>,
    /// The newest board of the layer that runs, and when it came.
    board: Option<(Board, Instant)>,
}

impl Incoming {
    /// Expects messages with this nonce, and behind the last one the seal with the second number.
    pub fn new(nonce: &str, seal: &str) -> Self {
        Incoming {
            nonce: nonce.to_string(),
            seal: seal.to_string(),
            sealed: false,
            rest: Vec::new(),
            exercise: String::new(),
            layers: None,
            running: None,
            done: None,
            tampering: None,
            board: None,
        }
    }

    /// Takes bytes as they come, in pieces of any size; gives the messages that they complete.
    ///
    /// After the first sign of tampering nothing is read any more.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            if self.tampering.is_some() {
                break;
            }
            if self.rest.len() + piece.len() > MAX_LINE_BYTES {
                self.tampering = Some(format!("a line of more than {MAX_LINE_BYTES} bytes"));
                self.rest = Vec::new();
                break;
            }
            self.rest.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.rest);
                match self.accept(&line) {
                    Ok(message) => messages.extend(message),
                    Err(why) => self.tampering = Some(why),
                }
            }
        }
        messages
    }

    /// The message, unless it is a board, which is kept, or the seal.
    fn accept(&mut self, line: &[u8]) -> Result<Option<Message>, String> {
        let value: Value =
            serde_json::from_slice(line).map_err(|_| "a line that is no message".to_string())?;
        if self.done.is_some() {
            let is_seal = value.get("type").and_then(Value::as_str) == Some(SEAL)
                && value.get("nonce").and_then(Value::as_str) == Some(&self.seal);
            if !is_seal || self.sealed {
                return Err("a message after the last one".into());
            }
            self.sealed = true;
            return Ok(None);
        }
        if value.get("nonce").and_then(Value::as_str) != Some(&self.nonce) {
            return Err("a message without the judge's secret number".into());
        }
        if value.get("type").and_then(Value::as_str) == Some(BOARD) {
            let board = Field::root(&value).get("board").and_then(|field| Board::read(&field));
            self.board = Some((board.map_err(|e| format!("an odd message: {e}"))?, Instant::now()));
            return Ok(None);
        }
        let message = Message::from_json(&value).map_err(|e| format!("an odd message: {e}"))?;
        match (&message, &mut self.layers) {
            (Message::Begin { exercise, layers }, none @ None) => {
                self.exercise.clone_from(exercise);
                *none = Some(layers.iter().map(|l| LayerReport::not_run(&l.name, &l.what)).collect());
            }
            (Message::Begin { .. }, Some(_)) => return Err("a second beginning".into()),
            (_, None) => return Err("a message before the first one".into()),
            (Message::LayerBegin { layer }, Some(layers)) => {
                self.running = Some(position(layers, layer)?);
                self.board = None;
            }
            (Message::LayerEnd { layer, note, micros }, Some(layers)) => {
                let at = position(layers, layer)?;
                let report = &mut layers[at];
                report.status = Status::Passed;
                report.note.clone_from(note);
                report.micros = *micros;
            }
            (Message::Done(judgement), Some(_)) if judgement.exercise != self.exercise => {
                return Err("a judgement of another exercise".into());
            }
            (Message::Done(judgement), Some(_)) => self.done = Some(judgement.clone()),
        }
        Ok(Some(message))
    }

    /// The newest board of the layer that runs, and its age.
    pub(crate) fn board(&self) -> Option<(&Board, Duration)> {
        self.board.as_ref().map(|(board, at)| (board, at.elapsed()))
    }

    /// The layer that is running, or ran last.
    pub fn running(&self) -> Option<&str> {
        self.layers.as_ref()?.get(self.running?).map(|l| l.name.as_str())
    }

    /// What all the messages amount to.
    pub fn finish(mut self) -> Outcome {
        let running = self.running().map(str::to_string);
        // Half a line is what a judge leaves that is killed while it writes; after its last message nothing may come.
        if self.done.is_some() && !self.sealed {
            self.tampering.get_or_insert("a judgement without its seal".into());
        } else if self.done.is_some() && !self.rest.is_empty() {
            self.tampering.get_or_insert("a message after the last one".into());
        }
        let layers = self.layers.unwrap_or_default();
        match (self.tampering, self.done) {
            (Some(what), _) => Outcome::Tampered { what, running, layers },
            (None, Some(judgement)) => Outcome::Judged(judgement),
            (None, None) => Outcome::Silent { running, layers },
        }
    }
}

fn position(layers: &[LayerReport], name: &str) -> Result<usize, String> {
    let at = layers.iter().position(|l| l.name == name && l.status == Status::NotRun);
    at.ok_or_else(|| format!("a layer that was not announced: `{}`", name.escape_debug()))
}

/// What a judge's messages amount to.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The judge came to its end.
    Judged(Box<Judgement>),
    /// Somebody who does not know the nonce wrote to the channel.
    Tampered {
        /// What was seen.
        what: String,
        /// The layer that was running.
        running: Option<String>,
        /// The layers so far.
        layers: Vec<LayerReport>,
    },
    /// The judge never said its last word.
    Silent {
        /// The layer that was running.
        running: Option<String>,
        /// The layers so far.
        layers: Vec<LayerReport>,
    },
}

/// How a judge's process ended, as its runner saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal.
    Signal(i32),
    /// The runner stopped it, because it had run for this many seconds.
    Limit(u64),
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        match status.signal() {
            Some(signal) => Ending::Signal(signal),
            None => Ending::Exited(status.code().unwrap_or_default()),
        }
    }
}

impl Outcome {
    /// The judgement: the judge's own, or what its silence means.
    pub fn judgement(self, exercise: &str, ending: Ending) -> Judgement {
        let (verdict, sentence, detail, running, layers) = match self {
            Outcome::Judged(judgement) => return *judgement,
            Outcome::Tampered { what, running, layers } => (
                Verdict::BreaksARule,
                "The program wrote to the judge's channel, which it must leave alone.".to_string(),
                format!(
                    "What came was {what}. Look for code that uses standard input's descriptor to write."
                ),
                running,
                layers,
            ),
            Outcome::Silent { running: None, layers } => (
                Verdict::CouldNotJudge,
                "The judge's process ended before it had begun to judge.".to_string(),
                how(ending),
                None,
                layers,
            ),
            Outcome::Silent { running: Some(running), layers } => {
                let label = label(&layers, &running);
                let (verdict, sentence) = match ending {
                    Ending::Exited(code) => (
                        Verdict::Exits,
                        format!("The program ended itself (exit code {code}) while {label} was running."),
                    ),
                    Ending::Signal(_) => {
                        (Verdict::Crashes, format!("The program crashed while {label} was running."))
                    }
                    Ending::Limit(seconds) => (
                        Verdict::Hangs,
                        format!("The program was still running after {seconds} s, in {label}."),
                    ),
                };
                (verdict, sentence, how(ending), Some(running), layers)
            }
        };
        let mut judgement = Judgement::new(exercise, verdict, "", sentence);
        judgement.details.push(detail);
        judgement.layers = layers;
        if let Some(running) = running {
            judgement.layer = crate::exercise::kind_of(&running).to_string();
            for layer in judgement.layers.iter_mut().filter(|l| l.name == running) {
                layer.status = Status::Failed;
            }
        }
        judgement
    }
}

fn label(layers: &[LayerReport], running: &str) -> String {
    match layers.iter().find(|l| l.name == running) {
        Some(layer) if !layer.what.is_empty() => format!("the layer `{running}` ({})", layer.what),
        _ => format!("the layer `{running}`"),
    }
}

fn how(ending: Ending) -> String {
    match ending {
        Ending::Exited(code) => format!(
            "Its exit code was {code}. Look for a call that ends the whole process instead of returning or panicking."
        ),
        Ending::Signal(6) => {
            "It was aborted (signal 6). A stack overflow, a panic while another panic is being \
                              cleaned up and `abort` end like this; its own output often says which."
                .into()
        }
        Ending::Signal(9) => "It was killed (signal 9), most often because it used too much memory.".into(),
        Ending::Signal(11) => "It touched memory that is not its own (signal 11).".into(),
        Ending::Signal(signal) => format!("It was ended by signal {signal}."),
        Ending::Limit(_) => {
            "Look for a loop whose condition never becomes false, or a thread that waits for \
                             something nobody does."
                .into()
        }
    }
}

#[cfg(test)]
mod tests;
