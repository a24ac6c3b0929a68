//! Starting, parking, sleeping: what is no way to wait, and what waits for ever.

use super::std_::sync::atomic::Ordering::{Acquire, Release, SeqCst};
use super::std_::sync::atomic::{AtomicBool, AtomicUsize};
use super::std_::sync::{Arc, Mutex};
use super::std_::{hint, thread};
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Livelock, Panic};
use std::time::Duration;

pub const PAIRS: &[Pair] = &[
    Pair::new("sleep_for_join", Panic, "sleeps instead of waiting", |t| instead_of_join(t, Instead::Sleep)),
    Pair::new("yield_for_join", Panic, "yields instead of waiting", |t| instead_of_join(t, Instead::Yield)),
    Pair::new("not_joined", Panic, "looks at a result without waiting", |t| {
        instead_of_join(t, Instead::Nothing)
    }),
    Pair::new("parked_once", Panic, "park without a loop", parked_once),
    Pair::new("two_unparks_one_token", Deadlock, "two unparks taken for two", two_unparks),
    Pair::new("parked_unconditionally", Deadlock, "the token is used up by another park", token_used_up),
    Pair::new("polls_for_ever", Livelock, "polls for what is set only if it is set", polls_for_ever),
    Pair::new(
        "joined_by_each_other",
        Deadlock,
        "the worker waits for main, main for the worker",
        wait_for_each_other,
    ),
];

#[derive(Clone, Copy)]
enum Instead {
    Sleep,
    Yield,
    Nothing,
}

fn instead_of_join(twin: Twin, instead: Instead) {
    let total = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&total);
    let worker = thread::spawn(move || *shared.lock().unwrap() = 42);
    let left = if twin == Right {
        worker.join().unwrap();
        None
    } else {
        match instead {
            Instead::Sleep => thread::sleep(Duration::from_millis(50)),
            Instead::Yield => thread::yield_now(),
            Instead::Nothing => {}
        }
        Some(worker)
    };
    assert_eq!(*total.lock().unwrap(), 42, "the worker is done");
    if let Some(worker) = left {
        worker.join().unwrap();
    }
}

fn parked_once(twin: Twin) {
    let ready = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ready);
    let sleeper = thread::spawn(move || {
        if twin == Wrong {
            thread::park();
        } else {
            while !flag.load(Acquire) {
                thread::park();
            }
        }
        assert!(flag.load(Acquire), "woken for this");
    });
    ready.store(true, Release);
    sleeper.thread().unpark();
    sleeper.join().unwrap();
}

fn two_unparks(twin: Twin) {
    let permits = Arc::new(AtomicUsize::new(0));
    let shared = Arc::clone(&permits);
    let sleeper = thread::spawn(move || {
        if twin == Wrong {
            thread::park();
            thread::park();
            return;
        }
        while shared.load(Acquire) < 2 {
            thread::park();
        }
    });
    for _ in 0..2 {
        permits.fetch_add(1, Release);
        sleeper.thread().unpark();
    }
    sleeper.join().unwrap();
}

/// What a library does inside, a park of its own, takes the token meant for its caller.
fn token_used_up(twin: Twin) {
    let ready = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ready);
    let sleeper = thread::spawn(move || {
        while !flag.load(SeqCst) {
            thread::park();
            if twin == Wrong {
                // Rests a little more, to be polite.
                thread::park();
            }
        }
    });
    ready.store(true, SeqCst);
    sleeper.thread().unpark();
    sleeper.join().unwrap();
}

fn polls_for_ever(twin: Twin) {
    let ready = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ready);
    let worker = thread::spawn(move || {
        if twin == Right || flag.load(SeqCst) {
            flag.store(true, SeqCst);
        }
    });
    while !ready.load(SeqCst) {
        hint::spin_loop();
        thread::yield_now();
    }
    worker.join().unwrap();
}

fn wait_for_each_other(twin: Twin) {
    let finish = Arc::new(AtomicBool::new(twin == Right));
    let flag = Arc::clone(&finish);
    let worker = thread::spawn(move || {
        while !flag.load(SeqCst) {
            thread::park();
        }
    });
    // Main tells the worker to finish only once it has finished.
    worker.join().unwrap();
    finish.store(true, SeqCst);
}
