//! Three ways to count every visit, and what each costs beside the cheapest.
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

fn with_a_lock(threads: u64, visits: u64) -> u64 {
    let count = Mutex::new(0);
    on_all(threads, || (0..visits).for_each(|_| *count.lock().unwrap() += 1));
    count.into_inner().unwrap()
}

fn with_an_atomic(threads: u64, visits: u64) -> u64 {
    let count = AtomicU64::new(0);
    on_all(threads, || (0..visits).for_each(|_| _ = count.fetch_add(1, Relaxed)));
    count.into_inner()
}

fn with_own_counts(threads: u64, visits: u64) -> u64 {
    let total = AtomicU64::new(0);
    on_all(threads, || {
        let mut mine = 0; // `black_box` keeps the compiler from turning the loop into one addition
        (0..visits).for_each(|_| mine = black_box(mine + 1));
        total.fetch_add(mine, Relaxed);
    });
    total.into_inner()
}

fn on_all(threads: u64, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(&work);
        }
    });
}

/// The seconds it takes 4 threads to count 250,000 visits each.
fn cost(count: fn(u64, u64) -> u64) -> f64 {
    let start = Instant::now();
    assert_eq!(count(4, 250_000), 1_000_000);
    start.elapsed().as_secs_f64()
}

fn main() {
    println!("100 x 100000, an atomic step a visit: {}", with_an_atomic(100, 100_000));
    println!("2 x 1000000, a lock around each visit: {}", with_a_lock(2, 1_000_000));

    let costs = [
        ("a lock around each visit", cost(with_a_lock)),
        ("one atomic step a visit", cost(with_an_atomic)),
        ("own counts, merged once", cost(with_own_counts)),
    ];
    println!("4 threads, 250000 visits each; every way counts exactly 1000000");
    let cheapest = costs.iter().map(|&(_, seconds)| seconds).fold(f64::INFINITY, f64::min);
    for (way, seconds) in costs {
        println!("{way:<25} {:>6.1} x", seconds / cheapest);
    }
}
