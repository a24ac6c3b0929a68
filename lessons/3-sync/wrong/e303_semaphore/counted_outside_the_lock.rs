//! e303_semaphore, wrong: an atomic number beside the condition variable: changed without the lock that the waiter holds.
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// A box of permits.
pub struct Semaphore {
    permits: AtomicUsize,
    waiting: Mutex<()>,
    released: Condvar,
    /// The most permits there may be, if it is bounded.
    most: Option<usize>,
}

/// The answer to a release of a bounded semaphore that has all its permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleasedTooOften;

impl Semaphore {
    /// A semaphore with so many permits at first. It may get more.
    pub fn new(permits: usize) -> Self {
        Semaphore {
            permits: AtomicUsize::new(permits),
            waiting: Mutex::new(()),
            released: Condvar::new(),
            most: None,
        }
    }

    /// A semaphore with so many permits at first, and never more.
    pub fn bounded(permits: usize) -> Self {
        Semaphore { most: Some(permits), ..Semaphore::new(permits) }
    }

    /// Takes a permit; waits until there is one.
    pub fn acquire(&self) {
        let mut waiting = self.waiting.lock().unwrap();
        while !self.try_acquire() {
            waiting = self.released.wait(waiting).unwrap();
        }
    }

    /// Takes a permit if there is one now, and says whether it did. Never waits for one.
    pub fn try_acquire(&self) -> bool {
        self.permits.fetch_update(SeqCst, SeqCst, |permits| permits.checked_sub(1)).is_ok()
    }

    /// Takes a permit; waits until there is one, but not longer than `limit`. Says whether it took one.
    pub fn acquire_timeout(&self, limit: Duration) -> bool {
        let waiting = self.waiting.lock().unwrap();
        let mut took = false;
        let wait = |_: &mut ()| {
            took = self.try_acquire();
            !took
        };
        drop(self.released.wait_timeout_while(waiting, limit, wait).unwrap());
        took
    }

    /// Puts a permit back, for whoever waits.
    pub fn release(&self) -> Result<(), ReleasedTooOften> {
        let add = |permits| (Some(permits) != self.most).then_some(permits + 1);
        self.permits.fetch_update(SeqCst, SeqCst, add).map_err(|_| ReleasedTooOften)?;
        self.released.notify_one();
        Ok(())
    }

    /// Acquires a permit that releases itself when it is dropped.
    pub fn permit(&self) -> Permit<'_> {
        self.acquire();
        Permit { semaphore: self }
    }
}

/// A permit that is held.
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        // There is nobody to tell of an error here; and who holds a permit can release it.
        let _ = self.semaphore.release();
    }
}
