//! e403_parallel_primes: count primes with several workers that share one counter.
//!
//! Write `count_primes`. Its workers are threads. Each takes the next `chunk` numbers that nobody has taken,
//! looks at each of them, and comes back for more, until there are none left.
//!
//! * Every number below `n` is looked at exactly once, and no other number is.
//! * All workers work at the same time, and there are no more than `workers`.
//! * A worker whose number takes long holds up nobody: the others do the rest.
//!
//! You need `std::thread::scope`, and `std::sync::atomic::AtomicU64` for the counter.
//~
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
//~ end

/// How many of the numbers below `n` are prime, as `is_prime` has it, found by `workers` threads.
///
/// `workers` and `chunk` are at least 1. The last chunk may be a short one.
pub fn count_primes(n: u64, workers: usize, chunk: u64, is_prime: impl Fn(u64) -> bool + Sync) -> usize {
    //~ let _ = is_prime; // call it once for each number
    //~ todo!("count the primes below {n} with {workers} workers that take {chunk} numbers at a time")
    let next = AtomicU64::new(0); // the first number that nobody has taken
    let worker = || {
        let mut found = 0;
        loop {
            // Reading the counter and moving it is one step, so no two workers get the same chunk. Relaxed is
            // enough: no other data travels with the numbers.
            let start = next.fetch_add(chunk, Ordering::Relaxed);
            if start >= n {
                return found;
            }
            found += (start..n.min(start + chunk)).filter(|&number| is_prime(number)).count();
        }
    };
    thread::scope(|scope| {
        // `collect` starts all of them before the first is joined.
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
    //~ end
}
