//! e306_barrier, wrong: waits for the count to be 0 again: a quick one that comes back hides it from a slow one.
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
        let mut arrived = self.arrived.lock().unwrap();
        *arrived += 1;
        if *arrived == self.size {
            *arrived = 0;
            self.complete.notify_all();
            return true;
        }
        drop(self.complete.wait_while(arrived, |arrived| *arrived != 0).unwrap());
        false
    }
}
