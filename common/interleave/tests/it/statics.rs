//! Statics and thread-locals: every run finds them as a new program would.
use crate::{assert_failure, right, wrong};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, LazyLock, Mutex, Once, OnceLock, RwLock};
use std::thread;
use std::{Cause, Checker, FailureKind};

/// Two threads that do the same.
fn two(work: impl Fn() + Send + Sync + 'static) {
    let work = Arc::new(work);
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let work = Arc::clone(&work);
            thread::spawn(move || work())
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_static_counter_starts_anew_in_every_run() {
    static COUNT: AtomicUsize = AtomicUsize::new(40);
    let add = || {
        two(|| _ = COUNT.fetch_add(1, Ordering::SeqCst));
        assert_eq!(COUNT.load(Ordering::SeqCst), 42);
    };
    right(add);
    // So it does in every check.
    right(add);
    let failure = wrong(|| {
        two(|| COUNT.store(COUNT.load(Ordering::SeqCst) + 1, Ordering::SeqCst));
        assert_eq!(COUNT.load(Ordering::SeqCst), 42);
    });
    assert_failure(&failure, FailureKind::Panic, Cause::LostUpdate);
    assert!(failure.to_string().contains("reads COUNT = 40"), "{failure}");
}

#[test]
fn what_a_static_owns_is_that_of_its_run() {
    static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    static LAST: RwLock<Option<String>> = RwLock::new(None);
    static CONFIG: OnceLock<String> = OnceLock::new();
    static CACHE: LazyLock<Mutex<Vec<usize>>> = LazyLock::new(|| Mutex::new(vec![1]));
    static SET_UP: Once = Once::new();
    static SET_UPS: AtomicUsize = AtomicUsize::new(0);
    right(|| {
        assert!(CONFIG.get().is_none(), "the first to ask in this run");
        two(|| {
            SET_UP.call_once(|| _ = SET_UPS.fetch_add(1, Ordering::SeqCst));
            NAMES.lock().unwrap().push(CONFIG.get_or_init(|| "a name".into()).clone());
            CACHE.lock().unwrap().push(2);
        });
        *LAST.write().unwrap() = NAMES.lock().unwrap().last().cloned();
        assert_eq!(LAST.read().unwrap().as_deref(), Some("a name"));
        assert_eq!((NAMES.lock().unwrap().len(), CACHE.lock().unwrap().len()), (2, 3));
        assert_eq!(SET_UPS.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_static_lock_that_a_run_left_held_or_poisoned_is_free_in_the_next() {
    static LEFT: Mutex<u32> = Mutex::new(0);
    let failure = wrong(|| {
        std::mem::forget(LEFT.lock().unwrap());
        two(|| drop(LEFT.lock()));
    });
    assert_eq!(failure.kind, FailureKind::Deadlock);
    right(|| {
        let poisoner = thread::spawn(|| {
            let _held = LEFT.lock().unwrap();
            panic!("with the lock");
        });
        assert!(poisoner.join().is_err() && LEFT.lock().is_err());
    });
    right(|| two(|| *LEFT.lock().unwrap() += 1));
}

#[test]
fn what_was_used_before_the_check_stays_as_it_is() {
    static USED: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    USED.lock().unwrap().push(7);
    right(|| {
        two(|| assert_eq!(USED.lock().unwrap().first(), Some(&7)));
    });
    // Nobody can put back what was there, so a run that changes it is not like the others.
    let failure = wrong(|| {
        let before = USED.lock().unwrap().len();
        two(move || {
            if before == 1 {
                thread::yield_now();
            }
            USED.lock().unwrap().push(8);
        });
    });
    assert_eq!(failure.kind, FailureKind::NotRepeatable);
}

#[test]
fn two_checks_at_a_time_can_use_one_static() {
    static SHARED: AtomicUsize = AtomicUsize::new(0);
    let start = Arc::new(Barrier::new(2));
    let checks: Vec<_> = (0..2)
        .map(|_| {
            let start = Arc::clone(&start);
            thread::spawn(move || {
                start.wait();
                right(|| {
                    two(|| _ = SHARED.fetch_add(1, Ordering::SeqCst));
                    assert_eq!(SHARED.load(Ordering::SeqCst), 2);
                })
                .executions
            })
        })
        .collect();
    let counts: Vec<usize> = checks.into_iter().map(|check| check.join().unwrap()).collect();
    assert_eq!(counts[0], counts[1]);
}

#[test]
fn a_flag_that_all_share_is_seen_to_be_one() {
    static STOP: AtomicBool = AtomicBool::new(false);
    let failure = wrong(|| {
        two(|| STOP.store(true, Ordering::SeqCst));
        assert!(!STOP.load(Ordering::SeqCst), "stopped");
    });
    assert_eq!((failure.kind, failure.executions), (FailureKind::Panic, 1));
}

#[test]
fn thread_locals_begin_anew_with_their_thread() {
    thread_local! { static CALLS: Cell<u32> = const { Cell::new(0) }; }
    let calls = || {
        two(|| {
            CALLS.set(CALLS.get() + 1);
            thread::yield_now();
            assert_eq!(CALLS.get(), 1, "every thread has its own");
        });
        CALLS.set(CALLS.get() + 1);
        assert_eq!(CALLS.get(), 1);
    };
    // Without being told: a run on new threads shows that it matters.
    let checker = Checker::new().allow_vacuous();
    assert!(checker.check(calls).unwrap().complete);
    assert_eq!(
        checker.check(calls).unwrap().executions,
        checker.clone().fresh_threads(true).check(calls).unwrap().executions
    );
}

#[test]
fn a_thread_local_that_is_wrong_is_found_wrong() {
    thread_local! { static COUNT: Cell<u32> = const { Cell::new(0) }; }
    // What was to be shared is everybody's own.
    let failure = wrong(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let also_done = Arc::clone(&done);
        two(move || {
            COUNT.set(COUNT.get() + 1);
            also_done.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(COUNT.get(), 2);
    });
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.message.contains("left: 0"), "{failure}");
}
