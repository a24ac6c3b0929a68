//! Notices that a program has come to a standstill, so that nobody has to sit out a time limit for it.
//!
//! A thread that the system merely has not got round to yet counts as running. So a busy machine looks busy here, and
//! never like a standstill.
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(10);

/// Ticks without any movement that count as a standstill: longer than an answer has reason to sleep.
const STILL_TICKS: usize = 25;

/// Ticks after which a system that does not tell what its threads do is given up as well.
const ALL_TICKS: usize = 500;

/// Waits for a message, or until none can come any more.
///
/// `children` is how many child processes there are that will not move before the caller lets them.
pub fn message<T>(from: &Receiver<T>, children: usize) -> Result<T, Silence> {
    let (mut before, mut still) = (None, 0);
    for _ in 0..ALL_TICKS {
        match from.recv_timeout(TICK) {
            Ok(message) => return Ok(message),
            Err(RecvTimeoutError::Disconnected) => return Err(Silence::Gone),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = asleep(children);
        still = if now.is_some() && now == before { still + 1 } else { 0 };
        if still == STILL_TICKS {
            break;
        }
        before = now;
    }
    Err(Silence::Standstill)
}

/// Why no message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nobody is left who could send one.
    Gone,
    /// Everybody waits for somebody else.
    Standstill,
}

/// How often each thread of this process has slept so far, without this one and the judge's watcher. None unless all of them sleep now, and the process
/// has exactly `children` children.
#[cfg(target_os = "linux")]
fn asleep(children: usize) -> Option<Vec<String>> {
    use std::fs;

    let me = fs::read_link("/proc/thread-self").ok()?;
    let mut counted = 0;
    let mut threads = Vec::new();
    for task in fs::read_dir("/proc/self/task").ok()? {
        let task = task.ok()?;
        counted += fs::read_to_string(task.path().join("children")).ok()?.split_whitespace().count();
        if Some(task.file_name().as_os_str()) == me.file_name() {
            continue;
        }
        let status = fs::read_to_string(task.path().join("status")).ok()?;
        let mut lines = status.lines();
        if lines.next().and_then(|line| line.strip_prefix("Name:\t")) == Some(judge::WATCHER) {
            continue;
        }
        lines.find(|line| line.starts_with("State:\tS"))?;
        threads.extend(lines.filter(|line| line.contains("ctxt_switches")).map(str::to_string));
    }
    (counted == children).then_some(threads)
}

#[cfg(not(target_os = "linux"))]
fn asleep(_children: usize) -> Option<Vec<String>> {
    None
}
