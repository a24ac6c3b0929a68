//! Unbounded channels: ends kept too long, order assumed, emptiness taken for the end.

use super::std_::sync::mpsc::{TryRecvError, channel};
use super::std_::sync::{Arc, Mutex};
use super::std_::thread;
use crate::table::{Pair, Right, Twin, Wrong};
use interleave::FailureKind::{Deadlock, Panic};

pub const PAIRS: &[Pair] = &[
    Pair::new("sender_kept", Deadlock, "a receiver waits for the end while a sender lives", sender_kept),
    Pair::new("order_of_completion", Panic, "results taken in the order of the start", order_assumed),
    Pair::new("empty_taken_for_the_end", Panic, "try_recv finds nothing yet", empty_for_end),
    Pair::new(
        "both_receive_first",
        Deadlock,
        "two threads wait for each other's message",
        both_receive_first,
    ),
    Pair::new(
        "receiver_locked_while_working",
        Deadlock,
        "the shared receiver stays locked during the job",
        receiver_locked,
    ),
    Pair::new(
        "one_answer_too_few",
        Deadlock,
        "as many answers awaited as questions asked",
        one_answer_too_few,
    ),
    Pair::new("receiver_gone", Panic, "a send that must succeed after the receiver left", receiver_gone),
    Pair::new(
        "locked_while_receiving",
        Deadlock,
        "receives under a lock the sender needs",
        locked_while_receiving,
    ),
    Pair::new("last_message_dropped", Panic, "stops at the stop sign, leaving what came after", last_dropped),
];

fn sender_kept(twin: Twin) {
    let (sender, receiver) = channel();
    let worker = sender.clone();
    let worker = thread::spawn(move || worker.send(1).unwrap());
    let kept = if twin == Wrong {
        Some(sender)
    } else {
        drop(sender);
        None
    };
    let mut received = 0;
    while receiver.recv().is_ok() {
        received += 1;
    }
    assert_eq!(received, 1);
    drop(kept);
    worker.join().unwrap();
}

fn order_assumed(twin: Twin) {
    let (sender, receiver) = channel();
    let workers: Vec<_> = (0..2)
        .map(|n| {
            let sender = sender.clone();
            thread::spawn(move || sender.send(n).unwrap())
        })
        .collect();
    let mut results: Vec<usize> = (0..2).map(|_| receiver.recv().unwrap()).collect();
    if twin == Right {
        results.sort_unstable();
    }
    assert_eq!(results, [0, 1]);
    for worker in workers {
        worker.join().unwrap();
    }
    drop(sender);
}

fn empty_for_end(twin: Twin) {
    let (sender, receiver) = channel();
    let worker = thread::spawn(move || sender.send(1).unwrap());
    let mut sum = 0;
    if twin == Wrong {
        while let Ok(n) = receiver.try_recv() {
            sum += n;
        }
    } else {
        loop {
            match receiver.try_recv() {
                Ok(n) => sum += n,
                Err(TryRecvError::Empty) if sum == 0 => thread::yield_now(),
                Err(_) => break,
            }
        }
    }
    assert_eq!(sum, 1);
    worker.join().unwrap();
}

fn both_receive_first(twin: Twin) {
    let (to_other, from_main) = channel();
    let (to_main, from_other) = channel();
    let other = thread::spawn(move || {
        from_main.recv().unwrap();
        to_main.send(()).unwrap();
    });
    if twin == Wrong {
        from_other.recv().unwrap();
        to_other.send(()).unwrap();
    } else {
        to_other.send(()).unwrap();
        from_other.recv().unwrap();
    }
    other.join().unwrap();
}

/// Job 0 waits for what job 1 sends.
fn receiver_locked(twin: Twin) {
    let (submit, jobs) = channel();
    let (tell, told) = channel();
    let jobs = Arc::new(Mutex::new(jobs));
    let told = Arc::new(Mutex::new(told));
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let (jobs, told, tell) = (Arc::clone(&jobs), Arc::clone(&told), tell.clone());
            thread::spawn(move || {
                let locked = jobs.lock().unwrap();
                let job: usize = locked.recv().unwrap();
                let locked = if twin == Wrong {
                    Some(locked)
                } else {
                    drop(locked);
                    None
                };
                if job == 0 {
                    told.lock().unwrap().recv().unwrap();
                } else {
                    tell.send(()).unwrap();
                }
                drop(locked);
            })
        })
        .collect();
    submit.send(0).unwrap();
    submit.send(1).unwrap();
    for worker in workers {
        worker.join().unwrap();
    }
}

fn one_answer_too_few(twin: Twin) {
    let (sender, receiver) = channel();
    let workers: Vec<_> = (0..2)
        .map(|n| {
            let sender = sender.clone();
            thread::spawn(move || {
                // The second one has nothing to say.
                if n == 0 {
                    sender.send(n).unwrap();
                }
            })
        })
        .collect();
    if twin == Wrong {
        (0..2).for_each(|_| _ = receiver.recv().unwrap());
    } else {
        drop(sender);
        while receiver.recv().is_ok() {}
    }
    for worker in workers {
        worker.join().unwrap();
    }
}

fn receiver_gone(twin: Twin) {
    let (sender, receiver) = channel();
    let worker = thread::spawn(move || {
        let sent = sender.send(1);
        if twin == Wrong {
            sent.expect("somebody listens");
        }
    });
    drop(receiver);
    worker.join().unwrap();
}

fn locked_while_receiving(twin: Twin) {
    let (sender, receiver) = channel();
    let config = Arc::new(Mutex::new(5));
    let shared = Arc::clone(&config);
    let worker = thread::spawn(move || {
        let value = *shared.lock().unwrap();
        sender.send(value).unwrap();
    });
    let held = config.lock().unwrap();
    let held = if twin == Wrong {
        Some(held)
    } else {
        drop(held);
        None
    };
    assert_eq!(receiver.recv(), Ok(5));
    drop(held);
    worker.join().unwrap();
}

/// Two producers, each with a stop sign of its own.
fn last_dropped(twin: Twin) {
    let (sender, receiver) = channel();
    let producers: Vec<_> = (0..2)
        .map(|_| {
            let sender = sender.clone();
            thread::spawn(move || {
                sender.send(Some(1)).unwrap();
                sender.send(None).unwrap();
            })
        })
        .collect();
    let (mut sum, mut stops) = (0, 0);
    while stops < if twin == Wrong { 1 } else { 2 } {
        match receiver.recv().unwrap() {
            Some(n) => sum += n,
            None => stops += 1,
        }
    }
    assert_eq!(sum, 2, "everything sent is received");
    for producer in producers {
        producer.join().unwrap();
    }
}
