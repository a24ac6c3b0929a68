//! Condition variables: spurious and stolen wake-ups, lost notifications, time-outs.
use crate::{assert_failure, right, wrong};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use std::{Cause, Checker, FailureKind};

#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
}

/// Nobody lives to see the end of such a limit. As a time-out that comes early it would even end again and again.
#[test]
fn a_limit_without_end_never_ends() {
    right(|| {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let thread = thread::spawn(move || {
            *opener.open.lock().unwrap() = true;
            opener.opened.notify_one();
        });
        let guard = gate.open.lock().unwrap();
        let (open, _) = gate.opened.wait_timeout_while(guard, Duration::MAX, |open| !*open).unwrap();
        assert!(*open, "it gave up");
        drop(open);
        thread.join().unwrap();
    });
    let failure = wrong(|| {
        let gate = Gate::default();
        drop(gate.opened.wait_timeout_while(gate.open.lock().unwrap(), Duration::MAX, |open| !*open));
    });
    assert_eq!(failure.kind, FailureKind::Deadlock);
    assert_eq!(wrong(|| thread::park_timeout(Duration::MAX)).kind, FailureKind::Deadlock);
}

#[test]
fn a_wait_in_a_loop() {
    right(|| {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let thread = thread::spawn(move || {
            *opener.open.lock().unwrap() = true;
            opener.opened.notify_one();
        });
        let guard = gate.opened.wait_while(gate.open.lock().unwrap(), |open| !*open).unwrap();
        assert!(*guard);
        drop(guard);
        thread.join().unwrap();
    });
}

#[test]
fn a_wait_without_a_loop_believes_a_spurious_wake_up() {
    let failure = wrong(|| {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let thread = thread::spawn(move || {
            *opener.open.lock().unwrap() = true;
            opener.opened.notify_one();
        });
        let mut guard = gate.open.lock().unwrap();
        if !*guard {
            guard = gate.opened.wait(guard).unwrap();
        }
        assert!(*guard, "the gate is open");
        drop(guard);
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.story().because.join(" ").contains("without a reason"), "{failure}");
}

/// Not timed out does not mean notified, and not notified does not mean that the time is up.
#[test]
fn a_timed_wait_may_end_for_no_reason_before_its_time() {
    let waits = |believes: fn(bool, Duration) -> bool| {
        wrong(move || {
            let gate = Arc::new(Gate::default());
            let other = Arc::clone(&gate);
            let thread = thread::spawn(move || drop(other.open.lock().unwrap()));
            let (start, limit) = (Instant::now(), Duration::from_secs(5));
            let (open, waited) = gate.opened.wait_timeout(gate.open.lock().unwrap(), limit).unwrap();
            assert!(believes(waited.timed_out(), start.elapsed()), "as believed");
            drop(open);
            thread.join().unwrap();
        })
    };
    for failure in [waits(|timed_out, _| timed_out), waits(|_, elapsed| elapsed >= Duration::from_secs(5))] {
        assert_eq!(failure.kind, FailureKind::Panic);
        assert!(failure.story().because.join(" ").contains("without a reason"), "{failure}");
    }
}

#[test]
fn a_timed_park_may_end_for_no_reason_before_its_time() {
    let failure = wrong(|| {
        let thread = thread::spawn(|| {
            let start = Instant::now();
            thread::park_timeout(Duration::from_secs(5));
            assert!(start.elapsed() >= Duration::from_secs(5), "parked for five seconds");
        });
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Panic);
}

/// Who waits wants the others to change something: that they did is no lost update. And of a longer program, the wait and the
/// wake-up are what matters.
#[test]
fn a_spurious_wake_up_in_a_longer_program_is_what_its_story_is_about() {
    let failure = wrong(|| {
        let letters = Arc::new((Mutex::new(0), Condvar::new()));
        let box_of_ben = Arc::clone(&letters);
        let ben = thread::spawn(move || {
            for _ in 0..3 {
                *box_of_ben.0.lock().unwrap() += 1;
                box_of_ben.1.notify_one();
            }
        });
        for _ in 0..3 {
            let mut inside = letters.0.lock().unwrap();
            if *inside == 0 {
                inside = letters.1.wait(inside).unwrap();
            }
            assert!(*inside > 0, "a letter");
            *inside -= 1;
        }
        ben.join().unwrap();
    });
    assert_eq!((failure.kind, failure.cause), (FailureKind::Panic, Cause::Unexplained), "{failure}");
    let story = failure.story();
    assert!(story.steps.len() <= 7, "{failure}");
    assert!(story.steps.iter().any(|step| step.text.ends_with("for no reason")), "{failure}");
}

#[test]
fn a_notification_before_the_wait_is_lost() {
    let failure = wrong(|| {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let thread = thread::spawn(move || {
            *opener.open.lock().unwrap() = true;
            opener.opened.notify_one();
        });
        let open = *gate.open.lock().unwrap();
        if !open {
            // The gate can open right here.
            let guard = gate.open.lock().unwrap();
            drop(gate.opened.wait(guard).unwrap());
        }
        thread.join().unwrap();
    });
    assert_failure(&failure, FailureKind::Deadlock, Cause::LostWakeup);
    assert!(failure.story().because.join(" ").contains("nobody was waiting"), "{failure}");
}

/// Told first and changed afterwards, although both may be done under the lock.
#[test]
fn a_change_that_nobody_is_told_of_is_named() {
    let program = |notifies: bool| {
        wrong(move || {
            let gate = Arc::new(Gate::default());
            let opener = Arc::clone(&gate);
            let thread = thread::spawn(move || {
                if notifies {
                    opener.opened.notify_one();
                }
                *opener.open.lock().unwrap() = true;
            });
            drop(gate.opened.wait_while(gate.open.lock().unwrap(), |open| !*open).unwrap());
            thread.join().unwrap();
        })
    };
    let failure = program(true);
    assert_failure(&failure, FailureKind::Deadlock, Cause::LostWakeup);
    let because = failure.story().because.join("\n");
    assert!(
        because.contains("T1 changed ") && because.contains(" after the last notification on "),
        "{failure}"
    );
    assert!(!because.contains("serves two conditions"), "there is one waiter: {failure}");
    let told: Vec<String> = failure.story().steps.into_iter().map(|s| s.text).collect();
    assert!(told.iter().any(|text| text.starts_with("unlocks ") && text.ends_with(" (wrote)")), "{failure}");

    let failure = program(false);
    assert_failure(&failure, FailureKind::Deadlock, Cause::NeverNotified);
    let because = failure.story().because.join("\n");
    assert!(
        because.contains("Nobody ever notifies ") && because.contains(" was T1, under the lock"),
        "{failure}"
    );
}

#[test]
fn a_wait_that_lasts_to_its_end_tells_of_the_wake_up_that_was_lost() {
    let failure = wrong(|| {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let thread = thread::spawn(move || {
            opener.opened.notify_one();
            *opener.open.lock().unwrap() = true;
        });
        let start = Instant::now();
        let limit = Duration::from_secs(5);
        drop(gate.opened.wait_timeout_while(gate.open.lock().unwrap(), limit, |open| !*open).unwrap());
        assert!(start.elapsed() < limit, "too late");
        thread.join().unwrap();
    });
    let because = failure.story().because.join("\n");
    assert!(because.contains("change first, then notify"), "{failure}");
}

/// A queue for one message, with one condition variable for two conditions.
struct Slot {
    queue: Mutex<VecDeque<u32>>,
    changed: Condvar,
}

impl Slot {
    fn put(&self, value: u32, all: bool) {
        let mut queue = self.changed.wait_while(self.queue.lock().unwrap(), |q| q.len() == 1).unwrap();
        queue.push_back(value);
        self.notify(all);
    }

    fn take(&self, all: bool) -> u32 {
        let mut queue = self.changed.wait_while(self.queue.lock().unwrap(), |q| q.is_empty()).unwrap();
        let value = queue.pop_front().unwrap();
        self.notify(all);
        value
    }

    fn notify(&self, all: bool) {
        if all { self.changed.notify_all() } else { self.changed.notify_one() }
    }
}

fn two_and_two(all: bool) {
    let slot = Slot { queue: Mutex::default(), changed: Condvar::new() };
    thread::scope(|s| {
        for value in 0..2 {
            let slot = &slot;
            s.spawn(move || slot.put(value, all));
        }
        for _ in 0..2 {
            s.spawn(|| slot.take(all));
        }
    });
}

#[test]
fn one_waiter_of_the_wrong_kind() {
    let failure = wrong(|| two_and_two(false));
    assert_failure(&failure, FailureKind::Deadlock, Cause::LostWakeup);
    assert!(failure.story().because.join(" ").contains("serves two conditions"), "{failure}");
}

/// Two wait for the same event, and one of them is told: nothing serves two conditions here.
#[test]
fn one_waiter_told_of_two() {
    let failure = wrong(|| {
        let gate = Gate::default();
        thread::scope(|s| {
            for _ in 0..2 {
                s.spawn(|| drop(gate.opened.wait_while(gate.open.lock().unwrap(), |open| !*open).unwrap()));
            }
            *gate.open.lock().unwrap() = true;
            gate.opened.notify_one();
        });
    });
    assert_failure(&failure, FailureKind::Deadlock, Cause::LostWakeup);
    let because = failure.story().because.join(" ");
    assert!(because.contains("each must be told") && !because.contains("two conditions"), "{failure}");
}

/// A notification of another condition variable explains nothing.
#[test]
fn a_notification_of_something_else_is_not_the_lost_one() {
    let failure = wrong(|| {
        let gate = Gate::default();
        let bell = Condvar::new();
        thread::scope(|s| {
            s.spawn(|| {
                *gate.open.lock().unwrap() = true;
                bell.notify_all();
            });
            drop(gate.opened.wait_while(gate.open.lock().unwrap(), |open| !*open).unwrap());
        });
    });
    assert_failure(&failure, FailureKind::Deadlock, Cause::NeverNotified);
    let because = failure.story().because.join(" ");
    assert!(because.contains("Nobody ever notifies ") && !because.contains("came when"), "{failure}");
}

#[test]
fn all_waiters_of_both_kinds() {
    let report = Checker::new().bound(2).runs_beyond_bound(0).check(|| two_and_two(true)).unwrap();
    assert_eq!(report.bound, Some(2));
}

#[test]
fn a_time_out_says_nothing_about_the_condition() {
    let program = |trusting: bool| {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let thread = thread::spawn(move || {
            *opener.open.lock().unwrap() = true;
            opener.opened.notify_one();
        });
        let guard = gate.open.lock().unwrap();
        let limit = Duration::from_millis(10);
        let (guard, result) = gate.opened.wait_timeout_while(guard, limit, |open| !*open).unwrap();
        if trusting || !result.timed_out() {
            assert!(*guard, "the gate is open");
        }
        drop(guard);
        thread.join().unwrap();
    };
    right(move || program(false));
    assert_eq!(wrong(move || program(true)).kind, FailureKind::Panic);
}

#[test]
fn a_barrier_opens_for_all_and_has_one_leader() {
    right(|| {
        let barrier = Barrier::new(2);
        let arrived = Mutex::new(0);
        let leaders = thread::scope(|s| {
            let wait = || {
                *arrived.lock().unwrap() += 1;
                let leads = barrier.wait().is_leader();
                assert_eq!(*arrived.lock().unwrap(), 2);
                usize::from(leads)
            };
            let other = s.spawn(wait);
            wait() + other.join().unwrap()
        });
        assert_eq!(leaders, 1);
    });
}

/// Look, change and notification all belong to the story of a flag that no lock ties to the wait.
#[test]
fn a_flag_beside_the_lock_is_told_with_the_look_that_came_too_early() {
    let failure = wrong(|| {
        let shared = Arc::new((AtomicBool::new(false), Mutex::new(()), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let setter = thread::spawn(move || {
            theirs.0.store(true, Ordering::SeqCst);
            theirs.2.notify_all();
        });
        let mut quiet = shared.1.lock().unwrap();
        while !shared.0.load(Ordering::SeqCst) {
            quiet = shared.2.wait(quiet).unwrap();
        }
        drop(quiet);
        setter.join().unwrap();
    });
    assert_eq!((failure.kind, failure.cause), (FailureKind::Deadlock, Cause::LostWakeup), "{failure}");
    let story = failure.story();
    let told = |part: &str| story.because.iter().any(|sentence| sentence.contains(part));
    assert!(told("main read ") && told("only after that.") && told("when nobody was waiting"), "{failure}");
    let place = |start: &str| story.steps.iter().position(|step| step.text.starts_with(start));
    let steps = ["reads ", "writes ", "notifies all", "waits on "].map(place);
    assert!(steps.is_sorted() && steps.iter().all(Option::is_some), "{failure}");
}
