//! What a failure looks like.
use crate::wrong;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use std::{Checker, FailureKind, thread};

#[test]
fn a_lost_update_fits_in_twelve_lines() {
    let failure = wrong(|| {
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
    });
    let picture = failure.story().terminal(100, false);
    let timeline: Vec<&str> = picture.lines().take_while(|l| !l.starts_with("  •")).collect();
    assert!(timeline.len() <= 12, "{picture}");
    for part in ["Lost update", "reads count = 0", "writes count = 1", "switch", "panics", "is overwritten"] {
        assert!(picture.contains(part), "`{part}` is not in\n{picture}");
    }
    assert!(picture.lines().all(|l| l.chars().count() <= 100), "{picture}");
}

#[test]
fn a_report_fits_any_width() {
    let failure = wrong(|| {
        let (left, right) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        let (left2, right2) = (Arc::clone(&left), Arc::clone(&right));
        let philosopher = thread::spawn(move || {
            let _right = right2.lock().unwrap();
            let _left = left2.lock().unwrap();
        });
        let held = left.lock().unwrap();
        drop(right.lock().unwrap());
        drop(held);
        philosopher.join().unwrap();
    });
    for width in [30, 50, 80, 120, 200] {
        let picture = failure.story().terminal(width, false);
        let widest = picture.lines().skip(1).map(|l| l.chars().count()).max().unwrap();
        assert!(widest <= width.max(40), "{width}: {widest}\n{picture}");
        assert!(!picture.contains('\x1b'));
    }
    assert!(failure.story().terminal(80, true).contains("\x1b["));
}

#[test]
fn a_loop_without_end_is_told_by_two_rounds_and_their_number() {
    let failure = wrong(|| {
        let ticks = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&ticks);
        let clock = thread::spawn(move || while other.fetch_add(1, Ordering::SeqCst) < usize::MAX {});
        clock.join().unwrap();
    });
    let story = failure.story();
    let ends: Vec<&str> = story.steps.iter().rev().take(3).map(|s| s.text.as_str()).collect();
    assert!(ends[0].starts_with("and so on, 4,") && ends[0].ends_with(" times"), "{failure}");
    assert_eq!(ends[1..], ["changes ticks: 1 → 2", "changes ticks: 0 → 1"], "{failure}");
    assert!(story.left_out <= 1, "what goes on and on matters: {failure}");
}

#[test]
fn rounds_of_a_livelock_are_told_once_and_its_threads_are_called_as_in_the_lanes() {
    let failure = wrong(|| {
        let (left, right) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(1)));
        let other = Arc::clone(&right);
        let waiter = thread::spawn(move || while other.load(Ordering::SeqCst) == 1 {});
        left.store(1, Ordering::SeqCst);
        waiter.join().unwrap();
        assert_eq!(right.load(Ordering::SeqCst), 0);
    });
    assert_eq!(failure.kind, FailureKind::Livelock, "{failure}");
    let story = failure.story();
    assert!(story.steps.len() <= 9, "{failure}");
    assert!(story.steps.iter().any(|s| s.text.starts_with("and so on, ")), "{failure}");
    assert!(story.because[0].starts_with("waiter asks again and again at reports.rs:"), "{failure}");
    for (i, step) in story.steps.iter().enumerate() {
        assert!(step.from.is_none_or(|from| from < i), "{failure}");
    }
}

#[test]
fn a_thread_that_is_stuck_is_named_and_has_its_lane() {
    let program = || {
        let stop = Arc::new(AtomicBool::new(false));
        let clerk = thread::spawn(loop_for_ever);
        stop.store(true, Ordering::SeqCst);
        clerk.join().unwrap();
    };
    let failure = Checker::new().patience(Duration::from_millis(300)).check(program).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Stuck, "{failure}");
    assert_eq!(failure.thread.as_deref(), Some("clerk"));
    let place = failure.place.clone().expect("where it was started");
    assert!(place.code.contains("thread::spawn"), "{place:?}");
    let story = failure.story();
    assert!(story.because[0].starts_with("clerk neither ends"), "{failure}");
    let last = story.steps.last().expect("steps");
    assert_eq!((story.threads[last.thread].as_str(), last.text.as_str()), ("clerk", "gets stuck after"));
    assert!(last.bad && last.place.as_ref() == Some(&place), "{failure}");
}

/// Until the process ends, but without heating the room.
fn loop_for_ever() {
    loop {
        real::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_channel_and_a_thread_are_called_as_the_program_calls_them() {
    fn serve(meals: u32, serve: fn(u32)) {
        let (tx, rx) = mpsc::channel();
        let total: u32 = thread::scope(|s| {
            let eaten = s.spawn(move || rx.iter().inspect(|meal| serve(*meal)).count() as u32);
            (0..meals).for_each(|meal| tx.send(meal).unwrap());
            drop(tx);
            eaten.join().unwrap()
        });
        let results: Vec<u32> = (0..2).map(|n| thread::spawn(move || n)).map(|t| t.join().unwrap()).collect();
        assert_eq!(total + results[0], 7);
    }
    let failure = wrong(|| serve(1, drop));
    let story = failure.story();
    assert_eq!(story.threads, ["main", "eaten", "T2", "T3"], "{failure}");
    let told = story.steps.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n");
    assert!(told.contains("sends to rx") && told.contains("finds rx closed"), "{failure}");
}

#[test]
fn what_is_judged_elsewhere_can_be_told_without_its_sleeps_and_without_an_overwritten_change() {
    let failure = wrong(|| {
        let total = Arc::new(Mutex::new(0));
        let other = Arc::clone(&total);
        let clerk = thread::spawn(move || {
            thread::sleep(Duration::from_secs(1));
            *other.lock().unwrap() += 1;
        });
        let seen = *total.lock().unwrap();
        thread::sleep(Duration::from_secs(2));
        *total.lock().unwrap() = seen + 1;
        clerk.join().unwrap();
        assert_eq!(*total.lock().unwrap(), 2);
    });
    assert!(failure.takes_time());
    assert!(failure.story().title.starts_with("Lost update"), "{failure}");
    let told = failure.story_for(&|_| false, false);
    assert!(told.title.starts_with("Panic:"), "{}", told.title);
    assert!(told.because.iter().any(|b| b.contains("clerk slept at")), "{:?}", told.because);
    let told = failure.story_for(&|file| file.ends_with("reports.rs"), false);
    assert!(!told.because.iter().any(|b| b.contains("slept")), "{:?}", told.because);
}
