//! e403_parallel_primes, wrong: chunks only as long as there are few numbers; of many every worker gets an equal part.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How many of the numbers below `n` are prime, as `is_prime` has it, found by `workers` threads.
///
/// `workers` and `chunk` are at least 1. The last chunk may be a short one.
pub fn count_primes(n: u64, workers: usize, chunk: u64, is_prime: impl Fn(u64) -> bool + Sync) -> usize {
    // A counter that everybody touches all the time must be slow, or so it seems.
    let chunk = if n > 100_000 { n.div_ceil(workers as u64) } else { chunk };
    let next = AtomicU64::new(0);
    let worker = || {
        let mut found = 0;
        loop {
            let start = next.fetch_add(chunk, Ordering::Relaxed);
            if start >= n {
                return found;
            }
            found += (start..n.min(start + chunk)).filter(|&number| is_prime(number)).count();
        }
    };
    thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
}
