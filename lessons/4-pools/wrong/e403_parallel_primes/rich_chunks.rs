//! e403_parallel_primes, wrong: one step adds what a poor chunk has, and two steps what a rich one has.
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

/// How many of the numbers below `n` are prime, as `is_prime` has it, found by `workers` threads.
///
/// `workers` and `chunk` are at least 1. The last chunk may be a short one.
pub fn count_primes(n: u64, workers: usize, chunk: u64, is_prime: impl Fn(u64) -> bool + Sync) -> usize {
    let next = AtomicU64::new(0);
    let found = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let start = next.fetch_add(chunk, Ordering::Relaxed);
                    if start >= n {
                        return;
                    }
                    let here = (start..n.min(start + chunk)).filter(|&number| is_prime(number)).count();
                    if here < 4 {
                        found.fetch_add(here, Ordering::Relaxed);
                    } else {
                        found.store(found.load(Ordering::Relaxed) + here, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    found.into_inner()
}
