//! Plain memory: accesses must be ordered by happens-before.
use crate::{right, wrong};
use std::FailureKind;
use std::race::RaceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

fn publish(store: Ordering, load: Ordering) {
    let shared = Arc::new((RaceCell::new(0), AtomicBool::new(false)));
    let other = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        other.0.set(42);
        other.1.store(true, store);
    });
    if shared.1.load(load) {
        assert_eq!(shared.0.get(), 42);
    }
    writer.join().unwrap();
    assert_eq!(shared.0.get(), 42);
}

#[test]
fn published_by_release_and_acquire() {
    right(|| publish(Ordering::Release, Ordering::Acquire));
}

#[test]
fn published_without_an_order() {
    for (store, load) in [(Ordering::Relaxed, Ordering::Acquire), (Ordering::Release, Ordering::Relaxed)] {
        let failure = wrong(move || publish(store, load));
        assert_eq!(failure.kind, FailureKind::DataRace, "{store:?} {load:?}");
        assert!(failure.message.contains("nothing orders the two"), "{failure}");
        let weak = if store == Ordering::Relaxed { "the store is relaxed" } else { "the load is relaxed" };
        let because = failure.story().because.join(" ");
        assert!(because.contains("orders nothing") && because.contains(weak), "{because}");
        assert_eq!(failure.story().steps.iter().filter(|step| step.bad).count(), 2, "{failure}");
    }
}
