//! e305_event, wrong: wakes itself every millisecond to look.
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// How long to sleep before looking again.
const A_MOMENT: Duration = Duration::from_millis(1);

/// Something that has happened, or has not yet.
pub struct Event {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    set: bool,
    /// How often it was set: who has seen this change, has not missed it, whatever `set` says by now.
    times: u64,
}

impl Event {
    /// An event that is set already, or not yet.
    pub fn new(set: bool) -> Self {
        Event { state: Mutex::new(State { set, times: 0 }), changed: Condvar::new() }
    }

    /// Sets it, and wakes all who wait. They return, even if it is cleared at once.
    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.set = true;
        state.times += 1;
        // All of them: every one waits for the same.
        self.changed.notify_all();
    }

    /// Clears it: whoever comes from now on has to wait.
    pub fn clear(&self) {
        self.state.lock().unwrap().set = false;
    }

    /// Whether it is set now.
    pub fn is_set(&self) -> bool {
        self.state.lock().unwrap().set
    }

    /// Waits until it is set.
    pub fn wait(&self) {
        let mut state = self.state.lock().unwrap();
        let before = state.times;
        while !state.set && state.times == before {
            state = self.changed.wait_timeout(state, A_MOMENT).unwrap().0;
        }
    }

    /// Waits until it is set, but not longer than `limit`. Says whether it is set, or was set meanwhile.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let state = self.state.lock().unwrap();
        let before = state.times;
        let unset = |now: &mut State| !now.set && now.times == before;
        let (mut state, _) = self.changed.wait_timeout_while(state, limit, unset).unwrap();
        // Whether the time was up says nothing about the event.
        !unset(&mut state)
    }
}

/// Calls `beat` after every `period`, until `stop` is set; then it ends at once, not at the end of the period.
pub fn heartbeat(stop: &Event, period: Duration, mut beat: impl FnMut()) {
    // A sleep that can be interrupted: the time is up, or it is time to stop.
    while !stop.wait_timeout(period) {
        beat();
    }
}
