//! The terminal while keys work without Enter: put into that mode, and put back on every way out of it.
use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};
use nix::unistd::{Pid, getpgrp, tcgetpgrp};
use signal_hook::consts::{SIGCONT, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// How the terminal was before; there while keys work without Enter.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Whether keys shall work without Enter, also after the program was stopped.
static WANTED: AtomicBool = AtomicBool::new(false);

fn before() -> MutexGuard<'static, Option<Termios>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether somebody sits there: both what is typed and what is shown go through a terminal.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Keys work without Enter and are not shown, until this is dropped; also by a panic.
pub struct KeyMode(());

impl KeyMode {
    /// Begins. Ctrl-C and Ctrl-Z stay what they are.
    pub fn begin() -> Result<KeyMode> {
        set().context("cannot put the terminal into the mode in which keys work without Enter")?;
        WANTED.store(true, Ordering::SeqCst);
        Ok(KeyMode(()))
    }

    /// Runs `body` with the terminal as it was: for a program that wants it whole.
    pub fn without<R>(&self, body: impl FnOnce() -> R) -> Result<R> {
        WANTED.store(false, Ordering::SeqCst);
        restore();
        let result = body();
        WANTED.store(true, Ordering::SeqCst);
        set().context("cannot have the terminal back")?;
        Ok(result)
    }
}

impl Drop for KeyMode {
    fn drop(&mut self) {
        WANTED.store(false, Ordering::SeqCst);
        restore();
    }
}

fn set() -> nix::Result<()> {
    let mut before = before();
    let stdin = io::stdin();
    let now = tcgetattr(&stdin)?;
    let mut keys = now.clone();
    keys.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
    keys.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
    keys.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
    tcsetattr(&stdin, SetArg::TCSADRAIN, &keys)?;
    // After a stop it is set again, and how it was at first is what counts.
    before.get_or_insert(now);
    Ok(())
}

/// Puts the terminal back as it was; nothing happens when it was not changed, or is somebody else's now.
pub fn restore() {
    let stdin = io::stdin();
    if let Some(settings) = before().take()
        && tcgetpgrp(&stdin) == Ok(getpgrp())
    {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(&stdin, SetArg::TCSADRAIN, &settings);
    }
}

/// Tells from now on when the screen must be drawn anew: the terminal was resized, or is ours again. Stops the program at Ctrl-Z with the terminal put back.
pub fn listen(tell: impl Fn() + Send + 'static) -> Result<()> {
    let mut signals = Signals::new([SIGWINCH, SIGTSTP, SIGCONT]).context("cannot listen for signals")?;
    let listen = move || {
        for signal in signals.forever() {
            match signal {
                SIGWINCH => tell(),
                SIGTSTP => {
                    restore();
                    // The program goes on for a moment, until every thread is stopped: nothing may follow here. What
                    // is to be done after `fg` is done at the signal that comes with it.
                    let _ = kill(Pid::this(), Signal::SIGSTOP);
                }
                _ => {
                    if WANTED.load(Ordering::SeqCst) {
                        // Without a terminal the program ends soon, by itself.
                        let _ = set();
                    }
                    tell();
                }
            }
        }
    };
    thread::Builder::new().name("terminal".into()).spawn(listen).context("cannot listen for signals")?;
    Ok(())
}
