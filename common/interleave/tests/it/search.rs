//! The search: how many interleavings there are, the same every time, and replayed by their token.
use crate::{right, wrong};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::{Checker, FailureKind};

/// `threads` threads of `steps` operations each on one atomic.
fn steps(threads: usize, steps: usize) -> impl Fn() + Send + Sync + 'static {
    move || {
        let counter = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let counter = Arc::clone(&counter);
                thread::spawn(move || {
                    for _ in 0..steps {
                        counter.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

/// Threads that only touch one atomic interleave in as many ways as their steps can be shuffled:
/// n threads of k operations have a start and k steps each, so (n (k + 1))! / ((k + 1)!)^n.
#[test]
fn there_are_as_many_interleavings_as_the_formula_says() {
    let factorial = |n: usize| (1..=n).product::<usize>();
    for (threads, operations) in [(2, 1), (2, 2), (2, 3), (2, 4), (3, 1), (3, 2), (4, 1)] {
        let checker = Checker::new().merge(false).bound(0).runs_beyond_bound(1_000_000);
        let report = checker
            .check(move || {
                let counter = Arc::new(AtomicUsize::new(0));
                for _ in 0..threads {
                    let counter = Arc::clone(&counter);
                    // Nobody joins: a join would be a step of its own.
                    thread::spawn(move || {
                        for _ in 0..operations {
                            counter.fetch_add(1, Ordering::SeqCst);
                        }
                    });
                }
            })
            .unwrap();
        assert!(report.complete);
        let expected = factorial(threads * (operations + 1)) / factorial(operations + 1).pow(threads as u32);
        assert_eq!(
            report.executions, expected,
            "{threads} threads, {operations} operations: none runs twice"
        );
    }
}

/// Merged or not, every final state is reached; merging only saves runs.
#[test]
fn merging_saves_runs() {
    let count = |merge: bool| {
        let checker = Checker::new().merge(merge).bound(0).runs_beyond_bound(1_000_000);
        let report = checker.check(steps(3, 2)).unwrap();
        assert!(report.complete);
        report.executions
    };
    let (merged, all) = (count(true), count(false));
    assert!(merged < all, "{merged} < {all}");
}

#[test]
fn the_count_is_the_same_every_time() {
    let counts: Vec<_> = (0..5).map(|_| right(steps(3, 2)).executions).collect();
    assert!(counts.iter().all(|n| *n == counts[0]), "{counts:?}");
}

fn racy() {
    let count = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let count = Arc::clone(&count);
            thread::spawn(move || {
                let seen = count.load(Ordering::SeqCst);
                count.store(seen + 1, Ordering::SeqCst);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn a_failure_is_the_same_every_time_and_can_be_replayed() {
    let first = wrong(racy);
    for _ in 0..20 {
        let again = wrong(racy);
        assert_eq!((again.executions, &again.replay), (first.executions, &first.replay));
        assert_eq!(again.story(), first.story());
    }
    let replayed = Checker::new().replay(&first.replay).check(racy).unwrap_err();
    assert_eq!(replayed.kind, FailureKind::Panic);
    assert_eq!(replayed.executions, 1);
    assert_eq!(replayed.story().steps, first.story().steps);
}

#[test]
#[should_panic(expected = "is not a replay token")]
fn a_token_that_is_none_says_so() {
    let _ = Checker::new().replay("nonsense").check(racy);
}

#[test]
fn a_report_never_says_more_than_is_true() {
    let report = |checker: Checker| checker.check(steps(3, 3)).unwrap().to_string();
    let whole = report(Checker::new().runs_beyond_bound(1_000_000));
    assert!(whole.starts_with("every schedule, in "), "{whole}");
    let bounded = report(Checker::new().bound(1).runs_beyond_bound(0));
    assert!(bounded.starts_with("every schedule with at most 1 unlucky moment, in "), "{bounded}");
    let little = report(Checker::new().runs_per_round(1).runs_beyond_bound(0));
    assert!(
        little.starts_with("some schedules only, in ") || little.starts_with("every schedule without"),
        "{little}"
    );
}

#[test]
fn chance_finds_it_too_and_the_seed_repeats_it() {
    for checker in [Checker::new().random(1_000, 42), Checker::new().pct(3, 1_000, 42)] {
        let first = checker.check(racy).unwrap_err();
        let again = checker.check(racy).unwrap_err();
        assert_eq!((first.executions, &first.replay), (again.executions, &again.replay));
        let replayed = Checker::new().replay(&first.replay).check(racy).unwrap_err();
        assert_eq!(replayed.story().steps, first.story().steps);
        assert_eq!(first.kind, FailureKind::Panic);
    }
    let report = Checker::new().random(100, 7).check(steps(3, 3)).unwrap();
    assert_eq!(report.to_string(), "100 schedules by chance (seed 7)");
    assert!(!report.complete);
}

/// Retrying politely without ever yielding goes on for ever only under an unfair scheduler.
#[test]
fn a_retry_loop_is_no_endless_loop_under_a_fair_scheduler() {
    use std::sync::Mutex;
    let program = || {
        let (left, right) = (Mutex::new(0), Mutex::new(0));
        let both = |first: &Mutex<i32>, second: &Mutex<i32>| {
            loop {
                let mut one = first.lock().unwrap();
                if let Ok(mut two) = second.try_lock() {
                    *one += 1;
                    *two += 1;
                    return;
                }
            }
        };
        thread::scope(|s| {
            s.spawn(|| both(&left, &right));
            both(&right, &left);
        });
        assert_eq!((left.into_inner().unwrap(), right.into_inner().unwrap()), (2, 2));
    };
    Checker::new().bound(2).runs_beyond_bound(0).check(program).unwrap_or_else(|failure| panic!("{failure}"));
}

/// Trying locks or channels makes more moments matter: chance has to learn that, and a token to remember it.
#[test]
fn tries_are_known_to_chance_and_to_tokens() {
    use std::sync::{Mutex, mpsc};
    let program = |right: bool| {
        move || {
            let (lock, (sender, receiver)) = (Mutex::new(0), mpsc::channel());
            let lock = Arc::new(lock);
            let other = Arc::clone(&lock);
            let thread = thread::spawn(move || {
                *other.lock().unwrap() += 1;
                sender.send(()).unwrap();
            });
            let got = receiver.recv_timeout(std::time::Duration::from_secs(1)).is_ok();
            let free = lock.try_lock().is_ok();
            thread.join().unwrap();
            assert!(right || (got && free), "the lock was still held, or the message late");
        }
    };
    for checker in [Checker::new().random(300, 5), Checker::new().pct(3, 300, 5)] {
        checker.check(program(true)).unwrap_or_else(|failure| panic!("{failure}"));
        let failure = checker.check(program(false)).unwrap_err();
        assert!(failure.replay.contains('+'), "{}", failure.replay);
        let replayed = Checker::new().replay(&failure.replay).check(program(false)).unwrap_err();
        assert_eq!((replayed.kind, replayed.story().steps), (FailureKind::Panic, failure.story().steps));
    }
}

/// Two threads, one of which logs `a` and `b` and the other `1` and `2`: with and without merging in every order.
fn comes_in_every_order(program: fn() -> String) {
    use std::outcomes::Outcomes;
    let outcomes = |merge: bool| {
        let checker = Checker::new().bound(0).merge(merge).runs_beyond_bound(100_000);
        let outcomes = Outcomes::of(&checker, program).unwrap();
        assert!(outcomes.report().complete);
        let mut all: Vec<String> = outcomes.rows().iter().map(|(log, _)| log.clone()).collect();
        all.sort();
        all
    };
    assert_eq!(outcomes(false), ["12ab", "1a2b", "1ab2", "a12b", "a1b2", "ab12"]);
    assert_eq!(outcomes(true), outcomes(false));
}

/// What two threads do after a rendezvous comes in every order, with and without merging.
#[test]
fn merging_loses_no_outcome_of_a_rendezvous() {
    use std::sync::Mutex;
    use std::sync::mpsc::sync_channel;
    comes_in_every_order(|| {
        let (sender, receiver) = sync_channel(0);
        let log = Arc::new(Mutex::new(String::new()));
        let theirs = Arc::clone(&log);
        let thread = thread::spawn(move || {
            sender.send(()).unwrap();
            ["a", "b"].into_iter().for_each(|step| theirs.lock().unwrap().push_str(step));
        });
        receiver.recv().unwrap();
        ["1", "2"].into_iter().for_each(|step| log.lock().unwrap().push_str(step));
        thread.join().unwrap();
        log.lock().unwrap().clone()
    });
}

/// A point at which nothing happens leaves no trace in what happened. The state after it is not the one before, all the same.
#[test]
fn merging_loses_no_outcome_behind_a_step_that_does_nothing() {
    use std::model::point_here;
    use std::sync::Mutex;
    comes_in_every_order(|| {
        // With nobody else there, and then between what the others do.
        point_here();
        point_here();
        let log = Arc::new(Mutex::new(String::new()));
        let theirs = Arc::clone(&log);
        let thread = thread::spawn(move || {
            for step in ["a", "b"] {
                point_here();
                theirs.lock().unwrap().push_str(step);
            }
        });
        ["1", "2"].into_iter().for_each(|step| log.lock().unwrap().push_str(step));
        thread.join().unwrap();
        log.lock().unwrap().clone()
    });
}
