//! Signals: Ctrl-C ends every process group that was started with this program, and no file is left half-written. One
//! piece of work can be called off in the same way, while the program goes on.
use crate::exit::Exit;
use crate::{files, terminal};
use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::cell::RefCell;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What is running. Whoever starts a process holds the lock from before the start until it is listed, so that
/// nobody who ends them can miss one.
static RUNNING: Mutex<Running> = Mutex::new(Running { groups: Vec::new(), foreground: None });

struct Running {
    groups: Vec<(Pid, Option<Work>)>,
    /// The program that has the terminal, if one does: Ctrl-C is meant for it.
    foreground: Option<Pid>,
}

thread_local! {
    /// What the processes that this thread starts belong to.
    static WORK: RefCell<Option<Work>> = const { RefCell::new(None) };
}

/// How long a killed process may take to end. Only the system itself can hold one up, and it is not worth a hang.
const DYING: Duration = Duration::from_secs(5);

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on Ctrl-C, a `kill` and a closed terminal end the program in order.
pub fn install() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen for Ctrl-C")?;
    let listen = move || {
        for signal in signals.forever() {
            let running = running();
            if signal != SIGINT || running.foreground.is_none() {
                end_all(&running);
            }
        }
    };
    thread::Builder::new().name("signals".into()).spawn(listen).context("cannot listen for Ctrl-C")?;
    Ok(())
}

fn end_all(running: &Running) -> ! {
    for (group, _) in &running.groups {
        end(*group);
    }
    if let Some(program) = running.foreground {
        // It has the terminal and would not hear of a signal that was sent to this program only.
        let _ = kill(program, Signal::SIGKILL);
    }
    for (group, _) in &running.groups {
        wait_for(*group);
    }
    let _no_file = files::nobody_writes();
    terminal::restore();
    // The terminal may be gone already; then there is nobody to tell.
    let _ = writeln!(io::stderr(), "\ninterrupted: nothing is left running; the same command starts again");
    // Both locks are still held: nothing can be started or written any more.
    std::process::exit(Exit::Interrupted as i32);
}

/// Something that starts processes and can be called off.
#[derive(Clone, Debug, Default)]
pub struct Work(Arc<AtomicBool>);

impl Work {
    /// Runs `body`; every process that it starts on this thread belongs to this work.
    pub fn during<R>(&self, body: impl FnOnce() -> R) -> R {
        WORK.set(Some(self.clone()));
        let result = body();
        WORK.set(None);
        result
    }

    /// Ends the processes of this work; it can start no more.
    pub fn call_off(&self) {
        let running = running();
        self.0.store(true, Ordering::Relaxed);
        for (group, work) in &running.groups {
            if work.as_ref().is_some_and(|work| Arc::ptr_eq(&work.0, &self.0)) {
                end(*group);
            }
        }
    }

    /// Whether it was called off.
    pub fn is_off(&self) -> bool {
        // Relaxed: the flag says nothing about other memory; starting a process looks at it under the lock.
        self.0.load(Ordering::Relaxed)
    }
}

/// Gives a program the terminal until it ends. Ctrl-C ends it and not this one.
pub fn in_foreground(command: &mut Command) -> io::Result<ExitStatus> {
    let mut child = {
        let mut running = running();
        let child = command.spawn()?;
        running.foreground = Some(Pid::from_raw(child.id().cast_signed()));
        child
    };
    let status = child.wait();
    running().foreground = None;
    status
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
        let mut running = running();
        let work = WORK.with_borrow(Clone::clone);
        if work.as_ref().is_some_and(Work::is_off) {
            return Err(io::Error::other("it was called off"));
        }
        let child = command.process_group(0).spawn()?;
        let id = Pid::from_raw(child.id().cast_signed());
        running.groups.push((id, work));
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
        running().groups.retain(|(group, _)| *group != self.id);
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
