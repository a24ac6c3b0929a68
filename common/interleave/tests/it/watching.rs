//! What watching real threads tells: what they hold and wait for, what they did how often, and what it took.
extern crate interleave as std;
extern crate std as real;

use interleave::watch::{self, Deed, Tally};
use real::time::{Duration, Instant};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex, PoisonError, mpsc};
use std::thread;

/// Watching is one for the whole process, so one test at a time.
fn alone() -> real::sync::MutexGuard<'static, ()> {
    // The real one: who waits for it is not seen.
    static ALONE: real::sync::Mutex<()> = real::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn times(tally: &Tally, deed: Deed) -> u64 {
    tally.iter().filter(|(d, ..)| *d == deed).map(|(.., times)| times).sum()
}

/// Two threads, three locks each, one notification, one update, and the joins.
fn busy() {
    let pair = Arc::new((Mutex::new(0), Condvar::new()));
    let count = Arc::new(AtomicU32::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (pair, count) = (Arc::clone(&pair), Arc::clone(&count));
            thread::spawn(move || {
                for _ in 0..3 {
                    *pair.0.lock().unwrap() += 1;
                }
                pair.1.notify_all();
                count.fetch_add(1, Ordering::Relaxed);
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn a_check_and_a_real_run_count_alike() {
    let _alone = alone();
    let counted = |tally: &Tally| {
        [Deed::Spawns, Deed::Joins, Deed::Locks, Deed::Notifies, Deed::Updates, Deed::Waits]
            .map(|deed| times(tally, deed))
    };
    let ((), real) = watch::tally(busy);
    assert_eq!(counted(&real), [2, 2, 6, 2, 2, 0]);
    interleave::check(move || {
        let ((), tally) = watch::tally(busy);
        assert_eq!(tally, real, "in the same places, too");
    })
    .unwrap();
}

#[test]
fn a_lock_taken_back_after_a_wait_is_not_one_more() {
    let _alone = alone();
    let work = || {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            *other.0.lock().unwrap() = true;
            other.1.notify_one();
        });
        let mut done = pair.0.lock().unwrap();
        while !*done {
            done = pair.1.wait(done).unwrap();
        }
        drop(done);
        thread.join().unwrap();
    };
    let ((), tally) = watch::tally(work);
    assert_eq!(times(&tally, Deed::Locks), 2);
    interleave::check(move || {
        let ((), tally) = watch::tally(work);
        assert_eq!(times(&tally, Deed::Locks), 2);
        assert_eq!(times(&tally, Deed::Waits), times(&tally, Deed::Wakes));
    })
    .unwrap();
}

/// Asks again and again until the seats are as they should be: threads need time to get where they wait.
fn until(what: impl Fn(&[watch::Seat]) -> bool) -> Vec<watch::Seat> {
    let begin = Instant::now();
    loop {
        let seats = watch::seats();
        if what(&seats) {
            return seats;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{seats:#?}");
        real::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_circle_is_seen_with_its_places() {
    let _alone = alone();
    let _watching = watch::start();
    let (left, right) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    let both = Arc::new(Barrier::new(2));
    for (name, one, two) in [("lefty", &left, &right), ("righty", &right, &left)] {
        let (one, two, both) = (Arc::clone(one), Arc::clone(two), Arc::clone(&both));
        // They stand for ever; the test's process ends without them.
        let body = move || {
            let _one = one.lock();
            both.wait();
            let _two = two.lock();
        };
        drop(thread::Builder::new().name(name.into()).spawn(body).unwrap());
    }
    let waits_for_lock = |seat: &&watch::Seat| seat.waits.as_ref().is_some_and(|(b, _)| b.wants == "lock");
    let seats = until(|seats| seats.iter().filter(waits_for_lock).count() == 2);
    let seat = |name: &str| seats.iter().find(|seat| seat.name == name).unwrap();
    let (lefty, righty) = (seat("lefty"), seat("righty"));
    let (blocked, _) = lefty.waits.as_ref().unwrap();
    assert_eq!((blocked.object.as_str(), &blocked.held_by[..]), ("right", &[righty.thread][..]));
    assert_eq!(blocked.place.code, "let _two = two.lock();");
    assert_eq!(lefty.holds.len(), 1);
    assert_eq!(
        (lefty.holds[0].0.as_str(), lefty.holds[0].1.code.as_str()),
        ("left", "let _one = one.lock();")
    );
    assert_eq!(righty.holds[0].0, "right");
    assert!(!cfg!(target_os = "linux") || lefty.task != 0 && lefty.task != righty.task);
}

#[test]
fn waits_of_every_kind_are_seen() {
    let _alone = alone();
    let _watching = watch::start();
    let pair: &(Mutex<bool>, Condvar) = Box::leak(Box::default());
    let (sender, receiver) = mpsc::channel::<()>();
    let (full, kept) = mpsc::sync_channel::<()>(0);
    let named = |name: &str, body: Box<dyn FnOnce() + Send>| {
        thread::Builder::new().name(name.into()).spawn(body).unwrap()
    };
    let waiter = named("waiter", Box::new(|| drop(pair.1.wait(pair.0.lock().unwrap()))));
    let sleeper = named("receiver", Box::new(move || assert!(receiver.recv().is_err())));
    let pusher = named("pusher", Box::new(move || assert!(full.send(()).is_err())));
    let parked = named("parked", Box::new(thread::park));
    let held = named(
        "outer",
        Box::new(move || {
            thread::scope(|scope| {
                scope.spawn(thread::park);
            });
        }),
    );
    let wants = |seats: &[watch::Seat], name: &str| {
        let seat = seats.iter().find(|seat| seat.name == name);
        seat.and_then(|seat| seat.waits.as_ref().map(|(b, _)| b.wants.clone())).unwrap_or_default()
    };
    let table = [
        ("waiter", "notification"),
        ("receiver", "message"),
        ("pusher", "room"),
        ("parked", "unpark"),
        ("outer", "end of scope"),
    ];
    let seats = until(|seats| table.iter().all(|(name, want)| wants(seats, name) == *want));
    let waiting = seats.iter().find(|seat| seat.name == "waiter").unwrap();
    assert!(waiting.holds.is_empty(), "a wait lets go of the mutex: {waiting:?}");

    *pair.0.lock().unwrap() = true;
    pair.1.notify_all();
    drop((sender, kept));
    parked.thread().unpark();
    for thread in [waiter, sleeper, pusher, parked] {
        thread.join().unwrap();
    }
    until(|seats| seats.iter().all(|seat| !table[..4].iter().any(|(name, _)| seat.name == *name)));
    drop(held);
}
