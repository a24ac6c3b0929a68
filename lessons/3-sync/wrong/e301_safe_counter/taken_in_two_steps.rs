//! e301_safe_counter, wrong: reads, then sets to 0: who comes in between is forgotten.
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
        let mut count = self.count.lock().unwrap();
        *count += 1;
        *count
    }

    /// Counts one more if the count is below `limit`, and says whether it did.
    pub fn increment_below(&self, limit: u64) -> bool {
        let mut count = self.count.lock().unwrap();
        let room = *count < limit;
        if room {
            *count += 1;
        }
        room
    }

    /// Adds what `measure` gives, and gives the new count. Measuring takes long.
    pub fn add_measured(&self, measure: impl FnOnce() -> u64) -> u64 {
        let more = measure();
        let mut count = self.count.lock().unwrap();
        *count += more;
        *count
    }

    /// Gives what has been counted, and starts again from 0.
    pub fn take(&self) -> u64 {
        let count = self.get();
        *self.count.lock().unwrap() = 0;
        count
    }
}
