//! e306_barrier: nobody goes on before all have come, round after round.
//!
//! A barrier has a size. Whoever comes waits until so many have come; then all of them go on, and the next round begins
//! with nobody there. Write `wait` so that, however the threads take turns:
//!
//! * nobody goes on before the barrier has seen `size` of them in this round, also not when woken for no reason;
//! * all of them go on: the slow ones too, when a quick one has already come to the next round;
//! * in each round `wait` gives `true` to exactly one, whichever: it *leads* the round;
//! * whoever waits sleeps.
//!
//! A count of those who have come is not enough. Give `Barrier` what else it needs. (`std::sync::Barrier` is the answer
//! to another exercise.)
//!
//! It is always the same `size` threads that come. The judge sends two threads through three rounds and three through
//! one, in every order of their steps; and three threads through two rounds, in every order with at most two unlucky
//! moments.
use std::sync::{Condvar, Mutex};

/// A meeting point of a fixed number of threads, to be used again and again.
pub struct Barrier {
    size: usize,
    arrived: Mutex<usize>,
    complete: Condvar,
}

impl Barrier {
    /// A barrier for `size` threads, at least one.
    pub fn new(size: usize) -> Self {
        Barrier { size, arrived: Mutex::new(0), complete: Condvar::new() }
    }

    /// Waits until `size` threads have come in this round. Gives `true` to one of them.
    pub fn wait(&self) -> bool {
        todo!("wait on {:?} until {} have come: {:?}", self.complete, self.size, self.arrived)
    }
}
