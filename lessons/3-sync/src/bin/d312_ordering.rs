//! Publishing a value by a flag: what this machine shows, and what the memory model allows.
//!
//! A processor of today hides most of what Rust's memory model allows, and the next compiler may show it. So this demo asks
//! the explorer, which tries all of it: its atomics and threads stand in for those of `std`.
use interleave::Checker;
use interleave::outcomes::Outcomes;
use interleave::sync::Arc;
use interleave::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};
use interleave::sync::atomic::{AtomicBool, AtomicU32};
use interleave::thread;

fn main() {
    let ways = [(Relaxed, Relaxed), (Release, Relaxed), (Relaxed, Acquire), (Release, Acquire)];
    println!("data = 42, then the flag is set; what does somebody read who looks at the flag first?");
    for (store, load) in ways {
        println!("  store {store:?}, load {load:?}:");
        println!(
            "    on this machine, 2000 runs: {} with the flag set and old data",
            on_this_machine(store, load)
        );
        possible(move || publish(store, load));
    }
    println!("two threads: each sets its own flag, then looks at the other's; what do they see?");
    for (store, load) in [(Release, Acquire), (SeqCst, SeqCst)] {
        println!("  store {store:?}, load {load:?}:");
        possible(move || both_look(store, load));
    }
}

fn publish(store: Ordering, load: Ordering) -> &'static str {
    let (data, flag) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let writer = thread::spawn({
        let (data, flag) = (data.clone(), flag.clone());
        move || {
            data.store(42, Relaxed);
            flag.store(true, store);
        }
    });
    let seen = match (flag.load(load), data.load(Relaxed)) {
        (false, _) => "flag not set",
        (true, 42) => "flag set, data 42",
        (true, _) => "flag set, old data",
    };
    writer.join().unwrap();
    seen
}

fn both_look(store: Ordering, load: Ordering) -> String {
    let (mine, theirs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let other = thread::spawn({
        let (mine, theirs) = (theirs.clone(), mine.clone());
        move || {
            mine.store(true, store);
            theirs.load(load)
        }
    });
    mine.store(true, store);
    let seen = [theirs.load(load), other.join().unwrap()];
    match seen.iter().filter(|seen| **seen).count() {
        0 => "neither sees the other".into(),
        1 => "one sees the other".into(),
        _ => "both see the other".into(),
    }
}

/// Outside of a check, these are real threads and real atomics.
fn on_this_machine(store: Ordering, load: Ordering) -> usize {
    (0..2_000).filter(|_| publish(store, load) == "flag set, old data").count()
}

fn possible<T: Ord + std::fmt::Display + Send + 'static>(program: impl Fn() -> T + Send + Sync + 'static) {
    let outcomes = Outcomes::of(&Checker::new(), program).expect("it cannot fail");
    let mut rows: Vec<&str> = outcomes.rows().iter().map(|(outcome, _)| outcome.as_str()).collect();
    rows.sort_unstable();
    println!("    possible: {}", rows.join("; "));
}
