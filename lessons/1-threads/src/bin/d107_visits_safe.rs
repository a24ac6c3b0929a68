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
        let mut mine = 0;
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

fn main() {
    let ways: [(&str, fn() -> u64); 3] = [
        ("a lock around each visit", with_a_lock),
        ("one atomic step a visit", with_an_atomic),
        ("own counts, merged once", with_own_counts),
    ];
    let measured = ways.map(|(name, way)| {
        let start = Instant::now();
        assert_eq!(way(), THREADS * VISITS, "{name}");
        (name, start.elapsed())
    });
    let cheapest = measured.map(|(_, cost)| cost).into_iter().min().expect("there are three ways");
    println!("{THREADS} threads, {VISITS} visits each; every way counts exactly {}", THREADS * VISITS);
    for (name, cost) in measured {
        println!("{name:<25} {:>6.1} x", cost.as_secs_f64() / cheapest.as_secs_f64());
    }
}
