//! What guards a test against a server that hangs.
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::process::Child;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Only against hangs: nothing waits for it to pass, and no test that is right comes near it.
pub const HANG: Duration = Duration::from_secs(600);

/// The number of a process.
pub fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

/// Ends a server that hangs, so that whoever reads from it sees the end and fails. Not any more when
/// what it returns has been dropped.
pub fn watch(child: &Child) -> mpsc::Sender<()> {
    let (owner, watcher) = mpsc::channel();
    let server = pid(child);
    thread::spawn(move || {
        if watcher.recv_timeout(HANG) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = kill(server, Signal::SIGKILL);
        }
    });
    owner
}
