//! e301_safe_counter, wrong: whoever is too many is counted, and taken back a moment later.
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// A number that many threads add to.
pub struct Counter {
    count: AtomicU64,
}

impl Counter {
    /// A counter that begins at `start`.
    pub fn new(start: u64) -> Self {
        Counter { count: AtomicU64::new(start) }
    }

    /// How much has been counted.
    pub fn get(&self) -> u64 {
        self.count.load(SeqCst)
    }

    /// Counts one more and gives the new count: the first caller gets 1, the next one 2.
    pub fn increment(&self) -> u64 {
        self.count.fetch_add(1, SeqCst) + 1
    }

    /// Counts one more if the count is below `limit`, and says whether it did.
    pub fn increment_below(&self, limit: u64) -> bool {
        let room = self.count.fetch_add(1, SeqCst) < limit;
        if !room {
            self.count.fetch_sub(1, SeqCst);
        }
        room
    }

    /// Adds what `measure` gives, and gives the new count. Measuring takes long.
    pub fn add_measured(&self, measure: impl FnOnce() -> u64) -> u64 {
        let more = measure();
        self.count.fetch_add(more, SeqCst) + more
    }

    /// Gives what has been counted, and starts again from 0.
    pub fn take(&self) -> u64 {
        self.count.swap(0, SeqCst)
    }
}
