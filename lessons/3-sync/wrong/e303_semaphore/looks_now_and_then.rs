//! e303_semaphore, wrong: wakes itself every millisecond to look, so nobody needs to notify.
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// How long to sleep before looking again.
const A_MOMENT: Duration = Duration::from_millis(1);

/// A box of permits.
pub struct Semaphore {
    permits: Mutex<usize>,
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
        Semaphore { permits: Mutex::new(permits), released: Condvar::new(), most: None }
    }

    /// A semaphore with so many permits at first, and never more.
    pub fn bounded(permits: usize) -> Self {
        Semaphore { most: Some(permits), ..Semaphore::new(permits) }
    }

    /// Takes a permit; waits until there is one.
    pub fn acquire(&self) {
        let mut permits = self.permits.lock().unwrap();
        // `while`: the permit that woke this thread may be gone again, or it woke for no reason.
        while *permits == 0 {
            permits = self.released.wait_timeout(permits, A_MOMENT).unwrap().0;
        }
        *permits -= 1;
    }

    /// Takes a permit if there is one now, and says whether it did. Never waits for one.
    pub fn try_acquire(&self) -> bool {
        let mut permits = self.permits.lock().unwrap();
        let there_is_one = *permits > 0;
        if there_is_one {
            *permits -= 1;
        }
        there_is_one
    }

    /// Takes a permit; waits until there is one, but not longer than `limit`. Says whether it took one.
    pub fn acquire_timeout(&self, limit: Duration) -> bool {
        let permits = self.permits.lock().unwrap();
        // It looks again after every wake-up, and waits for what is left of `limit`.
        let (mut permits, _) =
            self.released.wait_timeout_while(permits, limit, |permits| *permits == 0).unwrap();
        // Whether the time was up says nothing about the permits.
        let there_is_one = *permits > 0;
        if there_is_one {
            *permits -= 1;
        }
        there_is_one
    }

    /// Puts a permit back, for whoever waits.
    pub fn release(&self) -> Result<(), ReleasedTooOften> {
        let mut permits = self.permits.lock().unwrap();
        if Some(*permits) == self.most {
            return Err(ReleasedTooOften);
        }
        *permits += 1;
        // One permit, one waiter: all who wait here wait for the same.
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
