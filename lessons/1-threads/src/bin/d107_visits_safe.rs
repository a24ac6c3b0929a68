//! Three ways to count every visit, and what each costs beside the cheapest.
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

const THREADS: u64 = 4;
const VISITS: u64 = 250_000;

fn with_a_lock() -> u64 {
    let count = Mutex::new(0);
    on_all_threads(|| (0..VISITS).for_each(|_| *count.lock().unwrap() += 1));
    count.into_inner().unwrap()
}

fn with_an_atomic() -> u64 {
    let count = AtomicU64::new(0);
    on_all_threads(|| (0..VISITS).for_each(|_| _ = count.fetch_add(1, Relaxed)));
    count.into_inner()
}

fn with_own_counts() -> u64 {
    let total = AtomicU64::new(0);
    on_all_threads(|| {
        let mut mine = 0; // `black_box` keeps the compiler from turning the loop into one addition
        (0..VISITS).for_each(|_| mine = black_box(mine + 1));
        total.fetch_add(mine, Relaxed);
    });
    total.into_inner()
}

fn on_all_threads(work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(&work);
        }
    });
}

/// The seconds it takes to count every visit.
fn cost(count: fn() -> u64) -> f64 {
    let start = Instant::now();
    assert_eq!(count(), THREADS * VISITS);
    start.elapsed().as_secs_f64()
}

fn main() {
    let costs = [
        ("a lock around each visit", cost(with_a_lock)),
        ("one atomic step a visit", cost(with_an_atomic)),
        ("own counts, merged once", cost(with_own_counts)),
    ];
    println!("{THREADS} threads, {VISITS} visits each; every way counts exactly {}", THREADS * VISITS);
    let cheapest = costs.iter().map(|&(_, seconds)| seconds).fold(f64::INFINITY, f64::min);
    for (way, seconds) in costs {
        println!("{way:<25} {:>6.1} x", seconds / cheapest);
    }
}
