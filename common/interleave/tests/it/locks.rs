//! Mutexes and read-write locks: lost updates, lock order, poisoning, trying.
use crate::{assert_failure, right, wrong};
use std::sync::{Arc, Mutex, RwLock, TryLockError};
use std::thread;
use std::{Cause, Checker, FailureKind};

fn add_twice(between: impl Fn(&Mutex<u64>) + Send + Sync + Copy + 'static) {
    let total = Arc::new(Mutex::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let total = Arc::clone(&total);
            thread::spawn(move || between(&total))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(*total.lock().unwrap(), 2);
}

#[test]
fn one_lock_for_reading_and_writing() {
    right(|| add_twice(|total| *total.lock().unwrap() += 1));
}

#[test]
fn a_lock_let_go_between_reading_and_writing() {
    let failure = wrong(|| {
        add_twice(|total| {
            let seen = *total.lock().unwrap();
            *total.lock().unwrap() = seen + 1;
        });
    });
    assert_failure(&failure, FailureKind::Panic, Cause::CheckThenAct);
    assert_eq!(failure.cost, 1);
}

fn transfers(in_order: bool) {
    let (from, to) = (Arc::new(Mutex::new(100)), Arc::new(Mutex::new(100)));
    let (from2, to2) = (Arc::clone(&from), Arc::clone(&to));
    let teller = thread::spawn(move || {
        let mut from = from2.lock().unwrap();
        let mut to = to2.lock().unwrap();
        *from -= 10;
        *to += 10;
    });
    if in_order {
        let mut from = from.lock().unwrap();
        let mut to = to.lock().unwrap();
        *to -= 5;
        *from += 5;
    } else {
        let mut to = to.lock().unwrap();
        let mut from = from.lock().unwrap();
        *to -= 5;
        *from += 5;
    }
    teller.join().unwrap();
    assert_eq!(*from.lock().unwrap() + *to.lock().unwrap(), 200);
}

#[test]
fn locks_in_one_order() {
    right(|| transfers(true));
}

#[test]
fn locks_in_opposite_orders() {
    let failure = wrong(|| transfers(false));
    assert_failure(&failure, FailureKind::Deadlock, Cause::LockOrder);
    let because = failure.story().because.join("\n");
    assert!(
        because.contains(
            "Circle: main waits for teller, which holds from; teller waits for main, which holds to."
        ),
        "{because}"
    );
    let names: Vec<_> = failure.blocked.iter().map(|b| (b.name.as_str(), b.object.as_str())).collect();
    assert_eq!(names, [("main", "from"), ("teller", "to")]);
}

#[test]
fn a_circle_of_three() {
    let philosophers = |polite: bool| {
        let forks: Arc<Vec<Mutex<()>>> = Arc::new((0..3).map(|_| Mutex::new(())).collect());
        let seats: Vec<_> = (0..3)
            .map(|seat| {
                let forks = Arc::clone(&forks);
                thread::spawn(move || {
                    let (left, right) = (seat, (seat + 1) % 3);
                    let (first, second) =
                        if polite { (left.min(right), left.max(right)) } else { (left, right) };
                    let _first = forks[first].lock().unwrap();
                    let _second = forks[second].lock().unwrap();
                })
            })
            .collect();
        for seat in seats {
            seat.join().unwrap();
        }
    };
    right(move || philosophers(true));
    let failure = wrong(move || philosophers(false));
    assert_failure(&failure, FailureKind::Deadlock, Cause::LockOrder);
}

#[test]
fn a_lock_taken_twice() {
    let failure = wrong(|| {
        let account = Arc::new(Mutex::new(1));
        let again = Arc::clone(&account);
        let teller = thread::spawn(move || {
            let _first = again.lock().unwrap();
            let _second = again.lock().unwrap();
        });
        teller.join().unwrap();
    });
    assert_failure(&failure, FailureKind::Deadlock, Cause::SelfDeadlock);
    assert_eq!(failure.cost, 0);
}

#[test]
fn readers_that_want_to_write() {
    let failure = wrong(|| {
        let cache = Arc::new(RwLock::new(0));
        let other = Arc::clone(&cache);
        let thread = thread::spawn(move || {
            let _reading = other.read().unwrap();
            *other.write().unwrap() += 1;
        });
        *cache.write().unwrap() += 1;
        thread.join().unwrap();
    });
    assert_failure(&failure, FailureKind::Deadlock, Cause::SelfDeadlock);
}

#[test]
fn readers_meet_and_writers_do_not() {
    right(|| {
        let data = RwLock::new(0);
        thread::scope(|s| {
            s.spawn(|| *data.write().unwrap() += 1);
            s.spawn(|| *data.write().unwrap() += 1);
            s.spawn(|| assert!(*data.read().unwrap() <= 2));
        });
        assert_eq!(data.into_inner().unwrap(), 2);
    });
}

#[test]
fn a_failed_try_is_not_a_success() {
    let failure = wrong(|| {
        let done = Arc::new(Mutex::new(0));
        let other = Arc::clone(&done);
        let thread = thread::spawn(move || *other.lock().unwrap() += 1);
        if let Ok(mut done) = done.try_lock() {
            *done += 1;
        }
        thread.join().unwrap();
        assert_eq!(*done.lock().unwrap(), 2);
    });
    assert_eq!(failure.kind, FailureKind::Panic);
}

#[test]
fn a_panic_poisons() {
    right(|| {
        let data = Arc::new(Mutex::new(0));
        let other = Arc::clone(&data);
        let result = thread::spawn(move || {
            let _held = other.lock().unwrap();
            panic!("on purpose");
        })
        .join();
        assert_eq!(result.unwrap_err().downcast_ref::<String>().unwrap(), "on purpose");
        assert!(data.is_poisoned());
        assert!(matches!(data.try_lock(), Err(TryLockError::Poisoned(_))));
        data.clear_poison();
        assert_eq!(*data.lock().unwrap(), 0);
    });
}

/// The two orders are seen even where the deadlock itself is not tried.
#[test]
fn a_circle_of_locks_that_did_not_strike() {
    let plainest = || Checker::new().bound(0).runs_beyond_bound(0);
    let report = plainest().check(|| transfers(false)).unwrap();
    let sentence = report.suspicion.expect("both orders were seen");
    assert!(sentence.contains("teller takes to at locks.rs:"), "{sentence}");
    assert!(sentence.contains("main takes from at locks.rs:"), "{sentence}");
    assert_eq!(plainest().check(|| transfers(true)).unwrap().suspicion, None);
}

#[test]
fn a_gate_or_an_order_of_threads_keeps_a_circle_from_closing() {
    let plainest = || Checker::new().bound(0).runs_beyond_bound(0);
    let under_a_gate = || {
        let (gate, a, b) = (Mutex::new(()), Mutex::new(()), Mutex::new(()));
        thread::scope(|s| {
            s.spawn(|| {
                let _gate = gate.lock().unwrap();
                let _a = a.lock().unwrap();
                let _b = b.lock().unwrap();
            });
            let _gate = gate.lock().unwrap();
            let _b = b.lock().unwrap();
            let _a = a.lock().unwrap();
        });
    };
    assert_eq!(plainest().check(under_a_gate).unwrap().suspicion, None);
    let one_after_the_other = || {
        let (a, b) = (Mutex::new(()), Mutex::new(()));
        {
            let _a = a.lock().unwrap();
            let _b = b.lock().unwrap();
        }
        thread::scope(|s| {
            s.spawn(|| {
                let _b = b.lock().unwrap();
                let _a = a.lock().unwrap();
            });
        });
        let _a = a.lock().unwrap();
        let _b = b.lock().unwrap();
    };
    assert_eq!(plainest().check(one_after_the_other).unwrap().suspicion, None);
    // And what was explored completely is no suspicion at all.
    assert_eq!(right(under_a_gate).suspicion, None);
}

#[test]
fn a_writer_that_becomes_a_reader_lets_nobody_write_in_between() {
    use std::sync::RwLockWriteGuard;
    right(|| {
        let data = RwLock::new(0);
        thread::scope(|s| {
            s.spawn(|| *data.write().unwrap() += 10);
            let mut writing = data.write().unwrap();
            *writing += 1;
            let seen = *writing;
            let reading = RwLockWriteGuard::downgrade(writing);
            assert_eq!(*reading, seen);
        });
        assert_eq!(data.into_inner().unwrap(), 11);
    });
}
