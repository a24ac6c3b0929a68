//! The programs that are measured: none of them outlives this one.
use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// What the runner promises to scripts for a command that was interrupted.
const INTERRUPTED: i32 = 75;

/// What is running. Whoever starts a program holds the lock until it is listed, so the handler can miss none.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Whoever replaces a file holds this, so that none is left half-written.
static WRITING: Mutex<()> = Mutex::new(());

/// From now on Ctrl-C, `kill` and a closed terminal end every program that was started, and then this one.
pub fn end_with_this_program() -> Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).context("cannot listen for signals")?;
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
            for child in running.iter() {
                // An error means that it has ended by itself.
                let _ = kill(*child, Signal::SIGKILL);
            }
            let _nobody_writes = writing();
            // Both locks are held: nothing can be started or written any more.
            std::process::exit(INTERRUPTED);
        }
    });
    Ok(())
}

/// To be held while a file is replaced.
pub fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running program. When it is dropped, the program is ended and waited for.
pub struct Running(Child);

impl Running {
    /// Starts it; the error names it.
    pub fn start(command: &mut Command) -> Result<Running> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.spawn();
        let child = child.with_context(|| format!("cannot start {}", command.get_program().display()))?;
        running.push(pid(&child));
        Ok(Running(child))
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        pid(&self.0)
    }
}

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        // Off the list before its number is given back: it might be given to somebody else.
        running.retain(|child| *child != pid(&self.0));
        // Errors mean that it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}
