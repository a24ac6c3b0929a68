//! e303_semaphore: a counting semaphore, made of a mutex and a condition variable.
//!
//! A semaphore is a box of permits. Whoever wants to go on takes one, and waits if there is none; whoever is done puts
//! one back. Permits have no owner: one thread may release what another one has acquired.
//!
//! Write the five methods so that, however the threads take turns:
//!
//! * nobody goes on without a permit, and no permit is given to two;
//! * no permit lies in the box while somebody waits for one;
//! * whoever waits sleeps, and does not look again and again;
//! * a *bounded* semaphore never has more permits than it began with: releasing too often is an error, and
//!   changes nothing.
//!
//! No order is promised: of those who wait any one may get the next permit, and somebody who comes just then may be
//! quicker than all of them.
//!
//! The judge runs up to three threads through every order of their steps, with at most three unlucky moments and,
//! where that is not all, beyond.
use std::sync::{Condvar, Mutex};
use std::time::Duration;

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
        //~ todo!("take one of {:?}, and wait on {:?} until there is one", self.permits, self.released)
        let mut permits = self.permits.lock().unwrap();
        // `while`: the permit that woke this thread may be gone again, or it woke for no reason.
        while *permits == 0 {
            permits = self.released.wait(permits).unwrap();
        }
        *permits -= 1;
        //~ end
    }

    /// Takes a permit if there is one now, and says whether it did. Never waits for one.
    pub fn try_acquire(&self) -> bool {
        //~ todo!("take a permit if there is one")
        let mut permits = self.permits.lock().unwrap();
        let there_is_one = *permits > 0;
        if there_is_one {
            *permits -= 1;
        }
        there_is_one
        //~ end
    }

    /// Takes a permit; waits until there is one, but not longer than `limit`. Says whether it took one.
    pub fn acquire_timeout(&self, limit: Duration) -> bool {
        //~ todo!("wait for a permit and take it, or give up after {limit:?}")
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
        //~ end
    }

    /// Puts a permit back, for whoever waits.
    pub fn release(&self) -> Result<(), ReleasedTooOften> {
        //~ todo!("put a permit back, unless there are {:?} already", self.most)
        let mut permits = self.permits.lock().unwrap();
        if Some(*permits) == self.most {
            return Err(ReleasedTooOften);
        }
        *permits += 1;
        // One permit, one waiter: all who wait here wait for the same.
        self.released.notify_one();
        Ok(())
        //~ end
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
        //~ let _ = self.semaphore; // put it back
        //~ todo!("release the permit")
        // There is nobody to tell of an error here; and who holds a permit can release it.
        let _ = self.semaphore.release();
        //~ end
    }
}
