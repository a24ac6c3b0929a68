//! e306_barrier, wrong: whoever is woken wakes the next one.
use std::sync::{Condvar, Mutex};

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
            state.arrived = 0;
            state.round += 1;
            self.complete.notify_one();
            return true;
        }
        let mine = state.round;
        drop(self.complete.wait_while(state, |now| now.round == mine).unwrap());
        self.complete.notify_one();
        false
    }
}
