//! A count that threads read, change and write back: first by chance, then for certain, then step by step.
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

/// `threads` threads count `visits` each in two steps, with `between` in the middle. Returns how many were lost.
fn lost(threads: u64, visits: u64, start: impl Fn() + Sync, between: impl Fn() + Sync) -> u64 {
    let count = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                start();
                for _ in 0..visits {
                    let seen = count.load(Relaxed);
                    between();
                    count.store(seen + 1, Relaxed);
                }
            });
        }
    });
    threads * visits - count.into_inner()
}

fn main() {
    println!("by chance (none lost is possible, too):");
    for (threads, visits) in [(100, 100_000), (2, 1_000_000)] {
        println!("  {threads} x {visits}: {} lost", lost(threads, visits, || {}, || {}));
    }

    println!("for certain (all start together and step aside between load and store):");
    let everyone_is_here = Barrier::new(4);
    let lost = lost(4, 1_000, || _ = everyone_is_here.wait(), thread::yield_now);
    assert!(lost > 0, "four threads that step aside a thousand times overwrite one another");
    println!("  4 x 1000: {lost} lost, {} % of all visits", lost * 100 / 4_000);

    println!("step by step (nobody stores before both have loaded):");
    let count = AtomicU64::new(41);
    let both_have_loaded = Barrier::new(2);
    thread::scope(|scope| {
        for name in ["A", "B"] {
            let (count, both_have_loaded) = (&count, &both_have_loaded);
            scope.spawn(move || {
                let seen = count.load(Relaxed);
                println!("  {name} loads {seen}");
                both_have_loaded.wait();
                count.store(seen + 1, Relaxed);
                println!("  {name} stores {}", seen + 1);
            });
        }
    });
    println!("two visits, and the count went from 41 to {}", count.into_inner());
}
