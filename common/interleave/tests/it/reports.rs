//! What a failure looks like.
use crate::wrong;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

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
fn a_loop_without_end_is_told_by_its_last_rounds() {
    let failure = wrong(|| {
        let ticks = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&ticks);
        let clock = thread::spawn(move || while other.fetch_add(1, Ordering::SeqCst) < usize::MAX {});
        clock.join().unwrap();
    });
    let story = failure.story();
    assert!(story.steps.len() <= 41, "{} steps", story.steps.len());
    assert!(story.left_out > 1_000, "{}", story.left_out);
}
