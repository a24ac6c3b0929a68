//! What neither loom nor shuttle can judge: panics that are handled, poison, statics, threads left behind, exits.

use super::std_::sync::atomic::AtomicUsize;
use super::std_::sync::atomic::Ordering::SeqCst;
use super::std_::sync::mpsc::{RecvTimeoutError, channel};
use super::std_::sync::{Arc, LazyLock, Mutex, Once, OnceLock, PoisonError, RwLock};
use super::std_::thread;
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Exits, LeftBehind, NotRepeatable, Panic, Vacuous};
use std::time::Duration;

pub const PAIRS: &[Pair] = &[
    Pair::new("panic_swallowed", Panic, "a worker's panic that nobody looks at", panic_swallowed),
    Pair::new("poison_unwrapped", Panic, "one worker's panic takes all others with it", poison_unwrapped),
    Pair::new("poison_ignored", Panic, "half-changed data used as if nothing had happened", poison_ignored),
    Pair::new("writer_that_panicked", Panic, "readers believe that no writer can fail", writer_panicked),
    Pair::new("once_that_panicked", Panic, "an initialisation that fails is not tried again", once_panicked),
    Pair::new("lazy_value_that_panicked", Panic, "a lazy value that fails fails for ever", lazy_panicked),
    Pair::new("left_behind", LeftBehind, "a worker still waits when main is done", left_behind),
    Pair::new(
        "static_leak",
        NotRepeatable,
        "something that outlives a run decides what happens next time",
        static_leak,
    ),
    Pair::new("exit_in_a_worker", Exits, "a worker ends the process", exit_in_a_worker),
    Pair::new("set_once_unwrapped", Panic, "two threads set a OnceLock", set_once),
    Pair::new("once_in_itself", Deadlock, "an initialisation that waits for itself", once_in_itself),
    Pair::new(
        "lazy_under_a_lock",
        Deadlock,
        "a lazy value that locks what its user holds",
        lazy_under_a_lock,
    ),
    Pair::new("message_in_time", Panic, "a time-out taken for a lost message", message_in_time),
    Pair::new("joined_in_turn", Vacuous, "nothing is ever shared", nothing_shared),
];

fn panic_swallowed(twin: Twin) {
    let (sender, receiver) = channel::<usize>();
    let worker = thread::spawn(move || {
        let _open_until_the_end = sender;
        panic!("the disk is full");
    });
    assert!(receiver.recv().is_err());
    if twin == Right {
        assert!(worker.join().is_err());
    }
}

fn poison_unwrapped(twin: Twin) {
    let total = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&total);
    let broken = thread::spawn(move || {
        let _held = shared.lock();
        panic!("bad input");
    });
    let shared = Arc::clone(&total);
    let other = thread::spawn(move || {
        if twin == Wrong {
            *shared.lock().unwrap() += 1;
        } else {
            *shared.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }
    });
    assert!(broken.join().is_err());
    other.join().unwrap();
}

fn poison_ignored(twin: Twin) {
    let pair = Arc::new(Mutex::new((0, 0)));
    let shared = Arc::clone(&pair);
    let broken = thread::spawn(move || {
        let mut pair = shared.lock().unwrap_or_else(PoisonError::into_inner);
        pair.0 = 1;
        panic!("between the two halves");
    });
    let pair = match pair.lock() {
        Ok(pair) => pair,
        Err(poison) => {
            let mut pair = poison.into_inner();
            if twin == Right {
                pair.1 = pair.0;
            }
            pair
        }
    };
    assert_eq!(pair.0, pair.1, "half of a change");
    drop(pair);
    assert!(broken.join().is_err());
}

fn writer_panicked(twin: Twin) {
    let limit = Arc::new(RwLock::new(10));
    let shared = Arc::clone(&limit);
    let writer = thread::spawn(move || {
        let _held = shared.write();
        panic!("bad input");
    });
    let read = match limit.read() {
        Ok(limit) => *limit,
        Err(poison) if twin == Right => *poison.into_inner(),
        Err(_) => panic!("no limit to be had"),
    };
    assert_eq!(read, 10);
    assert!(writer.join().is_err());
}

fn once_panicked(twin: Twin) {
    let (once, tries) = (Arc::new(Once::new()), Arc::new(AtomicUsize::new(0)));
    let set_up = move || {
        let first = || assert!(tries.fetch_add(1, SeqCst) > 0, "the first try fails");
        if twin == Wrong {
            once.call_once(first);
        } else {
            once.call_once_force(|_| first());
        }
    };
    let early = thread::spawn(set_up.clone());
    let failed = early.join().is_err();
    let late = thread::spawn(set_up);
    assert!(failed);
    late.join().unwrap();
}

fn lazy_panicked(twin: Twin) {
    let tries = Arc::new(AtomicUsize::new(0));
    let make = move || if tries.fetch_add(1, SeqCst) == 0 { Err("not yet") } else { Ok(7) };
    let lazy = Arc::new(LazyLock::new(move || if twin == Wrong { make().expect("made") } else { 7 }));
    let shared = Arc::clone(&lazy);
    let early = thread::spawn(move || **shared);
    let _ = early.join();
    assert_eq!(**lazy, 7);
}

fn left_behind(twin: Twin) {
    let (sender, receiver) = channel::<()>();
    let worker = thread::spawn(move || _ = receiver.recv());
    if twin == Wrong {
        // Kept alive by somebody who never sends.
        std::mem::forget(sender);
    } else {
        drop(sender);
        worker.join().unwrap();
    }
}

fn static_leak(twin: Twin) {
    // Not the model's, which begins anew in every run.
    static RUNS: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(0);
    let first = RUNS.fetch_add(1, SeqCst) == 0;
    let total = Mutex::new(0);
    team(if twin == Wrong && first { 1 } else { 2 }, move |_| *total.lock().unwrap() += 1);
}

fn exit_in_a_worker(twin: Twin) {
    let total = Mutex::new(0);
    team(2, move |_| {
        *total.lock().unwrap() += 1;
        if twin == Wrong {
            super::std_::process::exit(0);
        }
    });
}

fn set_once(twin: Twin) {
    let chosen = OnceLock::new();
    team(2, move |n| {
        if twin == Right {
            chosen.get_or_init(|| n);
        } else if chosen.get().is_none() {
            chosen.set(n).expect("nobody has chosen yet");
        }
    });
}

fn once_in_itself(twin: Twin) {
    let value: OnceLock<usize> = OnceLock::new();
    team(2, move |_| {
        let base = || if twin == Wrong { *value.get_or_init(|| 1) } else { 1 };
        value.get_or_init(|| base() + 1);
    });
}

fn lazy_under_a_lock(twin: Twin) {
    let config = Arc::new(Mutex::new(7));
    let source = Arc::clone(&config);
    let table = LazyLock::new(move || *source.lock().unwrap());
    team(2, move |n| {
        let mut held = (n == 0).then(|| config.lock().unwrap());
        if twin == Right {
            held = None;
        }
        assert_eq!(*table, 7);
        drop(held);
    });
}

fn message_in_time(twin: Twin) {
    let (sender, receiver) = channel();
    let worker = thread::spawn(move || _ = sender.send(1));
    let got = loop {
        match receiver.recv_timeout(Duration::from_millis(10)) {
            Err(RecvTimeoutError::Timeout) if twin == Right => {}
            other => break other,
        }
    };
    assert_eq!(got, Ok(1));
    worker.join().unwrap();
}

fn nothing_shared(twin: Twin) {
    let total = Arc::new(Mutex::new(0));
    let work = |total: Arc<Mutex<i32>>| *total.lock().unwrap() += 1;
    if twin == Wrong {
        work(Arc::clone(&total));
        work(total);
    } else {
        let worker = thread::spawn({
            let total = Arc::clone(&total);
            move || work(total)
        });
        work(total);
        worker.join().unwrap();
    }
}
