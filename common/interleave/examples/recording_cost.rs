//! What recording costs a real run, per event: `cargo run --release -p interleave --example recording_cost`.
//!
//! Rounds with and without a recording take turns, so that both see the same machine; the median of the rounds counts.
extern crate interleave as std;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const ROUNDS: usize = 31;
const OPERATIONS: u32 = 20_000;

fn main() {
    let (lock, atomic) = (Mutex::new(0_u64), AtomicU64::new(0));
    report("lock and unlock", 2, || *lock.lock().unwrap() += 1);
    report("atomic load", 1, || _ = std::hint::black_box(atomic.load(Ordering::Acquire)));
    report("fetch_add", 1, || _ = atomic.fetch_add(1, Ordering::AcqRel));
}

/// Prints what one of `operation`'s events costs more when it is recorded.
fn report(what: &str, events: u32, operation: impl Fn()) {
    let time = || {
        let start = Instant::now();
        for _ in 0..OPERATIONS {
            operation();
        }
        start.elapsed().as_nanos() as f64 / f64::from(OPERATIONS)
    };
    let (mut plain, mut recorded) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        plain.push(time());
        let (nanoseconds, recording) = std::record(time);
        assert_eq!(recording.events() as u32, events * OPERATIONS, "nothing is lost");
        recorded.push(nanoseconds);
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (plain, recorded) = (median(&mut plain), median(&mut recorded));
    let per_event = (recorded - plain) / f64::from(events);
    println!("{what:<16} {plain:>6.1} ns, recorded {recorded:>6.1} ns: {per_event:>5.1} ns an event");
}
