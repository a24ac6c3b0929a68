//! e403_parallel_primes, wrong: every worker gets its share beforehand, and whoever is unlucky is last.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many of the numbers below `n` are prime, as `is_prime` has it, found by `workers` threads.
///
/// `workers` and `chunk` are at least 1. The last chunk may be a short one.
pub fn count_primes(n: u64, workers: usize, chunk: u64, is_prime: impl Fn(u64) -> bool + Sync) -> usize {
    let _ = chunk;
    let share = n.div_ceil(workers as u64);
    let found = AtomicUsize::new(0);
    thread::scope(|scope| {
        for worker in 0..workers as u64 {
            let (found, is_prime) = (&found, &is_prime);
            scope.spawn(move || {
                let mine = n.min(worker * share)..n.min((worker + 1) * share);
                let here = mine.filter(|&number| is_prime(number)).count();
                found.fetch_add(here, Ordering::Relaxed);
            });
        }
    });
    found.into_inner()
}
