//! e201_children, wrong: gives up at the first program that does not start, and forgets the children it has.
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
    let mut children = Vec::new();
    for command in commands.iter_mut() {
        match command.spawn() {
            Ok(child) => children.push(child),
            Err(error) => return vec![Ending::NotStarted(error.kind()); commands.len()],
        }
    }
    let mut endings = Vec::new();
    for mut child in children {
        endings.push(Ending::from(child.wait().expect("a child that was started can be waited for")));
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
