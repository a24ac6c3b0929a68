//! e305_event, wrong: an atomic flag, set without the lock that the waiter holds while it looks.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Something that has happened, or has not yet.
pub struct Event {
    set: AtomicBool,
    times: AtomicU64,
    waiting: Mutex<()>,
    changed: Condvar,
}

impl Event {
    /// An event that is set already, or not yet.
    pub fn new(set: bool) -> Self {
        Event {
            set: AtomicBool::new(set),
            times: AtomicU64::new(0),
            waiting: Mutex::new(()),
            changed: Condvar::new(),
        }
    }

    /// Sets it, and wakes all who wait. They return, even if it is cleared at once.
    pub fn set(&self) {
        self.set.store(true, SeqCst);
        self.times.fetch_add(1, SeqCst);
        self.changed.notify_all();
    }

    /// Clears it: whoever comes from now on has to wait.
    pub fn clear(&self) {
        self.set.store(false, SeqCst);
    }

    /// Whether it is set now.
    pub fn is_set(&self) -> bool {
        self.set.load(SeqCst)
    }

    /// Waits until it is set.
    pub fn wait(&self) {
        let before = self.times.load(SeqCst);
        let unset = |_: &mut ()| !self.is_set() && self.times.load(SeqCst) == before;
        drop(self.changed.wait_while(self.waiting.lock().unwrap(), unset).unwrap());
    }

    /// Waits until it is set, but not longer than `limit`. Says whether it is set, or was set meanwhile.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let before = self.times.load(SeqCst);
        let unset = |_: &mut ()| !self.is_set() && self.times.load(SeqCst) == before;
        drop(self.changed.wait_timeout_while(self.waiting.lock().unwrap(), limit, unset).unwrap());
        !unset(&mut ())
    }
}

/// Calls `beat` after every `period`, until `stop` is set; then it ends at once, not at the end of the period.
pub fn heartbeat(stop: &Event, period: Duration, mut beat: impl FnMut()) {
    // A sleep that can be interrupted: the time is up, or it is time to stop.
    while !stop.wait_timeout(period) {
        beat();
    }
}
