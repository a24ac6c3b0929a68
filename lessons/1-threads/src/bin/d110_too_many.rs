//! The same 300 small jobs on 1, 2, 4, 8, 64 and 300 threads: what a thread costs, and when it pays.
use common::{clock, primes};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

const JOBS: usize = 300;

fn job() {
    black_box(primes::count_primes(0..black_box(2_500)));
}

/// Whoever is free takes the next job. Returns how long it took, and what all threads together used of the processors.
fn on_threads(threads: usize) -> (Duration, Duration) {
    let (next, start, cost) = (AtomicUsize::new(0), Instant::now(), clock::thread_cpu());
    let used: Duration = thread::scope(|scope| {
        let worker = || {
            while next.fetch_add(1, Relaxed) < JOBS {
                job();
            }
            clock::thread_cpu()
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    (start.elapsed(), used + clock::thread_cpu() - cost)
}

/// The least of three: other programs can only add to it.
fn best(threads: usize) -> (f64, f64) {
    let runs: Vec<_> = (0..3).map(|_| on_threads(threads)).collect();
    let least = |times: &mut dyn Iterator<Item = Duration>| times.min().unwrap().as_secs_f64();
    (least(&mut runs.iter().map(|run| run.0)), least(&mut runs.iter().map(|run| run.1)))
}

fn main() {
    let ((), jobs) = clock::timed(|| (0..JOBS).for_each(|_| job()));
    let start = Instant::now();
    (0..JOBS).for_each(|_| thread::spawn(|| {}).join().unwrap());
    let (job, thread) = (jobs.as_micros() / JOBS as u128, start.elapsed().as_micros() / JOBS as u128);
    println!("one job: {job} µs; one thread that does nothing: {thread} µs");

    let (one, one_used) = best(1);
    for threads in [2, 4, 8, 64, 300] {
        let (took, used) = best(threads);
        println!(
            "{threads:>3} threads: {:.1} times as fast, for {:.1} times the processor time",
            one / took,
            used / one_used
        );
    }
}
