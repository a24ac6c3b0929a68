//! How the program ends: the exit codes, and the errors that choose one.
use crate::screen::for_stderr;
use std::fmt;
use std::panic;
use std::process::ExitCode;

/// Why the program ends. The numbers are a promise to scripts; `docs` and `--help` repeat them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Fine = 0,
    /// The work under judgement fails.
    WorkFails = 1,
    /// The command was used wrongly.
    WrongUsage = 2,
    /// Something could not be judged, and it is not the work's fault.
    NotJudged = 3,
    /// Ctrl-C, or the terminal went away.
    Interrupted = 75,
}

impl Exit {
    /// The graver of two: what could not be judged hides nothing, and a failure hides a success.
    pub fn and(self, other: Exit) -> Exit {
        if (other as u8) > (self as u8) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// The command was used wrongly; the text says how and what to type instead.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Ends a command because it was used wrongly.
pub fn usage<T>(text: impl Into<String>) -> anyhow::Result<T> {
    Err(Usage(text.into()).into())
}

/// Whoever reads the output may have seen enough, as in `check 104 | head`. The program then ends without a word about
/// that: it unwinds, so what it started ends with it.
pub fn quietly_with_the_reader() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let why = info.payload_as_str().unwrap_or_default();
        if !(why.starts_with("failed printing to stdout") && why.contains("Broken pipe")) {
            tell(info);
        }
    }));
}

/// Prints an error with its causes and chooses its exit code.
pub fn report(result: anyhow::Result<Exit>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprint!("{}", for_stderr(&format!("xtask: {error:#}")));
            if error.is::<Usage>() { Exit::WrongUsage.into() } else { Exit::NotJudged.into() }
        }
    }
}
