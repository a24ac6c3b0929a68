//! What a lock costs besides itself: holding it too long, fighting for it, and sharing without knowing it.
//!
//! Processor time is compared, not the clock on the wall: it says what a thing costs, whoever else keeps the machine busy.
use common::clock::process_cpu;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, Mutex};
use std::thread;

const STEPS: u64 = 1_000_000;

fn main() {
    println!("four threads work on four pieces and add up the results:");
    println!("  the lock is held during the work: {} at work at the same time", held_during_the_work());
    println!("  work first, then lock and add:    {} at work at the same time", work_first());

    println!("a million steps in all; processor time, beside one thread that has the lock for itself:");
    let alone = cost(|| one_lock(1));
    println!("  two threads, one lock:    {:>5.1} x", cost(|| one_lock(2)) / alone);
    println!("  four threads, one lock:   {:>5.1} x", cost(|| one_lock(4)) / alone);
    println!("  four threads, own counts: {:>5.1} x", cost(own_counts) / alone);

    println!("two threads, each with a counter of its own; processor time, beside counters far apart:");
    let apart = cost(|| two_counters(&<[OnItsOwnLine; 2]>::default(), |counter| &counter.0));
    let side_by_side = cost(|| two_counters(&<[AtomicU64; 2]>::default(), |counter| counter));
    println!("  side by side:             {:>5.1} x", side_by_side / apart);
}

fn held_during_the_work() -> usize {
    let (sum, now, most) = (Mutex::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    on_threads(4, || {
        let mut sum = sum.lock().unwrap();
        most.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
        *sum += work(1_000);
        now.fetch_sub(1, Relaxed);
    });
    most.into_inner()
}

fn work_first() -> usize {
    let (sum, now, most) = (Mutex::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let meet = Barrier::new(4);
    on_threads(4, || {
        most.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
        meet.wait(); // Nobody passes unless all four are at work.
        let result = work(1_000);
        now.fetch_sub(1, Relaxed);
        *sum.lock().unwrap() += result;
    });
    most.into_inner()
}

fn one_lock(threads: u64) {
    let count = Mutex::new(0);
    on_threads(threads, || (0..STEPS / threads).for_each(|_| *count.lock().unwrap() += 1));
    assert_eq!(count.into_inner().unwrap(), STEPS);
}

fn own_counts() {
    let count = Mutex::new(0);
    on_threads(4, || {
        let mine = work(STEPS / 4);
        *count.lock().unwrap() += mine;
    });
    assert_eq!(count.into_inner().unwrap(), STEPS);
}

/// Processors own memory in lines; 128 bytes is more than any of today's has.
#[derive(Default)]
#[repr(align(128))]
struct OnItsOwnLine(AtomicU64);

fn two_counters<C: Sync>(counters: &[C; 2], counter: impl Fn(&C) -> &AtomicU64 + Sync) {
    thread::scope(|scope| {
        for mine in counters {
            let mine = counter(mine);
            scope.spawn(move || (0..STEPS * 5).for_each(|_| _ = mine.fetch_add(1, Relaxed)));
        }
    });
}

/// Counts to `steps`; the compiler may not take a short cut.
fn work(steps: u64) -> u64 {
    (0..steps).fold(0, |count, _| black_box(count + 1))
}

fn on_threads(threads: u64, work: impl Fn() + Sync) {
    thread::scope(|scope| (0..threads).for_each(|_| _ = scope.spawn(&work)));
}

/// The processor time of all threads together, in seconds: the middle one of five times.
fn cost(work: impl Fn()) -> f64 {
    let once = || {
        let before = process_cpu();
        work();
        process_cpu() - before
    };
    let mut times = [(); 5].map(|()| once());
    times.sort_unstable();
    times[2].as_secs_f64()
}
