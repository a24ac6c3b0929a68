//! `Once`, `OnceLock`, `LazyLock`.
use crate::{right, wrong};
use std::FailureKind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Once, OnceLock};
use std::thread;

#[test]
fn one_of_two_initialises_and_both_see_it() {
    right(|| {
        let (cell, calls) = (OnceLock::new(), AtomicUsize::new(0));
        let ask = || *cell.get_or_init(|| calls.fetch_add(1, Ordering::SeqCst) + 41);
        thread::scope(|s| {
            let other = s.spawn(ask);
            assert_eq!((ask(), other.join().unwrap()), (41, 41));
        });
        assert_eq!((calls.into_inner(), cell.into_inner()), (1, Some(41)));
    });
}

#[test]
fn looking_first_and_setting_then_is_a_race() {
    let failure = wrong(|| {
        let cell = Arc::new(OnceLock::new());
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || {
            if other.get().is_none() {
                other.set(1).unwrap();
            }
        });
        if cell.get().is_none() {
            cell.set(2).unwrap();
        }
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Panic);
}

#[test]
fn what_is_published_by_a_cell_is_visible() {
    right(|| {
        let (data, cell) = (AtomicUsize::new(0), OnceLock::new());
        thread::scope(|s| {
            s.spawn(|| {
                data.store(7, Ordering::Relaxed);
                cell.set(()).unwrap();
            });
            if cell.get().is_some() {
                assert_eq!(data.load(Ordering::Relaxed), 7);
            }
        });
    });
}

#[test]
fn once_calls_once_and_others_wait() {
    right(|| {
        let (once, calls) = (Once::new(), AtomicUsize::new(0));
        let call = || {
            once.call_once(|| {
                thread::yield_now();
                calls.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(calls.load(Ordering::Relaxed), 1);
            assert!(once.is_completed());
        };
        thread::scope(|s| {
            s.spawn(call);
            call();
        });
    });
}

#[test]
fn a_lazy_value_is_made_when_wanted() {
    right(|| {
        let made = AtomicUsize::new(0);
        let lazy = LazyLock::new(|| made.fetch_add(1, Ordering::SeqCst) + 5);
        assert_eq!(made.load(Ordering::SeqCst), 0);
        thread::scope(|s| {
            s.spawn(|| assert_eq!(*lazy, 5));
            assert_eq!(*lazy, 5);
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn an_initialiser_that_asks_for_its_own_value_waits_for_ever() {
    let failure = wrong(|| {
        let cell = Arc::new(OnceLock::new());
        let other = Arc::clone(&cell);
        let thread = thread::spawn(move || *other.get_or_init(|| *other.get_or_init(|| 1)));
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Deadlock);
}

#[test]
fn statics_work_on_real_threads() {
    static LAZY: LazyLock<Vec<u32>> = LazyLock::new(|| vec![1, 2, 3]);
    static ONCE: Once = Once::new();
    static CELL: OnceLock<u32> = OnceLock::new();
    let sums: Vec<u32> = thread::scope(|s| {
        let ask = || {
            ONCE.call_once(|| ());
            CELL.get_or_init(|| 4) + LAZY.iter().sum::<u32>()
        };
        let threads: Vec<_> = (0..4).map(|_| s.spawn(ask)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(sums, [10; 4]);
}

#[test]
fn one_can_wait_for_the_value() {
    right(|| {
        let (cell, once) = (OnceLock::new(), Once::new());
        thread::scope(|s| {
            s.spawn(|| {
                cell.set(3).unwrap();
                once.call_once(|| ());
            });
            assert_eq!(*cell.wait(), 3);
            once.wait();
        });
    });
}
