//! Channels: order, the end of a channel, room, rendezvous, trying, time-outs.
use crate::{assert_failure, right, wrong};
use std::sync::mpsc::{RecvTimeoutError, TryRecvError, TrySendError, channel, sync_channel};
use std::thread;
use std::time::Duration;
use std::{Cause, FailureKind};

#[test]
fn messages_of_one_sender_keep_their_order() {
    right(|| {
        let (sender, receiver) = channel();
        let other = sender.clone();
        let a = thread::spawn(move || (0..2).for_each(|n| sender.send((0, n)).unwrap()));
        let b = thread::spawn(move || (0..2).for_each(|n| other.send((1, n)).unwrap()));
        let all: Vec<_> = receiver.iter().collect();
        for sender in 0..2 {
            let mine: Vec<_> = all.iter().filter(|m| m.0 == sender).map(|m| m.1).collect();
            assert_eq!(mine, [0, 1]);
        }
        a.join().unwrap();
        b.join().unwrap();
    });
}

#[test]
fn a_sender_kept_alive_keeps_the_receiver_waiting() {
    let failure = wrong(|| {
        let (sender, receiver) = channel();
        let worker = sender.clone();
        let thread = thread::spawn(move || worker.send(1).unwrap());
        for _ in receiver {}
        thread.join().unwrap();
        drop(sender);
    });
    assert_failure(&failure, FailureKind::Deadlock, Cause::Unexplained);
    assert!(failure.story().because.join(" ").contains("still alive"), "{failure}");
}

#[test]
fn completion_order_is_not_start_order() {
    let failure = wrong(|| {
        let (sender, receiver) = channel();
        for n in 0..2 {
            let sender = sender.clone();
            thread::spawn(move || sender.send(n).unwrap());
        }
        drop(sender);
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [0, 1]);
    });
    assert_eq!(failure.kind, FailureKind::Panic);
}

#[test]
fn a_bounded_channel_makes_senders_wait() {
    right(|| {
        let (sender, receiver) = sync_channel(1);
        let thread = thread::spawn(move || (0..3).for_each(|n| sender.send(n).unwrap()));
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [0, 1, 2]);
        thread.join().unwrap();
    });
}

#[test]
fn two_rendezvous_in_opposite_directions() {
    let failure = wrong(|| {
        let (to_worker, from_main) = sync_channel(0);
        let (to_main, from_worker) = sync_channel(0);
        let worker = thread::spawn(move || {
            to_main.send(1).unwrap();
            from_main.recv().unwrap()
        });
        to_worker.send(2).unwrap();
        from_worker.recv().unwrap();
        worker.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Deadlock);
}

#[test]
fn a_rendezvous_hands_over() {
    right(|| {
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || sender.send(7).unwrap());
        assert_eq!(receiver.recv(), Ok(7));
        thread.join().unwrap();
    });
}

#[test]
fn sending_to_nobody_gives_the_message_back() {
    right(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || drop(receiver));
        thread.join().unwrap();
        assert_eq!(sender.send(7).unwrap_err().0, 7);
    });
}

#[test]
fn every_answer_of_try_recv_is_met() {
    use std::sync::{Arc, Mutex};
    let seen = Arc::new(Mutex::new(std::collections::BTreeSet::new()));
    let all = Arc::clone(&seen);
    right(move || {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || sender.send(1).unwrap());
        let first = receiver.try_recv();
        let second = receiver.try_recv();
        all.lock().unwrap().insert(format!("{first:?} {second:?}"));
        thread.join().unwrap();
    });
    let (empty, gone) = (TryRecvError::Empty, TryRecvError::Disconnected);
    let (empty, gone) = (format!("Err({empty:?})"), format!("Err({gone:?})"));
    let expected = [
        format!("{empty} {empty}"),
        format!("{empty} Ok(1)"),
        format!("Ok(1) {empty}"),
        format!("Ok(1) {gone}"),
    ];
    let seen = Arc::try_unwrap(seen).unwrap().into_inner().unwrap();
    assert_eq!(seen, expected.into());
}

#[test]
fn a_full_channel_can_be_seen() {
    right(|| {
        let (sender, receiver) = sync_channel(1);
        let thread = thread::spawn(move || receiver.recv().unwrap());
        sender.send(1).unwrap();
        match sender.try_send(2) {
            Ok(()) | Err(TrySendError::Full(2)) | Err(TrySendError::Disconnected(2)) => {}
            Err(other) => panic!("{other}"),
        }
        assert_eq!(thread.join().unwrap(), 1);
    });
}

#[test]
fn a_message_may_come_too_late() {
    let failure = wrong(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || _ = sender.send(1));
        assert_ne!(receiver.recv_timeout(Duration::from_secs(1)), Err(RecvTimeoutError::Timeout));
        thread.join().unwrap();
    });
    assert_eq!(failure.kind, FailureKind::Panic);
}

#[test]
fn a_limit_without_end_never_ends() {
    right(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || sender.send(1).unwrap());
        assert_eq!(receiver.recv_timeout(Duration::MAX), Ok(1));
        assert_eq!(receiver.recv_timeout(Duration::MAX), Err(RecvTimeoutError::Disconnected));
        thread.join().unwrap();
    });
}

/// Found by comparing random programs with a model: whoever has seen what a thread did last may still find its receiver
/// there.
#[test]
fn the_end_of_a_receiver_is_a_moment_of_its_own() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::sync::{Arc, Mutex};
    let seen = Arc::new(Mutex::new(std::collections::BTreeSet::new()));
    let all = Arc::clone(&seen);
    right(move || {
        let (sender, receiver) = channel();
        let done = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&done);
        let thread = thread::spawn(move || {
            receiver.recv().unwrap();
            theirs.store(1, SeqCst);
            drop(receiver);
        });
        sender.send(1).unwrap();
        let done = done.load(SeqCst);
        all.lock().unwrap().insert((done, sender.send(2).is_ok()));
        thread.join().unwrap();
    });
    let seen = Arc::try_unwrap(seen).unwrap().into_inner().unwrap();
    assert_eq!(seen, [(0, false), (0, true), (1, false), (1, true)].into());
}
