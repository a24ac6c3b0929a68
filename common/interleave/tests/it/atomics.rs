//! Litmus tests: which outcomes does the explorer reach, and which never?
//!
//! The programs and the allowed sets are those of the C++20 model (Boehm and Adve; Batty et al., POPL 2011),
//! less what the modification order as execution order rules out (load buffering).
use crate::right;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicUsize, fence};
use std::sync::{Arc, Mutex};
use std::thread;

type Outcomes = BTreeSet<Vec<usize>>;

/// Every outcome of `program`, a thread of which is each of `parts`.
fn outcomes(program: impl Fn() -> Vec<usize> + Send + Sync + 'static) -> Outcomes {
    let all = Arc::new(Mutex::new(Outcomes::new()));
    let seen = Arc::clone(&all);
    right(move || {
        let outcome = program();
        // The real lock: collecting is not part of the program.
        seen.lock().unwrap().insert(outcome);
    });
    Arc::try_unwrap(all).unwrap().into_inner().unwrap()
}

fn set<const N: usize>(outcomes: &[[usize; N]]) -> Outcomes {
    outcomes.iter().map(|o| o.to_vec()).collect()
}

fn two() -> (Arc<AtomicUsize>, Arc<AtomicUsize>) {
    (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)))
}

fn store_buffering(store: Ordering, load: Ordering, between: Option<Ordering>) -> Outcomes {
    outcomes(move || {
        let (x, y) = two();
        let (x2, y2) = (Arc::clone(&x), Arc::clone(&y));
        let side = move |mine: &AtomicUsize, other: &AtomicUsize| {
            mine.store(1, store);
            if let Some(order) = between {
                fence(order);
            }
            other.load(load)
        };
        let thread = thread::spawn(move || side(&x2, &y2));
        let here = side(&y, &x);
        vec![thread.join().unwrap(), here]
    })
}

#[test]
fn store_buffering_needs_sequential_consistency() {
    let weak = set(&[[0, 0], [0, 1], [1, 0], [1, 1]]);
    let strong = set(&[[0, 1], [1, 0], [1, 1]]);
    assert_eq!(store_buffering(Relaxed, Relaxed, None), weak);
    assert_eq!(store_buffering(Release, Acquire, None), weak);
    assert_eq!(store_buffering(SeqCst, SeqCst, None), strong);
    assert_eq!(store_buffering(Relaxed, Relaxed, Some(SeqCst)), strong);
    assert_eq!(store_buffering(Relaxed, Relaxed, Some(AcqRel)), weak);
}

fn message_passing(store: Ordering, load: Ordering, fences: bool) -> Outcomes {
    outcomes(move || {
        let (data, flag) = two();
        let (data2, flag2) = (Arc::clone(&data), Arc::clone(&flag));
        let thread = thread::spawn(move || {
            data2.store(1, Relaxed);
            if fences {
                fence(Release);
            }
            flag2.store(1, store);
        });
        let seen = flag.load(load);
        if fences {
            fence(Acquire);
        }
        let value = data.load(Relaxed);
        thread.join().unwrap();
        vec![seen, value]
    })
}

#[test]
fn message_passing_needs_both_sides() {
    let weak = set(&[[0, 0], [0, 1], [1, 0], [1, 1]]);
    let strong = set(&[[0, 0], [0, 1], [1, 1]]);
    assert_eq!(message_passing(Relaxed, Relaxed, false), weak);
    assert_eq!(message_passing(Release, Relaxed, false), weak);
    assert_eq!(message_passing(Relaxed, Acquire, false), weak);
    assert_eq!(message_passing(Release, Acquire, false), strong);
    assert_eq!(message_passing(SeqCst, SeqCst, false), strong);
    assert_eq!(message_passing(Relaxed, Relaxed, true), strong);
}

#[test]
fn one_thread_never_reads_backwards() {
    let seen = outcomes(|| {
        let x = Arc::new(AtomicUsize::new(0));
        let x2 = Arc::clone(&x);
        let thread = thread::spawn(move || {
            x2.store(1, Relaxed);
            x2.store(2, Relaxed);
        });
        let pair = vec![x.load(Relaxed), x.load(Relaxed)];
        thread.join().unwrap();
        pair
    });
    assert_eq!(seen, set(&[[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]]));
}

#[test]
fn two_readers_may_disagree_about_two_writers() {
    let readers = |order: Ordering| {
        outcomes(move || {
            let (x, y) = two();
            thread::scope(|s| {
                s.spawn(|| x.store(1, if order == SeqCst { SeqCst } else { Release }));
                s.spawn(|| y.store(1, if order == SeqCst { SeqCst } else { Release }));
                let a = s.spawn(|| [x.load(order), y.load(order)]);
                let b = [y.load(order), x.load(order)];
                let a = a.join().unwrap();
                vec![a[0], a[1], b[0], b[1]]
            })
        })
    };
    let disagree = vec![1, 0, 1, 0];
    assert!(readers(Acquire).contains(&disagree));
    assert!(!readers(SeqCst).contains(&disagree));
}

#[test]
fn an_update_in_between_keeps_the_release_sequence() {
    let seen = outcomes(|| {
        let (data, flag) = two();
        thread::scope(|s| {
            s.spawn(|| {
                data.store(1, Relaxed);
                flag.store(1, Release);
            });
            s.spawn(|| flag.fetch_add(1, Relaxed));
            let seen = flag.load(Acquire);
            vec![seen, data.load(Relaxed)]
        })
    });
    assert!(seen.contains(&vec![2, 1]));
    assert!(!seen.contains(&vec![2, 0]), "the release store heads the sequence the update goes on with");
}

#[test]
fn values_of_every_type_are_kept() {
    use std::sync::atomic::{AtomicBool, AtomicI8, AtomicI64, AtomicPtr, AtomicU8};
    right(|| {
        let thread = thread::spawn(|| {
            let small = AtomicI8::new(-3);
            assert_eq!(small.fetch_sub(5, SeqCst), -3);
            assert_eq!(small.load(SeqCst), -8);
            let wide = AtomicI64::new(i64::MIN);
            assert_eq!(wide.fetch_max(7, SeqCst), i64::MIN);
            assert_eq!(wide.swap(-1, SeqCst), 7);
            assert_eq!(wide.compare_exchange(0, 1, SeqCst, SeqCst), Err(-1));
            let byte = AtomicU8::new(250);
            byte.fetch_add(10, SeqCst);
            assert_eq!(byte.into_inner(), 4);
            let mut flag = AtomicBool::new(true);
            assert!(flag.fetch_not(SeqCst));
            *flag.get_mut() = true;
            assert!(flag.load(SeqCst));
            let mut target = 5;
            let pointer = AtomicPtr::new(&raw mut target);
            assert!(std::ptr::eq(pointer.load(SeqCst), &raw mut target));
        });
        thread.join().unwrap();
    });
}

#[test]
fn a_weak_exchange_may_fail_for_no_reason() {
    let once = |weak: bool| {
        outcomes(move || {
            let x = AtomicUsize::new(0);
            thread::scope(|s| {
                let exchange = || {
                    let result = if weak {
                        x.compare_exchange_weak(0, 1, SeqCst, SeqCst)
                    } else {
                        x.compare_exchange(0, 1, SeqCst, SeqCst)
                    };
                    usize::from(result.is_ok())
                };
                let other = s.spawn(exchange);
                vec![exchange() + other.join().unwrap()]
            })
        })
    };
    assert_eq!(once(false), set(&[[1]]));
    // Even twice in a row is allowed by std, but one spurious failure a run is the default.
    assert_eq!(once(true), set(&[[1]]));
    let alone = outcomes(|| {
        let x = Arc::new(AtomicUsize::new(0));
        let x2 = Arc::clone(&x);
        let thread =
            thread::spawn(move || usize::from(x2.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_ok()));
        vec![thread.join().unwrap()]
    });
    assert_eq!(alone, set(&[[0], [1]]));
    // In a loop it is a right program all the same.
    let counted = outcomes(|| {
        let x = AtomicUsize::new(0);
        thread::scope(|s| {
            let add = || {
                let mut seen = x.load(Relaxed);
                while let Err(found) = x.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed) {
                    seen = found;
                }
            };
            s.spawn(add);
            add();
        });
        vec![x.into_inner()]
    });
    assert_eq!(counted, set(&[[2]]));
}

#[test]
fn updates_by_a_function_lose_nothing() {
    let seen = outcomes(|| {
        let x = AtomicUsize::new(0);
        thread::scope(|s| {
            s.spawn(|| x.update(Relaxed, Relaxed, |n| n + 1));
            _ = x.try_update(Relaxed, Relaxed, |n| Some(n + 1));
        });
        vec![x.into_inner()]
    });
    assert_eq!(seen, set(&[[2]]));
}
