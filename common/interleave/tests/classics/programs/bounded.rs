//! What loom has no types for: bounded channels, scopes, barriers, `Once`, time-outs of channels.

use super::std_::sync::atomic::AtomicUsize;
use super::std_::sync::atomic::Ordering::SeqCst;
use super::std_::sync::mpsc::{TrySendError, sync_channel};
use super::std_::sync::{Arc, Barrier, Once};
use super::std_::thread;
use super::team::team;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Panic};

pub const PAIRS: &[Pair] = &[
    Pair::new("both_full", Deadlock, "two bounded channels fill up in a circle", both_full),
    Pair::new("both_hand_over", Deadlock, "two rendezvous in opposite directions", both_hand_over),
    Pair::new("joined_before_received", Deadlock, "joins senders that wait for room", joined_first),
    Pair::new("dropped_when_full", Panic, "a full channel taken for a sent message", dropped_when_full),
    Pair::new("two_hands_one_taker", Deadlock, "two hand over, one is received", two_hands_one_taker),
    Pair::new("scoped_sum", Panic, "chunks summed into one total by load and store", scoped_sum),
    Pair::new("chunks_overlap", Panic, "two chunks share an element", chunks_overlap),
    Pair::new("barrier_of_three", Deadlock, "a barrier for more than will come", barrier_of_three),
    Pair::new("leader_assumed", Panic, "the first thread taken for the barrier's leader", leader_assumed),
    Pair::new("once_by_hand", Panic, "a flag where `Once` would wait", once_by_hand),
    Pair::new("phase_missing", Panic, "the second phase begins without a barrier", phase_missing),
];

fn both_full(twin: Twin) {
    let (to_other, from_main) = sync_channel(1);
    let (to_main, from_other) = sync_channel(1);
    let other = thread::spawn(move || {
        for _ in 0..2 {
            if twin == Right {
                from_main.recv().unwrap();
                to_main.send(()).unwrap();
            } else {
                to_main.send(()).unwrap();
            }
        }
        if twin == Wrong {
            (0..2).for_each(|_| from_main.recv().unwrap());
        }
    });
    (0..2).for_each(|_| to_other.send(()).unwrap());
    (0..2).for_each(|_| from_other.recv().unwrap());
    other.join().unwrap();
}

fn both_hand_over(twin: Twin) {
    let (to_other, from_main) = sync_channel(0);
    let (to_main, from_other) = sync_channel(0);
    let other = thread::spawn(move || {
        if twin == Wrong {
            to_main.send(1).unwrap();
            from_main.recv().unwrap()
        } else {
            let got = from_main.recv().unwrap();
            to_main.send(1).unwrap();
            got
        }
    });
    to_other.send(2).unwrap();
    assert_eq!(from_other.recv(), Ok(1));
    assert_eq!(other.join().unwrap(), 2);
}

fn joined_first(twin: Twin) {
    let (sender, receiver) = sync_channel(1);
    let worker = thread::spawn(move || (0..2).for_each(|n| sender.send(n).unwrap()));
    let sum = |receiver: super::std_::sync::mpsc::Receiver<i32>| receiver.iter().sum::<i32>();
    let total = if twin == Wrong {
        worker.join().unwrap();
        sum(receiver)
    } else {
        let total = sum(receiver);
        worker.join().unwrap();
        total
    };
    assert_eq!(total, 1);
}

fn dropped_when_full(twin: Twin) {
    let (sender, receiver) = sync_channel(1);
    let worker = thread::spawn(move || {
        for mut n in [1, 2] {
            while let Err(TrySendError::Full(back)) = sender.try_send(n) {
                if twin == Wrong {
                    break;
                }
                n = back;
                thread::yield_now();
            }
        }
    });
    assert_eq!(receiver.iter().sum::<i32>(), 3, "every reading arrives");
    worker.join().unwrap();
}

fn two_hands_one_taker(twin: Twin) {
    let (sender, receiver) = sync_channel(0);
    let workers: Vec<_> = (0..2)
        .map(|n| {
            let sender = sender.clone();
            // The quicker one counts; the other is too late, and may find nobody there.
            thread::spawn(move || _ = sender.send(n))
        })
        .collect();
    receiver.recv().unwrap();
    let kept = if twin == Wrong {
        Some(receiver)
    } else {
        drop(receiver);
        None
    };
    for worker in workers {
        worker.join().unwrap();
    }
    drop(kept);
}

fn scoped_sum(twin: Twin) {
    let data = [1, 2, 3, 4];
    let total = AtomicUsize::new(0);
    thread::scope(|s| {
        for chunk in data.chunks(2) {
            let total = &total;
            s.spawn(move || {
                let sum: usize = chunk.iter().sum();
                if twin == Wrong {
                    total.store(total.load(SeqCst) + sum, SeqCst);
                } else {
                    total.fetch_add(sum, SeqCst);
                }
            });
        }
    });
    assert_eq!(total.load(SeqCst), 10);
}

fn chunks_overlap(twin: Twin) {
    let rows: Vec<_> = (0..3).map(|_| AtomicUsize::new(1)).collect();
    thread::scope(|s| {
        for n in 0..2 {
            let rows = &rows;
            // Each doubles its rows in place; nobody else may touch them.
            let mine = if twin == Wrong { n..n + 2 } else { n * 2..(n * 2 + 2).min(3) };
            s.spawn(move || {
                for row in &rows[mine] {
                    let value = row.load(SeqCst);
                    row.store(value * 2, SeqCst);
                }
            });
        }
    });
    let sum: usize = rows.iter().map(|row| row.load(SeqCst)).sum();
    assert_eq!(sum, 6, "each row doubled once");
}

fn barrier_of_three(twin: Twin) {
    let barrier = Barrier::new(if twin == Wrong { 3 } else { 2 });
    team(2, move |_| {
        barrier.wait();
    });
}

fn leader_assumed(twin: Twin) {
    let barrier = Barrier::new(2);
    let prepared = AtomicUsize::new(0);
    team(2, move |n| {
        let leads = barrier.wait().is_leader();
        if leads {
            prepared.fetch_add(1, SeqCst);
        }
        let mine = if twin == Wrong { n == 0 } else { leads };
        if mine {
            assert_eq!(prepared.load(SeqCst), 1, "the leader has prepared it");
        }
    });
}

fn once_by_hand(twin: Twin) {
    let (once, begun, value) = (Once::new(), AtomicUsize::new(0), AtomicUsize::new(0));
    team(2, move |_| {
        if twin == Right {
            once.call_once(|| value.store(42, SeqCst));
        } else if begun.swap(1, SeqCst) == 0 {
            value.store(42, SeqCst);
        }
        assert_eq!(value.load(SeqCst), 42, "initialised before use");
    });
}

fn phase_missing(twin: Twin) {
    let barrier = Barrier::new(2);
    let halves = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    team(2, move |n| {
        halves[n].store(n + 1, SeqCst);
        if twin == Right {
            barrier.wait();
        }
        assert_eq!(halves[1 - n].load(SeqCst), 2 - n, "the neighbour's half of the first phase");
    });
}
