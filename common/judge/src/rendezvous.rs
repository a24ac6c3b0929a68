//! A meeting point that proves two things happen at the same time, without a clock.
use crate::record;
use crate::say::fail;
use crate::verdict::Verdict;
use interleave::model;
use interleave::sync::{Condvar, Mutex};
use std::panic::Location;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// How long real threads wait for each other. Only an answer that is not concurrent ever waits so long.
const REAL_THREADS_WAIT: Duration = Duration::from_secs(10);

/// A place where `n` threads meet: each waits until all have come.
///
/// Called inside the work that should overlap, it can only be passed when the work does overlap. Inside a check,
/// work that runs one piece after another ends in a deadlock at once, and the layer `overlap` turns that into
/// `not-concurrent`, or into `over-locked` when a lock keeps the others away. On real threads it waits for ten
/// seconds and then fails as `not-concurrent`. Clones are the same meeting point; a thread that comes after all have
/// met goes straight through.
#[derive(Clone, Debug)]
pub struct Rendezvous {
    wanted: usize,
    point: Arc<(Mutex<usize>, Condvar)>,
}

impl Rendezvous {
    /// A meeting point for `n` threads.
    #[track_caller]
    pub fn new(n: usize) -> Self {
        Rendezvous { wanted: n, point: Arc::new((Mutex::new(0), Condvar::new())) }
    }

    /// Waits until `n` threads have come here.
    ///
    /// # Panics
    /// With the verdict `not-concurrent`, when real threads wait too long.
    #[track_caller]
    pub fn meet(&self) {
        let here = Location::caller();
        let (arrived, all) = &*self.point;
        // A thread that panicked here changed nothing but the count, so a poisoned lock is as good as a whole one.
        let mut guard = arrived.lock().unwrap_or_else(PoisonError::into_inner);
        *guard += 1;
        record::meeting(here, self.wanted, *guard);
        if *guard >= self.wanted {
            all.notify_all();
            return;
        }
        let until = Instant::now() + REAL_THREADS_WAIT;
        while *guard < self.wanted {
            if model::in_model() {
                guard = all.wait(guard).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let arrived = *guard;
                drop(guard);
                fail(Verdict::NotConcurrent, never_together(self.wanted, arrived));
            }
            guard = all.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// What it means that only `arrived` of `wanted` came.
pub(crate) fn never_together(wanted: usize, arrived: usize) -> String {
    let were = if arrived == 1 { "was" } else { "were" };
    format!("Only {arrived} of {wanted} {were} ever at work at the same time.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn real_threads_that_overlap_pass() {
        let point = Rendezvous::new(3);
        thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| point.meet());
            }
        });
        // Late comers are not held up.
        point.meet();
    }
}
