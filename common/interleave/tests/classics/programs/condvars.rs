//! Condition variables: waits that believe what they are not told, and notifications that get lost.

use super::std_::sync::atomic::AtomicBool;
use super::std_::sync::atomic::Ordering::SeqCst;
use super::std_::sync::{Arc, Condvar, Mutex};
use super::std_::thread;
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Panic};
use std::time::Duration;

pub const PAIRS: &[Pair] = &[
    Pair::new(
        "woken_for_no_reason",
        Panic,
        "`if` instead of `while`: a spurious wake-up",
        woken_for_no_reason,
    ),
    Pair::new("woken_too_late", Panic, "`if` instead of `while`: another took the item", woken_too_late),
    Pair::new("looked_outside_the_lock", Deadlock, "notified between the look and the wait", looked_outside),
    Pair::new(
        "flag_set_without_the_lock",
        Deadlock,
        "an atomic flag set beside the lock",
        flag_beside_the_lock,
    ),
    Pair::new("waits_for_the_past", Deadlock, "waits without looking first", waits_for_the_past),
    Pair::new("one_told_of_two", Deadlock, "notify_one where two must hear it", one_told_of_two),
    Pair::new(
        "wrong_one_told",
        Deadlock,
        "whose turn it is: one is told, perhaps the wrong one",
        wrong_one_told,
    ),
    Pair::new("nobody_told", Deadlock, "the flag is set and nobody notified", nobody_told),
    Pair::new("two_mutexes", Deadlock, "the condition under one mutex, the wait with another", two_mutexes),
    Pair::new("told_only_when_empty", Deadlock, "a producer notifies only from empty", told_only_when_empty),
    Pair::new("one_condvar_two_conditions", Deadlock, "full and empty wait on one condition variable", |t| {
        bounded_buffer(t, 1, 2)
    }),
    Pair::new("one_condvar_two_by_two", Deadlock, "the same with two producers, two consumers", |t| {
        bounded_buffer(t, 2, 2)
    }),
    Pair::new("time_out_taken_for_news", Panic, "whatever wait_timeout says, go on", time_out_trusted),
    Pair::new("signal_not_remembered", Deadlock, "an event without a flag", signal_not_remembered),
    Pair::new(
        "first_come_first_woken",
        Panic,
        "waiters believed to be woken in the order of waiting",
        first_come,
    ),
    Pair::new(
        "sleeps_with_another_lock",
        Deadlock,
        "waits while it holds what the notifier needs",
        nested_monitor,
    ),
];

/// Who waited first is not who is woken first.
fn first_come(twin: Twin) {
    struct Desk {
        /// The visitors in the order in which they came, and how many have been called.
        state: Mutex<(Vec<usize>, usize)>,
        called: Condvar,
    }
    let desk = Arc::new(Desk { state: Mutex::new((Vec::new(), 0)), called: Condvar::new() });
    let visitors: Vec<_> = (0..2)
        .map(|visitor| {
            let desk = Arc::clone(&desk);
            thread::spawn(move || {
                let mut state = desk.state.lock().unwrap();
                state.0.push(visitor);
                while state.1 == 0 {
                    state = desk.called.wait(state).unwrap();
                }
                state.1 -= 1;
                if twin == Wrong {
                    assert_eq!(state.0.remove(0), visitor, "first come, first served");
                } else {
                    state.0.retain(|other| *other != visitor);
                }
            })
        })
        .collect();
    for _ in 0..2 {
        desk.state.lock().unwrap().1 += 1;
        desk.called.notify_one();
    }
    for visitor in visitors {
        visitor.join().unwrap();
    }
}

struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn shared() -> Arc<Self> {
        Arc::new(Gate { open: Mutex::new(false), opened: Condvar::new() })
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_one();
    }

    fn pass(&self) {
        let mut open = self.open.lock().unwrap();
        while !*open {
            open = self.opened.wait(open).unwrap();
        }
    }
}

/// One thread passes the gate in its own way, another opens it.
fn gate(pass: impl FnOnce(&Gate) + Send + 'static) {
    let gate = Gate::shared();
    let visitor = Arc::clone(&gate);
    let visitor = thread::spawn(move || pass(&visitor));
    gate.open();
    visitor.join().unwrap();
}

fn woken_for_no_reason(twin: Twin) {
    gate(move |gate| {
        let mut open = gate.open.lock().unwrap();
        if twin == Wrong {
            if !*open {
                open = gate.opened.wait(open).unwrap();
            }
        } else {
            while !*open {
                open = gate.opened.wait(open).unwrap();
            }
        }
        assert!(*open, "through a closed gate");
    });
}

fn woken_too_late(twin: Twin) {
    let shelf = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
    let shared = Arc::clone(&shelf);
    let take = move || {
        let (items, more) = &*shared;
        let mut items = items.lock().unwrap();
        if twin == Wrong {
            if items.is_empty() {
                items = more.wait(items).unwrap();
            }
        } else {
            while items.is_empty() {
                items = more.wait(items).unwrap();
            }
        }
        items.pop().expect("woken, and nothing there");
    };
    let first = thread::spawn(take.clone());
    let second = thread::spawn(take);
    for item in 0..2 {
        shelf.0.lock().unwrap().push(item);
        shelf.1.notify_one();
    }
    first.join().unwrap();
    second.join().unwrap();
}

fn looked_outside(twin: Twin) {
    gate(move |gate| {
        if twin == Right {
            return gate.pass();
        }
        let open = *gate.open.lock().unwrap();
        if !open {
            let held = gate.open.lock().unwrap();
            drop(gate.opened.wait(held).unwrap());
        }
    });
}

fn flag_beside_the_lock(twin: Twin) {
    let shared = Arc::new((Mutex::new(()), Condvar::new(), AtomicBool::new(false)));
    let waiter = Arc::clone(&shared);
    let waiter = thread::spawn(move || {
        let (gate, changed, stop) = &*waiter;
        let mut held = gate.lock().unwrap();
        while !stop.load(SeqCst) {
            held = changed.wait(held).unwrap();
        }
    });
    let (gate, changed, stop) = &*shared;
    let held = (twin == Right).then(|| gate.lock().unwrap());
    stop.store(true, SeqCst);
    drop(held);
    changed.notify_one();
    waiter.join().unwrap();
}

fn waits_for_the_past(twin: Twin) {
    gate(move |gate| {
        if twin == Right {
            return gate.pass();
        }
        let mut open = gate.open.lock().unwrap();
        loop {
            open = gate.opened.wait(open).unwrap();
            if *open {
                break;
            }
        }
    });
}

fn one_told_of_two(twin: Twin) {
    let gate = Gate::shared();
    let visitors: Vec<_> = (0..2)
        .map(|_| {
            let gate = Arc::clone(&gate);
            thread::spawn(move || gate.pass())
        })
        .collect();
    *gate.open.lock().unwrap() = true;
    if twin == Wrong {
        gate.opened.notify_one();
    } else {
        gate.opened.notify_all();
    }
    for visitor in visitors {
        visitor.join().unwrap();
    }
}

fn wrong_one_told(twin: Twin) {
    let turn = Mutex::new(0);
    let next = Condvar::new();
    team(3, move |n| {
        let mut now = turn.lock().unwrap();
        while *now != n {
            now = next.wait(now).unwrap();
        }
        *now += 1;
        if twin == Wrong {
            next.notify_one();
        } else {
            next.notify_all();
        }
    });
}

fn nobody_told(twin: Twin) {
    let gate = Gate::shared();
    let visitor = Arc::clone(&gate);
    let visitor = thread::spawn(move || visitor.pass());
    *gate.open.lock().unwrap() = true;
    if twin == Right {
        gate.opened.notify_one();
    }
    visitor.join().unwrap();
}

fn two_mutexes(twin: Twin) {
    let shared = Arc::new((Mutex::new(false), Mutex::new(()), Condvar::new()));
    let waiter = Arc::clone(&shared);
    let waiter = thread::spawn(move || {
        let (ready, bystander, changed) = &*waiter;
        if twin == Wrong {
            while !*ready.lock().unwrap() {
                let held = bystander.lock().unwrap();
                drop(changed.wait(held).unwrap());
            }
        } else {
            let mut held = ready.lock().unwrap();
            while !*held {
                held = changed.wait(held).unwrap();
            }
        }
    });
    let (ready, _, changed) = &*shared;
    *ready.lock().unwrap() = true;
    changed.notify_one();
    waiter.join().unwrap();
}

fn told_only_when_empty(twin: Twin) {
    let shelf = Arc::new((Mutex::new(0), Condvar::new()));
    let shared = Arc::clone(&shelf);
    let take = move || {
        let (items, more) = &*shared;
        let mut items = items.lock().unwrap();
        while *items == 0 {
            items = more.wait(items).unwrap();
        }
        *items -= 1;
    };
    let first = thread::spawn(take.clone());
    let second = thread::spawn(take);
    for _ in 0..2 {
        let (items, more) = &*shelf;
        let mut items = items.lock().unwrap();
        let was_empty = *items == 0;
        *items += 1;
        drop(items);
        if was_empty || twin == Right {
            more.notify_one();
        }
    }
    first.join().unwrap();
    second.join().unwrap();
}

struct Buffer {
    full: Mutex<bool>,
    not_full: Condvar,
    not_empty: Condvar,
    twin: Twin,
}

impl Buffer {
    fn put(&self) {
        let mut full = self.full.lock().unwrap();
        while *full {
            full = self.not_full.wait(full).unwrap();
        }
        *full = true;
        if self.twin == Wrong {
            self.not_full.notify_one();
        } else {
            self.not_empty.notify_one();
        }
    }

    fn take(&self) {
        let mut full = self.full.lock().unwrap();
        while !*full {
            let changed = if self.twin == Wrong { &self.not_full } else { &self.not_empty };
            full = changed.wait(full).unwrap();
        }
        *full = false;
        self.not_full.notify_one();
    }
}

/// `producers` threads that put two items between them, `consumers` that take them.
fn bounded_buffer(twin: Twin, producers: usize, consumers: usize) {
    let buffer =
        Buffer { full: Mutex::new(false), not_full: Condvar::new(), not_empty: Condvar::new(), twin };
    team(producers + consumers, move |n| {
        if n < producers {
            (0..2 / producers).for_each(|_| buffer.put());
        } else {
            (0..2 / consumers).for_each(|_| buffer.take());
        }
    });
}

fn time_out_trusted(twin: Twin) {
    gate(move |gate| {
        let mut open = gate.open.lock().unwrap();
        if twin == Wrong {
            if !*open {
                open = gate.opened.wait_timeout(open, Duration::from_millis(10)).unwrap().0;
            }
        } else {
            while !*open {
                open = gate.opened.wait_timeout(open, Duration::from_millis(10)).unwrap().0;
            }
        }
        assert!(*open, "the time was up, and nothing had come");
    });
}

fn signal_not_remembered(twin: Twin) {
    let shared = Arc::new((Mutex::new(0), Condvar::new()));
    let waiter = Arc::clone(&shared);
    let waiter = thread::spawn(move || {
        let (signals, signalled) = &*waiter;
        let mut seen = signals.lock().unwrap();
        let before = *seen;
        while *seen == if twin == Wrong { before } else { 0 } {
            seen = signalled.wait(seen).unwrap();
        }
    });
    *shared.0.lock().unwrap() += 1;
    shared.1.notify_all();
    waiter.join().unwrap();
}

/// The nested monitor: waiting gives back one lock, not the other.
fn nested_monitor(twin: Twin) {
    let shared = Arc::new((Mutex::new(()), Gate { open: Mutex::new(false), opened: Condvar::new() }));
    let visitor = Arc::clone(&shared);
    let visitor = thread::spawn(move || {
        let outer = visitor.0.lock().unwrap();
        if twin == Right {
            drop(outer);
            return visitor.1.pass();
        }
        visitor.1.pass();
        drop(outer);
    });
    let outer = shared.0.lock().unwrap();
    shared.1.open();
    drop(outer);
    visitor.join().unwrap();
}
