//! e201_children, wrong: looks how the children are doing, and never waits for one that takes its time.
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
    let children: Vec<_> = commands.iter_mut().map(Command::spawn).collect();
    let mut endings = Vec::new();
    for child in children {
        endings.push(match child {
            Ok(mut child) => match child.try_wait() {
                Ok(Some(status)) => Ending::from(status),
                _ => Ending::Code(0),
            },
            Err(error) => Ending::NotStarted(error.kind()),
        });
    }
    endings
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;
        match (status.code(), status.signal()) {
            (Some(code), _) => Ending::Code(code),
            (None, Some(signal)) => Ending::Signal(signal),
            (None, None) => unreachable!("`wait` returns only when the child has ended: {status}"),
        }
    }
}
