//! e306_barrier, wrong: an atomic round, changed without the lock that the waiter holds.
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};

/// A meeting point of a fixed number of threads, to be used again and again.
pub struct Barrier {
    size: usize,
    arrived: AtomicUsize,
    round: AtomicUsize,
    waiting: Mutex<()>,
    complete: Condvar,
}

impl Barrier {
    /// A barrier for `size` threads, at least one.
    pub fn new(size: usize) -> Self {
        Barrier {
            size,
            arrived: AtomicUsize::new(0),
            round: AtomicUsize::new(0),
            waiting: Mutex::new(()),
            complete: Condvar::new(),
        }
    }

    /// Waits until `size` threads have come in this round. Gives `true` to one of them.
    pub fn wait(&self) -> bool {
        let mine = self.round.load(SeqCst);
        if self.arrived.fetch_add(1, SeqCst) + 1 == self.size {
            self.arrived.store(0, SeqCst);
            self.round.fetch_add(1, SeqCst);
            self.complete.notify_all();
            return true;
        }
        let waiting = self.waiting.lock().unwrap();
        drop(self.complete.wait_while(waiting, |_| self.round.load(SeqCst) == mine).unwrap());
        false
    }
}
