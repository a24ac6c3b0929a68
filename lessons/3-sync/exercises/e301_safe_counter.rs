//! e301_safe_counter: a counter for many threads, and how long each of its guards lives.
//!
//! A museum counts its visitors. The number stands in a mutex; what is missing is what happens under the lock.
//! Write the four methods so that, however the threads take turns:
//!
//! * nobody is counted twice and nobody is forgotten;
//! * no two calls of `increment` give the same number;
//! * `increment_below` never lets the count pass its limit;
//! * while one thread is busy in `measure`, the others go on counting.
//!
//! The judge runs two threads through every order of their steps, with at most three unlucky moments and, where
//! that is not all, beyond.
use std::sync::Mutex;

/// A number that many threads add to.
pub struct Counter {
    count: Mutex<u64>,
}

impl Counter {
    /// A counter that begins at `start`.
    pub fn new(start: u64) -> Self {
        Counter { count: Mutex::new(start) }
    }

    /// How much has been counted.
    pub fn get(&self) -> u64 {
        *self.count.lock().unwrap()
    }

    /// Counts one more and gives the new count: the first caller gets 1, the next one 2.
    pub fn increment(&self) -> u64 {
        todo!("count one more, and give the new count")
    }

    /// Counts one more if the count is below `limit`, and says whether it did.
    pub fn increment_below(&self, limit: u64) -> bool {
        todo!("count one more, if the count is below {limit}")
    }

    /// Adds what `measure` gives, and gives the new count. Measuring takes long.
    pub fn add_measured(&self, measure: impl FnOnce() -> u64) -> u64 {
        let _ = measure; // call it once: measure()
        todo!("measure, add it, and give the new count")
    }

    /// Gives what has been counted, and starts again from 0.
    pub fn take(&self) -> u64 {
        todo!("give the count, and leave 0")
    }
}
