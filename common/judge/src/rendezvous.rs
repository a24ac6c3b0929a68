//! A meeting point that proves two things happen at the same time, without a clock.
use crate::say::fail;
use crate::verdict::Verdict;
use interleave::model::{self, Meeting};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
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
    /// Where threads of a check meet.
    modelled: Arc<Meeting>,
    /// How many real threads have come, and the news of another.
    real: Arc<(Mutex<usize>, Condvar)>,
}

impl Rendezvous {
    /// A meeting point for `n` threads.
    #[track_caller]
    pub fn new(n: usize) -> Self {
        Rendezvous { wanted: n, modelled: Arc::new(Meeting::new(n)), real: Arc::default() }
    }

    /// Waits until `n` threads have come here.
    ///
    /// # Panics
    /// With the verdict `not-concurrent`, when real threads wait too long.
    #[track_caller]
    pub fn meet(&self) {
        if model::in_model() {
            return self.modelled.meet();
        }
        let (arrived, all) = &*self.real;
        // A thread that panicked here changed nothing but the count, so a poisoned lock is as good as a whole one.
        let mut guard = arrived.lock().unwrap_or_else(PoisonError::into_inner);
        *guard += 1;
        if *guard >= self.wanted {
            all.notify_all();
            return;
        }
        let until = Instant::now() + REAL_THREADS_WAIT;
        while *guard < self.wanted {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let arrived = *guard;
                drop(guard);
                fail(Verdict::NotConcurrent, never_together(&format!("{arrived} of {}", self.wanted)));
            }
            guard = all.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// What it means that only "1 of 2" came.
pub(crate) fn never_together(so_many: &str) -> String {
    let were = if so_many.starts_with("1 ") { "was" } else { "were" };
    format!("Only {so_many} {were} ever at work at the same time.")
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
