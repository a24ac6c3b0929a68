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
        todo!("take one of {:?}, and wait on {:?} until there is one", self.permits, self.released)
    }

    /// Takes a permit if there is one now, and says whether it did. Never waits for one.
    pub fn try_acquire(&self) -> bool {
        todo!("take a permit if there is one")
    }

    /// Takes a permit; waits until there is one, but not longer than `limit`. Says whether it took one.
    pub fn acquire_timeout(&self, limit: Duration) -> bool {
        todo!("wait for a permit and take it, or give up after {limit:?}")
    }

    /// Puts a permit back, for whoever waits.
    pub fn release(&self) -> Result<(), ReleasedTooOften> {
        todo!("put a permit back, unless there are {:?} already", self.most)
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
        let _ = self.semaphore; // put it back
        todo!("release the permit")
    }
}
