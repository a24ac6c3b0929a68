//! Ctrl-C: every process group that was started ends with this program, and no file is left half-written.
use crate::exit::Exit;
use crate::files;
use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The groups that are running. Whoever starts one holds the lock from before the start until it is listed, so that
/// the handler can never miss one.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// How long a killed process may take to end. Only the system itself can hold one up, and it is not worth a hang.
const DYING: Duration = Duration::from_secs(5);

/// From now on Ctrl-C, a `kill` and a closed terminal end the program in order.
pub fn install() -> Result<()> {
    ctrlc::set_handler(|| {
        let groups = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        for group in groups.iter() {
            end(*group);
        }
        for group in groups.iter() {
            wait_for(*group);
        }
        let _no_file = files::nobody_writes();
        // The terminal may be gone already; then there is nobody to tell.
        let _ =
            writeln!(io::stderr(), "\ninterrupted: nothing is left running; the same command starts again");
        // Both locks are still held: nothing can be started or written any more.
        std::process::exit(Exit::Interrupted as i32);
    })
    .context("cannot listen for Ctrl-C")
}

/// A process in a group of its own.
pub struct Group {
    /// Its first process.
    pub child: Child,
    id: Pid,
}

impl Group {
    /// Starts `command` as the first process of a new group.
    pub fn start(command: &mut Command) -> io::Result<Group> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.process_group(0).spawn()?;
        let id = Pid::from_raw(child.id().cast_signed());
        running.push(id);
        Ok(Group { child, id })
    }

    /// The group's id.
    #[cfg(target_os = "linux")]
    pub fn id(&self) -> Pid {
        self.id
    }

    /// Ends every process of the group at once.
    pub fn kill(&self) {
        end(self.id);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        // Only now is the number given back: while the first process is not waited for, nobody else can get it.
        let _ = self.child.wait();
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|group| *group != self.id);
    }
}

fn end(group: Pid) {
    // An error means that the group is gone, which is what was wanted.
    let _ = killpg(group, Signal::SIGKILL);
}

/// Waits for the first process of a killed group, so that nothing of it stays in the table of processes: whoever
/// inherits it need not care. The thread that started it may have been quicker; then there is nothing to wait for.
fn wait_for(group: Pid) {
    let patience = Instant::now() + DYING;
    while waitpid(group, Some(WaitPidFlag::WNOHANG)) == Ok(WaitStatus::StillAlive)
        && Instant::now() < patience
    {
        thread::sleep(Duration::from_millis(1));
    }
}
