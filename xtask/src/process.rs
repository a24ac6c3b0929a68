//! Running a program to its end: in a group of its own, with its output captured.
use crate::capture::Drain;
use crate::interrupt::Group;
use anyhow::{Context, Result};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait for the last words of streams whose writers are gone.
pub const LAST_WORDS: Duration = Duration::from_secs(2);

/// Output of tools is kept nearly whole: a compiler may say much.
const TOOL_BYTES: usize = 16 << 20;

/// How a program ended.
#[derive(Debug)]
pub struct Finished {
    /// Its status.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

/// Runs a tool and captures what it prints.
pub fn capture(command: &mut Command) -> Result<Finished> {
    run(command, None)
}

/// The same for a program that might hang: after `limit` it is ended, and its status says so.
pub fn capture_within(command: &mut Command, limit: Duration) -> Result<Finished> {
    run(command, Some(limit))
}

fn run(command: &mut Command, limit: Option<Duration>) -> Result<Finished> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = start(command)?;
    let stdout = group.child.stdout.take().map(|stream| Drain::start(stream, TOOL_BYTES));
    let stderr = group.child.stderr.take().map(|stream| Drain::start(stream, TOOL_BYTES));
    if let Some(limit) = limit {
        let deadline = Instant::now() + limit;
        while !has_ended(&mut group) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        group.kill();
    }
    let status = group.child.wait()?;
    let text = |drain: Option<Drain>| drain.map(|drain| drain.text(LAST_WORDS)).unwrap_or_default();
    Ok(Finished { status, stdout: text(stdout), stderr: text(stderr) })
}

/// Starts `command`; the error names it.
pub fn start(command: &mut Command) -> Result<Group> {
    let program = command.get_program().to_string_lossy().into_owned();
    Group::start(command).with_context(|| format!("cannot start `{program}`; is it installed and in PATH?"))
}

/// Whether the group's first process has ended.
///
/// It is not waited for yet (`WNOWAIT`), so its number stays taken while the rest of its group is ended.
#[cfg(target_os = "linux")]
pub fn has_ended(group: &mut Group) -> bool {
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT | WaitPidFlag::WNOHANG;
    // An error means that there is nothing to wait for.
    !matches!(waitid(Id::Pid(group.id()), flags), Ok(WaitStatus::StillAlive))
}

/// Whether the group's first process has ended.
#[cfg(not(target_os = "linux"))]
pub fn has_ended(group: &mut Group) -> bool {
    !matches!(group.child.try_wait(), Ok(None))
}

/// `RUSTC_WRAPPER=… cargo test -p threads`, as a person would type it.
pub fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    if words[0].ends_with("/cargo") {
        words[0] = "cargo".to_owned();
    }
    for word in command.get_args() {
        let word = word.to_string_lossy();
        let plain =
            !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_=./:,+@%".contains(c));
        words.push(if plain { word.into_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) });
    }
    words.join(" ")
}
