//! Weak memory: orderings that are too weak, by one word or one fence.

use super::std_::race::RaceCell;
use super::std_::sync::Arc;
use super::std_::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use super::std_::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use super::std_::thread;
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{DataRace, Panic};

pub const PAIRS: &[Pair] = &[
    Pair::new("published_relaxed", Panic, "flag stored and read relaxed", |t| published(t, Relaxed, Relaxed)),
    Pair::new("published_release_only", Panic, "a release store that no acquire load meets", |t| {
        published(t, Release, Relaxed)
    }),
    Pair::new("published_acquire_only", Panic, "an acquire load that meets no release store", |t| {
        published(t, Relaxed, Acquire)
    }),
    Pair::new("published_plain_memory", DataRace, "plain memory behind a relaxed flag", published_plain),
    Pair::new("polled_plain_memory", DataRace, "the same, polled for", polled_plain),
    Pair::new("spin_lock_unlock", DataRace, "a spin lock given back relaxed", |t| {
        spin_lock(t, Acquire, Relaxed)
    }),
    Pair::new("spin_lock_lock", DataRace, "a spin lock taken relaxed", |t| spin_lock(t, Relaxed, Release)),
    Pair::new(
        "spin_lock_in_two_steps",
        DataRace,
        "a spin lock that looks, then takes",
        spin_lock_in_two_steps,
    ),
    Pair::new("dekker", Panic, "store mine, read the other's: release and acquire are too weak", |t| {
        store_buffer(t, Release, Acquire)
    }),
    Pair::new("dekker_relaxed", Panic, "the same, relaxed", |t| store_buffer(t, Relaxed, Relaxed)),
    Pair::new("dekker_half", Panic, "the same, sequentially consistent loads only", |t| {
        store_buffer(t, Release, SeqCst)
    }),
    Pair::new("dekker_without_fences", Panic, "the same, the fences left out", store_buffer_fences),
    Pair::new("peterson", DataRace, "Peterson's lock with release and acquire", peterson),
    Pair::new("sequence_lock", Panic, "a sequence lock without its fences", sequence_lock),
    Pair::new("reference_count", DataRace, "a reference count decremented relaxed", reference_count),
    Pair::new("ticket_lock", DataRace, "a ticket lock that serves relaxed", ticket_lock),
    Pair::new("ring_buffer", DataRace, "a slot for one producer, one consumer, relaxed", ring_buffer)
        .up_to(3),
    Pair::new("double_checked_relaxed", DataRace, "double-checked, the first look relaxed", double_checked),
    Pair::new("readers_disagree", Panic, "two readers see two writes in different orders", readers_disagree),
    Pair::new("stopped_too_early", DataRace, "a relaxed stop flag, then the memory is reused", stopped),
    Pair::new("fence_on_one_side", Panic, "a release fence that no acquire fence meets", fence_on_one_side),
];

fn published(twin: Twin, store: Ordering, load: Ordering) {
    let (store, load) = if twin == Wrong { (store, load) } else { (Release, Acquire) };
    let (data, ready) = (AtomicUsize::new(0), AtomicBool::new(false));
    team(2, move |n| {
        if n == 0 {
            data.store(42, Relaxed);
            ready.store(true, store);
        } else if ready.load(load) {
            assert_eq!(data.load(Relaxed), 42, "the flag is there, the data is not");
        }
    });
}

fn published_plain(twin: Twin) {
    let (store, load) = if twin == Wrong { (Relaxed, Relaxed) } else { (Release, Acquire) };
    let (data, ready) = (RaceCell::new(0), AtomicBool::new(false));
    team(2, move |n| {
        if n == 0 {
            data.set(42);
            ready.store(true, store);
        } else if ready.load(load) {
            assert_eq!(data.get(), 42);
        }
    });
}

fn polled_plain(twin: Twin) {
    let (store, load) = if twin == Wrong { (Relaxed, Relaxed) } else { (Release, Acquire) };
    let (data, ready) = (RaceCell::new(0), AtomicBool::new(false));
    team(2, move |n| {
        if n == 0 {
            data.set(42);
            ready.store(true, store);
        } else {
            while !ready.load(load) {
                thread::yield_now();
            }
            assert_eq!(data.get(), 42);
        }
    });
}

fn spin_lock(twin: Twin, lock: Ordering, unlock: Ordering) {
    let (lock, unlock) = if twin == Wrong { (lock, unlock) } else { (Acquire, Release) };
    let (locked, data) = (AtomicBool::new(false), RaceCell::new(0));
    team(2, move |_| {
        while locked.compare_exchange(false, true, lock, Relaxed).is_err() {
            thread::yield_now();
        }
        data.set(data.get() + 1);
        locked.store(false, unlock);
    });
}

fn spin_lock_in_two_steps(twin: Twin) {
    let (locked, data) = (AtomicBool::new(false), RaceCell::new(0));
    team(2, move |_| {
        if twin == Wrong {
            while locked.load(SeqCst) {
                thread::yield_now();
            }
            locked.store(true, SeqCst);
        } else {
            while locked.swap(true, SeqCst) {
                thread::yield_now();
            }
        }
        data.set(data.get() + 1);
        locked.store(false, SeqCst);
    });
}

/// Each says that it wants in, and goes in unless the other has said so: at most one may.
fn store_buffer(twin: Twin, store: Ordering, load: Ordering) {
    let (store, load) = if twin == Wrong { (store, load) } else { (SeqCst, SeqCst) };
    let wants = [AtomicBool::new(false), AtomicBool::new(false)];
    let inside = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&inside);
    team(2, move |n| {
        wants[n].store(true, store);
        if !wants[1 - n].load(load) {
            count.fetch_add(1, Relaxed);
        }
    });
    assert!(inside.load(Relaxed) <= 1, "both are in");
}

fn store_buffer_fences(twin: Twin) {
    let wants = [AtomicBool::new(false), AtomicBool::new(false)];
    let inside = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&inside);
    team(2, move |n| {
        wants[n].store(true, Relaxed);
        if twin == Right {
            fence(SeqCst);
        }
        if !wants[1 - n].load(Relaxed) {
            count.fetch_add(1, Relaxed);
        }
    });
    assert!(inside.load(Relaxed) <= 1, "both are in");
}

fn peterson(twin: Twin) {
    let (store, load) = if twin == Wrong { (Release, Acquire) } else { (SeqCst, SeqCst) };
    let wants = [AtomicBool::new(false), AtomicBool::new(false)];
    let turn = AtomicUsize::new(0);
    let data = RaceCell::new(0);
    team(2, move |n| {
        wants[n].store(true, store);
        turn.store(1 - n, store);
        while wants[1 - n].load(load) && turn.load(load) == 1 - n {
            thread::yield_now();
        }
        data.set(data.get() + 1);
        wants[n].store(false, store);
    });
}

/// An odd number while it is written; a reader believes what it saw between two equal even ones.
fn sequence_lock(twin: Twin) {
    let number = AtomicUsize::new(0);
    let data = [AtomicUsize::new(0), AtomicUsize::new(0)];
    team(2, move |n| {
        if n == 0 {
            number.store(1, Relaxed);
            if twin == Right {
                fence(Release);
            }
            data[0].store(1, Relaxed);
            data[1].store(1, Relaxed);
            number.store(2, Release);
        } else {
            let before = number.load(Acquire);
            let pair = (data[0].load(Relaxed), data[1].load(Relaxed));
            if twin == Right {
                fence(Acquire);
            }
            let after = number.load(Relaxed);
            if before == after && before.is_multiple_of(2) {
                assert_eq!(pair.0, pair.1, "half of a change");
            }
        }
    });
}

fn reference_count(twin: Twin) {
    let (decrement, count) = (if twin == Wrong { Relaxed } else { Release }, AtomicUsize::new(2));
    let data = RaceCell::new(0);
    let done = [AtomicUsize::new(0), AtomicUsize::new(0)];
    team(2, move |n| {
        // Uses the value, lets go of it, and the last one frees it.
        done[n].store(data.get() + 1, Relaxed);
        if count.fetch_sub(1, decrement) == 1 {
            if twin == Right {
                fence(Acquire);
            }
            data.set(0);
        }
    });
}

fn ticket_lock(twin: Twin) {
    let serve = if twin == Wrong { Relaxed } else { Release };
    let (next, serving) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let data = RaceCell::new(0);
    team(2, move |_| {
        let mine = next.fetch_add(1, Relaxed);
        while serving.load(Acquire) != mine {
            thread::yield_now();
        }
        data.set(data.get() + 1);
        serving.store(mine + 1, serve);
    });
}

fn ring_buffer(twin: Twin) {
    let (write, read) = if twin == Wrong { (Relaxed, Relaxed) } else { (Release, Acquire) };
    let slot = RaceCell::new(0);
    let (tail, head) = (AtomicUsize::new(0), AtomicUsize::new(0));
    team(2, move |n| {
        for item in 0..2 {
            if n == 0 {
                while head.load(read) < item {
                    thread::yield_now();
                }
                slot.set(item);
                tail.store(item + 1, write);
            } else {
                while tail.load(read) == item {
                    thread::yield_now();
                }
                assert_eq!(slot.get(), item);
                head.store(item + 1, write);
            }
        }
    });
}

fn double_checked(twin: Twin) {
    let look = if twin == Wrong { Relaxed } else { Acquire };
    let (ready, gate, value) = (AtomicBool::new(false), AtomicBool::new(false), RaceCell::new(0));
    team(2, move |_| {
        if !ready.load(look) {
            while gate.swap(true, Acquire) {
                thread::yield_now();
            }
            if !ready.load(Relaxed) {
                value.set(42);
                ready.store(true, Release);
            }
            gate.store(false, Release);
        }
        assert_eq!(value.get(), 42);
    });
}

fn readers_disagree(twin: Twin) {
    let (store, load) = if twin == Wrong { (Release, Acquire) } else { (SeqCst, SeqCst) };
    let shared = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let writers: Vec<_> = (0..2)
        .map(|n| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared[n].store(1, store))
        })
        .collect();
    let other = Arc::clone(&shared);
    let other = thread::spawn(move || (other[0].load(load), other[1].load(load)));
    let here = (shared[1].load(load), shared[0].load(load));
    let there = other.join().unwrap();
    assert!(!(here == (1, 0) && there == (1, 0)), "each saw the other's second write first");
    for writer in writers {
        writer.join().unwrap();
    }
}

fn stopped(twin: Twin) {
    let (store, load) = if twin == Wrong { (Relaxed, Relaxed) } else { (Release, Acquire) };
    let (stopped, memory) = (AtomicBool::new(false), RaceCell::new(1));
    let read = AtomicUsize::new(0);
    team(2, move |n| {
        if n == 0 {
            read.store(memory.get(), Relaxed);
            stopped.store(true, store);
        } else {
            while !stopped.load(load) {
                thread::yield_now();
            }
            memory.set(2);
        }
    });
}

fn fence_on_one_side(twin: Twin) {
    let (data, ready) = (AtomicUsize::new(0), AtomicBool::new(false));
    team(2, move |n| {
        if n == 0 {
            data.store(42, Relaxed);
            fence(Release);
            ready.store(true, Relaxed);
        } else if ready.load(Relaxed) {
            if twin == Right {
                fence(AcqRel);
            }
            assert_eq!(data.load(Relaxed), 42);
        }
    });
}
