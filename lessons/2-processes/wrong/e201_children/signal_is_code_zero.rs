//! e201_children, wrong: a child that left no code is taken for one that went well.
use std::io;
use std::process::{Command, ExitStatus};

/// How a child process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It ended by itself and left this exit code.
    Code(i32),
    /// It was ended by this signal.
    Signal(i32),
    /// It never ran.
    NotStarted(io::ErrorKind),
}

/// Runs all `commands` at the same time, waits for all of them, and says how each ended.
pub fn run_all(commands: &mut [Command]) -> Vec<Ending> {
    // `collect` starts all of them here. A lazy chain of `map`s would start the next only when it is waited for.
    let children: Vec<_> = commands.iter_mut().map(Command::spawn).collect();
    let mut endings = Vec::new();
    for child in children {
        endings.push(match child {
            Ok(mut child) => Ending::from(child.wait().expect("a child that was started can be waited for")),
            Err(error) => Ending::NotStarted(error.kind()),
        });
    }
    endings
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        Ending::Code(status.code().unwrap_or(0))
    }
}
