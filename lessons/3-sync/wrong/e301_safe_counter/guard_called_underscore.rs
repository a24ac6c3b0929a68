//! e301_safe_counter, wrong: binds the guard to `_`, which keeps nothing.
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// A number that many threads add to.
pub struct Counter {
    lock: Mutex<()>,
    count: AtomicU64,
}

impl Counter {
    /// A counter that begins at `start`.
    pub fn new(start: u64) -> Self {
        Counter { lock: Mutex::new(()), count: AtomicU64::new(start) }
    }

    /// How much has been counted.
    pub fn get(&self) -> u64 {
        self.count.load(SeqCst)
    }

    /// Counts one more and gives the new count: the first caller gets 1, the next one 2.
    pub fn increment(&self) -> u64 {
        let _ = self.lock.lock().unwrap();
        let count = self.count.load(SeqCst) + 1;
        self.count.store(count, SeqCst);
        count
    }

    /// Counts one more if the count is below `limit`, and says whether it did.
    pub fn increment_below(&self, limit: u64) -> bool {
        let _ = self.lock.lock().unwrap();
        let count = self.count.load(SeqCst);
        if count < limit {
            self.count.store(count + 1, SeqCst);
        }
        count < limit
    }

    /// Adds what `measure` gives, and gives the new count. Measuring takes long.
    pub fn add_measured(&self, measure: impl FnOnce() -> u64) -> u64 {
        let more = measure();
        let _ = self.lock.lock().unwrap();
        let count = self.count.load(SeqCst) + more;
        self.count.store(count, SeqCst);
        count
    }

    /// Gives what has been counted, and starts again from 0.
    pub fn take(&self) -> u64 {
        let _ = self.lock.lock().unwrap();
        let count = self.count.load(SeqCst);
        self.count.store(0, SeqCst);
        count
    }
}
