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
    //~ set: Mutex<bool>,
    state: Mutex<State>,
    //~ end
    changed: Condvar,
}

//~
struct State {
    set: bool,
    /// How often it was set: who has seen this change, has not missed it, whatever `set` says by now.
    times: u64,
}

//~ end
impl Event {
    /// An event that is set already, or not yet.
    pub fn new(set: bool) -> Self {
        //~ Event { set: Mutex::new(set), changed: Condvar::new() }
        Event { state: Mutex::new(State { set, times: 0 }), changed: Condvar::new() }
        //~ end
    }

    /// Sets it, and wakes all who wait. They return, even if it is cleared at once.
    pub fn set(&self) {
        //~ todo!("set {:?} and wake those who wait on {:?}", self.set, self.changed)
        let mut state = self.state.lock().unwrap();
        state.set = true;
        state.times += 1;
        // All of them: every one waits for the same.
        self.changed.notify_all();
        //~ end
    }

    /// Clears it: whoever comes from now on has to wait.
    pub fn clear(&self) {
        //~ todo!("it is not set any more")
        self.state.lock().unwrap().set = false;
        //~ end
    }

    /// Whether it is set now.
    pub fn is_set(&self) -> bool {
        //~ todo!("is it set?")
        self.state.lock().unwrap().set
        //~ end
    }

    /// Waits until it is set.
    pub fn wait(&self) {
        //~ todo!("sleep until it is set")
        let state = self.state.lock().unwrap();
        let before = state.times;
        drop(self.changed.wait_while(state, |now| !now.set && now.times == before).unwrap());
        //~ end
    }

    /// Waits until it is set, but not longer than `limit`. Says whether it is set, or was set meanwhile.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        //~ todo!("sleep until it is set, or give up after {limit:?}")
        let state = self.state.lock().unwrap();
        let before = state.times;
        let unset = |now: &mut State| !now.set && now.times == before;
        let (mut state, _) = self.changed.wait_timeout_while(state, limit, unset).unwrap();
        // Whether the time was up says nothing about the event.
        !unset(&mut state)
        //~ end
    }
}

/// Calls `beat` after every `period`, until `stop` is set; then it ends at once, not at the end of the period.
pub fn heartbeat(stop: &Event, period: Duration, mut beat: impl FnMut()) {
    //~ let _ = (stop, &mut beat); // call it: beat()
    //~ todo!("beat after every {period:?} until told to stop")
    // A sleep that can be interrupted: the time is up, or it is time to stop.
    while !stop.wait_timeout(period) {
        beat();
    }
    //~ end
}
