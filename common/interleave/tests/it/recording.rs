//! Recordings of real runs: the same story, with real threads.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock, mpsc};
use std::{record, thread};

fn texts(recording: &std::Recording) -> Vec<String> {
    let story = recording.story();
    story.steps.iter().map(|step| format!("{}: {}", story.threads[step.thread], step.text)).collect()
}

#[test]
fn what_real_threads_do_is_told_in_order() {
    let (sum, recording) = record(|| {
        let total = Arc::new(Mutex::new(0));
        let other = Arc::clone(&total);
        let clerk = thread::Builder::new().name("clerk".into()).spawn(move || *other.lock().unwrap() += 1);
        clerk.unwrap().join().unwrap();
        *total.lock().unwrap()
    });
    assert_eq!(sum, 1);
    let told = texts(&recording);
    let want = [
        "main: starts clerk",
        "main: waits for clerk to end",
        "clerk: locks total",
        "clerk: unlocks total",
        "main: joins clerk",
        "main: locks total",
        "main: unlocks total",
    ];
    // Whether main waits before or after the clerk has begun is the system's choice.
    let mut sorted = told.clone();
    sorted.sort_by_key(|line| want.iter().position(|w| w == line));
    assert_eq!(sorted, want, "{told:#?}");
    let position = |line: &str| told.iter().position(|l| l == line).unwrap();
    assert!(position("clerk: unlocks total") < position("main: joins clerk"));
}

#[test]
fn every_part_is_recorded() {
    let (_, recording) = record(|| {
        let (lock, condvar, data) = (Mutex::new(false), Condvar::new(), RwLock::new(0));
        let (count, barrier) = (AtomicUsize::new(0), Barrier::new(2));
        let (sender, receiver) = mpsc::channel();
        thread::scope(|s| {
            s.spawn(|| {
                *lock.lock().unwrap() = true;
                condvar.notify_all();
                *data.write().unwrap() += 1;
                count.fetch_add(1, Ordering::SeqCst);
                sender.send(7).unwrap();
                barrier.wait();
            });
            drop(condvar.wait_while(lock.lock().unwrap(), |ready| !*ready).unwrap());
            assert_eq!(receiver.recv(), Ok(7));
            barrier.wait();
            assert_eq!((*data.read().unwrap(), count.load(Ordering::SeqCst)), (1, 1));
        });
    });
    let told = texts(&recording).join("\n");
    for part in [
        "notifies all on condvar",
        "locks data to write",
        "changes count: 0 → 1",
        "sends to",
        "receives from",
        "locks data to read",
        "reads count = 1",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
}

#[test]
fn panics_end_a_threads_story_and_not_the_recording() {
    let (result, recording) = record(|| thread::spawn(|| panic!("on purpose")).join().is_err());
    assert!(result);
    assert!(texts(&recording).iter().any(|line| line == "T1: panics"), "{:?}", texts(&recording));
    // The next recording begins anew.
    let ((), next) = record(|| drop(Mutex::new(0).lock()));
    assert_eq!(next.events(), 2);
}

#[test]
fn of_threads_that_do_much_the_beginning_and_the_end_are_kept() {
    let (count, recording) = std::record_at_most(10, || {
        let count = AtomicUsize::new(0);
        thread::scope(|s| {
            s.spawn(|| (0..1_000).for_each(|_| _ = count.fetch_add(1, Ordering::Relaxed)));
            s.spawn(|| count.fetch_add(1, Ordering::Relaxed));
        });
        count.into_inner()
    });
    assert_eq!(count, 1_001);
    let told = texts(&recording);
    // Its start, nine of a thousand steps, and its end.
    assert_eq!(told.iter().filter(|line| line.starts_with("T1: changes count")).count(), 9, "{told:#?}");
    assert_eq!(told.iter().filter(|line| line.starts_with("T2: changes count")).count(), 1, "{told:#?}");
    assert_eq!(recording.left_out(), 991);
    assert!(recording.story().title.ends_with(", and 991 that are not shown"));
    // The next recording has no limit.
    let ((), next) = record(|| {
        let count = AtomicUsize::new(0);
        (0..50).for_each(|_| _ = count.fetch_add(1, Ordering::Relaxed));
    });
    assert_eq!((next.events(), next.left_out()), (50, 0));
}
