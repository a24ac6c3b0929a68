//! Threads: joining, scopes, parking, sleeping, panics, what is left behind.
use crate::{assert_failure, right, wrong};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use std::{Cause, Checker, FailureKind};

#[test]
fn results_come_through_join() {
    right(|| {
        let threads: Vec<_> = (0..3).map(|n| thread::spawn(move || n * n)).collect();
        let squares: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        assert_eq!(squares, [0, 1, 4]);
    });
}

#[test]
fn a_result_looked_at_before_the_thread_has_ended() {
    let failure = wrong(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&done);
        thread::spawn(move || other.fetch_add(1, Ordering::SeqCst));
        assert_eq!(done.load(Ordering::SeqCst), 1);
    });
    assert_failure(&failure, FailureKind::Panic, Cause::NotJoined);
}

#[test]
fn a_sleep_is_no_join() {
    let failure = wrong(|| {
        let done = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&done);
        let thread = thread::spawn(move || other.store(true, Ordering::SeqCst));
        thread::sleep(Duration::from_millis(50));
        assert!(done.load(Ordering::SeqCst));
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.story().because.join(" ").contains("no promise"), "{failure}");
}

#[test]
fn scoped_threads_borrow_and_end() {
    right(|| {
        let mut parts = [1, 2, 3];
        let total = AtomicUsize::new(0);
        thread::scope(|s| {
            for part in &mut parts {
                let total = &total;
                s.spawn(move || {
                    *part += 1;
                    total.fetch_add(*part, Ordering::Relaxed)
                });
            }
        });
        assert_eq!((parts, total.into_inner()), ([2, 3, 4], 9));
    });
}

/// The abandoned execution must unwind the scoped threads before the frame they borrow from.
#[test]
fn a_failure_inside_a_scope_unwinds_in_order() {
    for _ in 0..20 {
        let failure = wrong(|| {
            let data = Mutex::new(vec![1, 2, 3]);
            let gate = Mutex::new(());
            thread::scope(|s| {
                let held = gate.lock().unwrap();
                s.spawn(|| {
                    let mut mine = data.lock().unwrap();
                    mine.push(4);
                    drop(gate.lock().unwrap());
                    mine.push(5);
                });
                drop(data.lock().unwrap());
                drop(held);
            });
        });
        assert_failure(&failure, FailureKind::Deadlock, Cause::LockOrder);
    }
}

#[test]
fn a_panic_in_a_scoped_thread_that_nobody_looks_at() {
    let failure = wrong(|| {
        thread::scope(|s| {
            s.spawn(|| panic!("the worker broke"));
        });
    });
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.message.contains("the worker broke"), "{failure}");
}

#[test]
fn a_panic_that_join_hands_on_is_dealt_with() {
    right(|| {
        let thread = thread::spawn(|| panic!("expected"));
        assert!(thread.join().is_err());
    });
}

#[test]
fn a_panic_that_nobody_looks_at() {
    let failure = wrong(|| {
        let (sender, receiver) = mpsc::channel::<()>();
        thread::spawn(move || {
            let _keep = sender;
            panic!("nobody saw this");
        });
        assert!(receiver.recv().is_err());
    });
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.message.contains("nobody saw this"), "{failure}");
}

#[test]
fn a_park_without_a_loop() {
    let program = |looping: bool| {
        let ready = Arc::new(AtomicBool::new(false));
        let (flag, main) = (Arc::clone(&ready), thread::current());
        let thread = thread::spawn(move || {
            flag.store(true, Ordering::Release);
            main.unpark();
        });
        if looping {
            while !ready.load(Ordering::Acquire) {
                thread::park();
            }
        } else {
            thread::park();
        }
        assert!(ready.load(Ordering::Acquire));
        thread.join().unwrap();
    };
    right(move || program(true));
    assert_eq!(wrong(move || program(false)).kind, FailureKind::Panic);
}

#[test]
fn polling_for_what_will_come() {
    right(|| {
        let ready = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ready);
        let thread = thread::spawn(move || flag.store(true, Ordering::Release));
        while !ready.load(Ordering::Acquire) {
            std::hint::spin_loop();
        }
        thread.join().unwrap();
    });
}

#[test]
fn polling_for_what_will_never_come() {
    let failure = wrong(|| {
        let ready = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ready);
        let thread = thread::spawn(move || {
            // Sets the flag only if it is set.
            if flag.load(Ordering::SeqCst) {
                flag.store(true, Ordering::SeqCst);
            }
        });
        while !ready.load(Ordering::Acquire) {}
        thread.join().unwrap();
    });
    assert!(matches!(failure.kind, FailureKind::Livelock | FailureKind::TooManySteps), "{failure}");
}

#[test]
fn a_loop_without_operations_is_stuck() {
    let failure = Checker::new()
        .patience(Duration::from_millis(300))
        .check(|| {
            let stop = Arc::new(AtomicBool::new(false));
            let other = Arc::clone(&stop);
            let thread = thread::spawn(move || other.store(true, Ordering::SeqCst));
            let mut n = 0_u64;
            loop {
                n = n.wrapping_add(::std::hint::black_box(1));
                if n == u64::MAX {
                    break;
                }
            }
            thread.join().unwrap();
        })
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Stuck);
}

#[test]
fn what_is_still_waiting_when_main_is_done_is_left_behind() {
    let failure = wrong(|| {
        let (sender, receiver) = mpsc::channel::<()>();
        thread::spawn(move || {
            let _mine = sender;
            receiver.recv()
        });
    });
    assert_eq!(failure.kind, FailureKind::LeftBehind);
}

#[test]
fn threads_that_have_not_ended_are_counted() {
    right(|| {
        let thread = thread::spawn(|| ());
        let before = std::model::live_threads();
        assert!(before <= 1);
        thread.join().unwrap();
        assert_eq!(std::model::live_threads(), 0);
    });
}

/// Its last message is no proof that a thread has ended, though here it never goes on after it.
#[test]
fn threads_whose_end_nobody_has_seen_are_counted() {
    right(|| {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || sender.send(7));
        assert_eq!(receiver.iter().count(), 1);
        assert_eq!(std::model::unjoined_threads(), 1);
        if thread.is_finished() {
            assert_eq!(std::model::unjoined_threads(), 0);
        }
        // Who joins must have been joined.
        let joins = thread::spawn(move || thread.join().unwrap());
        assert!(std::model::unjoined_threads() > 0);
        joins.join().unwrap().unwrap();
        assert_eq!(std::model::unjoined_threads(), 0);
        thread::scope(|scope| scope.spawn(|| ()).thread().id());
        assert_eq!(std::model::unjoined_threads(), 0);
    });
}

#[test]
fn ending_the_process_is_a_failure() {
    let failure = wrong(|| {
        let thread = thread::spawn(|| std::process::exit(0));
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Exits);
    assert!(failure.message.contains("code 0"), "{failure}");
}

#[test]
fn one_thread_is_nothing_to_check() {
    let failure = wrong(|| {
        let total = Mutex::new(0);
        *total.lock().unwrap() += 1;
    });
    assert_eq!(failure.kind, FailureKind::Vacuous);
    Checker::new().allow_vacuous().check(|| drop(Mutex::new(0).lock())).unwrap();
}

#[test]
fn what_the_model_cannot_see_and_outlives_a_run_is_found_out() {
    // The real one, of which the model knows nothing.
    static RUNS: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(0);
    let failure = wrong(|| {
        let first = RUNS.fetch_add(1, Ordering::SeqCst) == 0;
        let thread = thread::spawn(move || {
            if first {
                thread::yield_now();
            }
        });
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::NotRepeatable);
}

#[test]
fn time_is_the_models() {
    right(|| {
        let start = Instant::now();
        let thread = thread::spawn(|| thread::sleep(Duration::from_secs(3_600)));
        thread.join().unwrap();
        assert!(start.elapsed() >= Duration::from_secs(3_600));
    });
}

#[test]
fn names_and_identities() {
    right(|| {
        let thread = thread::Builder::new()
            .name("clerk".into())
            .spawn(|| (thread::current().id(), thread::current().name().map(String::from)))
            .unwrap();
        let (id, name) = (thread.thread().id(), thread.thread().name().map(String::from));
        assert_eq!(thread.join().unwrap(), (id, name.clone()));
        assert_eq!(name.as_deref(), Some("clerk"));
        assert_ne!(id, thread::current().id());
    });
}

/// Outside a check everything is the real thing.
#[test]
fn outside_a_check_threads_are_real() {
    assert!(!std::model::in_model());
    let total = AtomicUsize::new(0);
    thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| (0..100).for_each(|_| _ = total.fetch_add(1, Ordering::Relaxed)));
        }
    });
    assert_eq!(total.into_inner(), 400);
    let (sender, receiver) = mpsc::sync_channel(2);
    let thread = thread::spawn(move || (0..10).for_each(|n| sender.send(n).unwrap()));
    assert_eq!(receiver.iter().sum::<i32>(), 45);
    thread.join().unwrap();
}

#[test]
fn work_that_overlaps_meets() {
    use std::model::Meeting;
    let report = right(|| {
        let meeting = Meeting::new(3);
        thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| meeting.meet());
            }
        });
    });
    assert!(report.executions < 1_000, "{report}");
}

#[test]
fn work_in_turn_does_not_meet() {
    use std::model::Meeting;
    let failure = wrong(|| {
        let meeting = Meeting::new(2);
        let lock = Mutex::new(());
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| {
                    let _held = lock.lock().unwrap();
                    meeting.meet();
                });
            }
        });
    });
    assert_eq!((failure.kind, failure.executions), (FailureKind::Deadlock, 1));
    let wants: Vec<&str> = failure.blocked.iter().map(|b| b.wants.as_str()).collect();
    assert_eq!(wants, ["end of thread", "others", "lock"]);
}

#[test]
fn a_writer_that_readers_never_let_in_is_starved() {
    use std::sync::RwLock;
    let failure = wrong(|| {
        let (data, done) = (RwLock::new(0), AtomicBool::new(false));
        thread::scope(|s| {
            s.spawn(|| {
                *data.write().unwrap() += 1;
                done.store(true, Ordering::SeqCst);
            });
            // One read lock is always held.
            let mut one = data.read().unwrap();
            while !done.load(Ordering::SeqCst) {
                let two = data.read().unwrap();
                drop(one);
                one = data.read().unwrap();
                drop(two);
            }
        });
    });
    assert_eq!(failure.kind, FailureKind::Starved, "{failure}");
    assert!(failure.message.contains("has waited at"), "{failure}");
    // Told are the wait, and then the last rounds of whoever goes on.
    let [waits] = &failure.blocked[..] else { panic!("one thread waits: {failure}") };
    let (story, wanted) = (failure.story(), (waits.thread, Some(&waits.place)));
    assert_eq!(waits.wants, "write lock");
    assert_eq!((story.steps[0].thread, story.steps[0].place.as_ref()), wanted, "{failure}");
    assert!(story.steps[1..].iter().all(|step| step.thread != waits.thread), "{failure}");
    assert!(story.steps.len() < 30 && story.because[1].contains("main went on and on"), "{failure}");
}

/// One is interrupted with a lock in hand. The two others try for it, yield to each other, and would go on like this for
/// ever under a scheduler that never comes back to the first.
#[test]
fn who_was_interrupted_is_not_forgotten_by_two_that_yield() {
    let tried = Checker::new().bound(1).runs_beyond_bound(0).check(|| {
        let fork = Mutex::new(0);
        thread::scope(|s| {
            for _ in 0..3 {
                s.spawn(|| {
                    loop {
                        if let Ok(mut fork) = fork.try_lock() {
                            *fork += 1;
                            break;
                        }
                        thread::yield_now();
                    }
                });
            }
        });
        assert_eq!(*fork.lock().unwrap(), 3);
    });
    let report = tried.unwrap_or_else(|failure| panic!("a right program was rejected:\n{failure}"));
    assert!(report.executions > 10 && report.max_steps < 5_000, "{report}");
}

#[test]
fn two_that_undo_each_others_work_are_a_livelock() {
    let failure = wrong(|| {
        // Each wants to see its own number still there after letting the other run, or writes it again.
        let (turn, waiting) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let insist = |mine: usize| {
            waiting.fetch_add(1, Ordering::SeqCst);
            while waiting.load(Ordering::SeqCst) == 2 {
                turn.store(mine, Ordering::SeqCst);
                thread::yield_now();
                if turn.load(Ordering::SeqCst) == mine {
                    break;
                }
            }
            waiting.fetch_sub(1, Ordering::SeqCst);
        };
        thread::scope(|s| {
            s.spawn(|| insist(1));
            insist(2);
        });
    });
    assert_eq!(failure.kind, FailureKind::Livelock, "{failure}");
    assert!(failure.message.contains("keep each other busy"), "{failure}");
}

/// Two schedules that read different times are two schedules, although nothing else differs.
#[test]
fn what_time_it_was_is_not_merged_away() {
    use std::collections::BTreeSet;
    let seen = Arc::new(::std::sync::Mutex::new(BTreeSet::new()));
    let all = Arc::clone(&seen);
    right(move || {
        let start = Instant::now();
        let sleeper = thread::spawn(|| thread::sleep(Duration::from_secs(1)));
        let other = thread::spawn(move || start.elapsed().as_secs());
        let read = other.join().unwrap();
        sleeper.join().unwrap();
        all.lock().unwrap().insert(read);
    });
    assert_eq!(*seen.lock().unwrap(), [0, 1].into());
}

/// A handle lends its thread, as std's does, inside a check and outside.
#[test]
fn a_handle_lends_its_thread() {
    fn name<T>(handle: &thread::JoinHandle<T>) -> Option<&str> {
        handle.thread().name()
    }
    let program = || {
        let handle = thread::Builder::new().name("lent".into()).spawn(thread::park).unwrap();
        assert_eq!(name(&handle), Some("lent"));
        let thread: &thread::Thread = handle.thread();
        thread.unpark();
        handle.join().unwrap();
        thread::scope(|s| {
            let scoped = s.spawn(thread::yield_now);
            let thread: &thread::Thread = scoped.thread();
            assert_eq!(thread.name(), None);
        });
    };
    program();
    Checker::new().allow_vacuous().check(program).unwrap();
}

/// As the thread's identity in a lock that its holder may lock again, say: an old value of somebody else's is not one's own.
#[test]
fn the_address_of_a_thread_local_tells_threads_apart() {
    thread_local!(static HERE: u8 = const { 0 });
    right(|| {
        let owner = Arc::new(AtomicUsize::new(0));
        let threads = [(); 2].map(|()| {
            let owner = Arc::clone(&owner);
            thread::spawn(move || {
                let me = HERE.with(|here| std::ptr::from_ref(here).addr());
                assert_ne!(owner.load(Ordering::Relaxed), me, "it has not come yet");
                owner.store(me, Ordering::Relaxed);
                owner.store(0, Ordering::Relaxed);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
}
