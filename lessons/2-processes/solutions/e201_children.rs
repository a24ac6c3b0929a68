//! e201_children: run several programs at once, and say how each of them ended.
//!
//! Write `run_all` and the conversion below it.
//!
//! * Every program is started before the first is waited for: they may need each other.
//! * There is one answer for each command, in the order of the commands.
//! * A program that cannot be started is one of the answers. The others still run, and are waited for.
//! * An exit code is not a signal, and a signal is not an exit code.
//! * No child is left when `run_all` returns, running or dead.
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
    //~ todo!("start {commands:?}, then wait for each of them")
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
    //~ end
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        //~ todo!("say how a child ended from {status:?}; std::os::unix::process::ExitStatusExt knows signals")
        use std::os::unix::process::ExitStatusExt;
        match (status.code(), status.signal()) {
            (Some(code), _) => Ending::Code(code),
            (None, Some(signal)) => Ending::Signal(signal),
            (None, None) => unreachable!("`wait` returns only when the child has ended: {status}"),
        }
        //~ end
    }
}
