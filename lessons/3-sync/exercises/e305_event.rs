//! e305_event: a signal that many can wait for, and a heartbeat that stops when it is told to.
//!
//! An event is set or not. Whoever waits for it sleeps until somebody sets it. Write the methods and `heartbeat` so that,
//! however the threads take turns:
//!
//! * while the event is set, `wait` returns at once; setting it wakes **all** who wait;
//! * whoever waits at the moment of `set` returns, even if `clear` follows at once, before they got to look;
//! * nobody returns from `wait` when it was not set, and `wait_timeout` says `false` only when its time is up;
//! * whoever waits sleeps.
//!
//! A `bool` in a mutex is not enough for all of this. Give `Event` what else it needs.
//!
//! The judge runs up to three threads through every order of their steps, with at most three unlucky moments and, where
//! that is not all, beyond. One model, about a wake-up for no reason while the time runs, has one unlucky moment.
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Something that has happened, or has not yet.
pub struct Event {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Event {
    /// An event that is set already, or not yet.
    pub fn new(set: bool) -> Self {
        Event { set: Mutex::new(set), changed: Condvar::new() }
    }

    /// Sets it, and wakes all who wait. They return, even if it is cleared at once.
    pub fn set(&self) {
        todo!("set {:?} and wake those who wait on {:?}", self.set, self.changed)
    }

    /// Clears it: whoever comes from now on has to wait.
    pub fn clear(&self) {
        todo!("it is not set any more")
    }

    /// Whether it is set now.
    pub fn is_set(&self) -> bool {
        todo!("is it set?")
    }

    /// Waits until it is set.
    pub fn wait(&self) {
        todo!("sleep until it is set")
    }

    /// Waits until it is set, but not longer than `limit`. Says whether it is set, or was set meanwhile.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        todo!("sleep until it is set, or give up after {limit:?}")
    }
}

/// Calls `beat` after every `period`, until `stop` is set; then it ends at once, not at the end of the period.
pub fn heartbeat(stop: &Event, period: Duration, mut beat: impl FnMut()) {
    let _ = (stop, &mut beat); // call it: beat()
    todo!("beat after every {period:?} until told to stop")
}
