//! e403_parallel_primes, wrong: a chunk that is not full is left out.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How many of the numbers below `n` are prime, as `is_prime` has it, found by `workers` threads.
///
/// `workers` and `chunk` are at least 1. The last chunk may be a short one.
pub fn count_primes(n: u64, workers: usize, chunk: u64, is_prime: impl Fn(u64) -> bool + Sync) -> usize {
    let next = AtomicU64::new(0);
    let worker = || {
        let mut found = 0;
        loop {
            let start = next.fetch_add(chunk, Ordering::Relaxed);
            if start + chunk > n {
                return found;
            }
            found += (start..start + chunk).filter(|&number| is_prime(number)).count();
        }
    };
    thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
}
