//! e403_parallel_primes, wrong: takes one number at a time, whatever was asked for.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How many of the numbers below `n` are prime, as `is_prime` has it, found by `workers` threads.
///
/// `workers` and `chunk` are at least 1. The last chunk may be a short one.
pub fn count_primes(n: u64, workers: usize, chunk: u64, is_prime: impl Fn(u64) -> bool + Sync) -> usize {
    let _ = chunk;
    let next = AtomicU64::new(0); // the first number that nobody has taken
    let worker = || {
        let mut found = 0;
        loop {
            let start = next.fetch_add(1, Ordering::Relaxed);
            if start >= n {
                return found;
            }
            found += usize::from(is_prime(start));
        }
    };
    thread::scope(|scope| {
        // `collect` starts all of them before the first is joined.
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
}
