//! e403_parallel_primes, wrong: a new thread for every chunk.
use std::thread;

/// How many of the numbers below `n` are prime, as `is_prime` has it, found by `workers` threads.
///
/// `workers` and `chunk` are at least 1. The last chunk may be a short one.
pub fn count_primes(n: u64, workers: usize, chunk: u64, is_prime: impl Fn(u64) -> bool + Sync) -> usize {
    let _ = workers;
    thread::scope(|scope| {
        let is_prime = &is_prime;
        let chunks = (0..n).step_by(chunk as usize);
        let handles: Vec<_> = chunks
            .map(|start| {
                scope.spawn(move || (start..n.min(start + chunk)).filter(|&number| is_prime(number)).count())
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
}
