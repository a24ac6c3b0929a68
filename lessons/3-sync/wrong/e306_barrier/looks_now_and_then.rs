//! e306_barrier, wrong: wakes itself every millisecond to look, so nobody needs to notify.
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// How long to sleep before looking again.
const A_MOMENT: Duration = Duration::from_millis(1);

/// A meeting point of a fixed number of threads, to be used again and again.
pub struct Barrier {
    size: usize,
    state: Mutex<State>,
    complete: Condvar,
}

#[derive(Default)]
struct State {
    /// How many have come in this round.
    arrived: usize,
    /// The number of the round. Whoever sees it change has met everybody, wherever the others are by now.
    round: u64,
}

impl Barrier {
    /// A barrier for `size` threads, at least one.
    pub fn new(size: usize) -> Self {
        Barrier { size, state: Mutex::default(), complete: Condvar::new() }
    }

    /// Waits until `size` threads have come in this round. Gives `true` to one of them.
    pub fn wait(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        state.arrived += 1;
        if state.arrived == self.size {
            // The last one opens the barrier, and leaves it as if nobody had come.
            state.arrived = 0;
            state.round += 1;
            return true;
        }
        let mine = state.round;
        while state.round == mine {
            state = self.complete.wait_timeout(state, A_MOMENT).unwrap().0;
        }
        false
    }
}
