//! Counts the primes below a number in four ways: the same count, and how much sooner each has it.
use common::primes;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

const CHUNK: u64 = 1_000;

fn main() {
    let n: u64 = env::args().nth(1).map_or(400_000, |n| n.parse().expect("a number"));
    let workers = thread::available_parallelism().map_or(2, usize::from);
    println!("primes below {n}, {workers} workers");
    let alone = timed("one thread", None, || primes::count_primes(0..n));
    timed("equal parts", Some(alone), || equal_parts(n, workers));
    timed("chunks of 1000", Some(alone), || chunks(n, workers));
    timed("rayon", Some(alone), || (0..n).into_par_iter().filter(|&number| primes::is_prime(number)).count());
}

/// Each worker gets its share beforehand. The last one gets the largest numbers, which are the most work.
fn equal_parts(n: u64, workers: usize) -> usize {
    let share = n.div_ceil(workers as u64);
    thread::scope(|scope| {
        let parts = (0..n).step_by(share as usize);
        let handles: Vec<_> = parts
            .map(|start| scope.spawn(move || primes::count_primes(start..(start + share).min(n))))
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
}

/// Whoever is free takes the next chunk.
fn chunks(n: u64, workers: usize) -> usize {
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let worker = || {
            let mut found = 0;
            loop {
                let start = next.fetch_add(CHUNK, Ordering::Relaxed);
                if start >= n {
                    return found;
                }
                found += primes::count_primes(start..(start + CHUNK).min(n));
            }
        };
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
}

fn timed(name: &str, alone: Option<Duration>, count: impl FnOnce() -> usize) -> Duration {
    let start = Instant::now();
    let found = count();
    let took = start.elapsed();
    let times = alone.map_or(1.0, |alone| alone.as_secs_f64() / took.as_secs_f64());
    println!("{name:<14} {found} primes, {:>4} ms, {times:.2} times as fast", took.as_millis());
    took
}
