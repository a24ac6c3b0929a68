//! e306_barrier, wrong: each counts itself out when it leaves: a quick one that comes back finds the door open.
use std::sync::{Condvar, Mutex};

/// A meeting point of a fixed number of threads, to be used again and again.
pub struct Barrier {
    size: usize,
    state: Mutex<(usize, usize)>,
    complete: Condvar,
}

impl Barrier {
    /// A barrier for `size` threads, at least one.
    pub fn new(size: usize) -> Self {
        Barrier { size, state: Mutex::default(), complete: Condvar::new() }
    }

    /// Waits until `size` threads have come in this round. Gives `true` to one of them.
    pub fn wait(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        state.0 += 1;
        let last = state.0 == self.size;
        if last {
            self.complete.notify_all();
        }
        let mut state = self.complete.wait_while(state, |state| state.0 < self.size).unwrap();
        state.1 += 1;
        if state.1 == self.size {
            *state = (0, 0);
        }
        last
    }
}
