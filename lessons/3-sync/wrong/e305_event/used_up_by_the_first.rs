//! e305_event, wrong: the first one that returns clears it for the next.
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
        *self.set.lock().unwrap() = true;
        self.changed.notify_all();
    }

    /// Clears it: whoever comes from now on has to wait.
    pub fn clear(&self) {
        *self.set.lock().unwrap() = false;
    }

    /// Whether it is set now.
    pub fn is_set(&self) -> bool {
        *self.set.lock().unwrap()
    }

    /// Waits until it is set.
    pub fn wait(&self) {
        *self.changed.wait_while(self.set.lock().unwrap(), |set| !*set).unwrap() = false;
    }

    /// Waits until it is set, but not longer than `limit`. Says whether it is set, or was set meanwhile.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let set = self.set.lock().unwrap();
        *self.changed.wait_timeout_while(set, limit, |set| !*set).unwrap().0
    }
}

/// Calls `beat` after every `period`, until `stop` is set; then it ends at once, not at the end of the period.
pub fn heartbeat(stop: &Event, period: Duration, mut beat: impl FnMut()) {
    // A sleep that can be interrupted: the time is up, or it is time to stop.
    while !stop.wait_timeout(period) {
        beat();
    }
}
