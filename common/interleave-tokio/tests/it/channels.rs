//! Channels: closed ends, full buffers, messages lost by whoever stops waiting.
use crate::{assert_failure, assert_says, right, right_on_one_thread, wrong, wrong_on_one_thread};
use std::sync::Arc;
use std::{Cause, FailureKind};
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::yield_now;

/// Takes a message in two steps, one of which `select!` may interrupt.
async fn count_until_stopped(cancel_safe: bool) {
    let (sender, mut receiver) = mpsc::channel(2);
    let (stop, mut stopped) = oneshot::channel();
    let clerk = tokio::spawn(async move {
        sender.send(1).await.unwrap();
    });
    let boss = tokio::spawn(async move {
        stop.send(()).unwrap();
    });
    let mut count = 0;
    let mut listens = true;
    async fn receive_and_count(receiver: &mut mpsc::Receiver<i32>, count: &mut i32) -> bool {
        let Some(n) = receiver.recv().await else { return false };
        yield_now().await; // some more work: dropped here, the message is gone
        *count += n;
        true
    }
    loop {
        if cancel_safe {
            tokio::select! {
                received = receiver.recv() => match received {
                    Some(n) => {
                        yield_now().await;
                        count += n;
                    }
                    None => break,
                },
                _ = &mut stopped, if listens => listens = false,
            }
        } else {
            tokio::select! {
                more = receive_and_count(&mut receiver, &mut count) => {
                    if !more {
                        break;
                    }
                }
                _ = &mut stopped, if listens => { listens = false }
            }
        }
    }
    clerk.await.unwrap();
    boss.await.unwrap();
    assert_eq!(count, 1, "a message was received and then lost");
}

#[test]
fn a_message_lost_by_select() {
    let failure = wrong(|| count_until_stopped(false));
    assert_eq!(failure.kind, FailureKind::Panic, "{failure}");
    assert!(failure.message.contains("received and then lost"), "{failure}");
    right_on_one_thread(|| count_until_stopped(true));
}

/// Two stages that send each other more than there is room for.
async fn two_stages(room: bool) {
    let (to_second, mut in_second) = mpsc::channel(if room { 2 } else { 1 });
    let (to_first, mut in_first) = mpsc::channel(if room { 2 } else { 1 });
    let second = tokio::spawn(async move {
        to_first.send(1).await.unwrap();
        to_first.send(2).await.unwrap();
        while in_second.recv().await.is_some() {}
    });
    to_second.send(1).await.unwrap();
    to_second.send(2).await.unwrap();
    drop(to_second);
    while in_first.recv().await.is_some() {}
    second.await.unwrap();
}

/// The same with room for everything.
async fn two_stages_without_bounds() {
    let (to_second, mut in_second) = mpsc::unbounded_channel();
    let (to_first, mut in_first) = mpsc::unbounded_channel();
    let second = tokio::spawn(async move {
        to_first.send(1).unwrap();
        to_first.send(2).unwrap();
        while in_second.recv().await.is_some() {}
    });
    to_second.send(1).unwrap();
    to_second.send(2).unwrap();
    drop(to_second);
    while in_first.recv().await.is_some() {}
    second.await.unwrap();
}

#[test]
fn two_full_channels() {
    let failure = wrong(|| two_stages(false));
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "for room in in_second. • second waits");
    right(|| two_stages(true));
    right(two_stages_without_bounds);
}

/// A sender that lives on keeps the receiver waiting.
async fn drain(drops_the_first_sender: bool) {
    let (sender, mut receiver) = mpsc::channel(1);
    let theirs = sender.clone();
    let producer = tokio::spawn(async move { theirs.send(1).await.unwrap() });
    if drops_the_first_sender {
        drop(sender);
        while receiver.recv().await.is_some() {}
    } else {
        while receiver.recv().await.is_some() {}
        drop(sender);
    }
    producer.await.unwrap();
}

#[test]
fn a_sender_kept_alive() {
    let failure = wrong(|| drain(false));
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "one is still alive");
    right(|| drain(true));
}

/// An answer that never comes, because whoever should give it returns early.
async fn ask(looks_at_the_error: bool) {
    let (answer, question) = oneshot::channel();
    let clerk = tokio::spawn(async move {
        if !looks_at_the_error {
            drop(answer);
        } else {
            answer.send(42).unwrap();
        }
    });
    assert_eq!(question.await.expect("the clerk answers"), 42);
    clerk.await.unwrap();
}

#[test]
fn a_oneshot_sender_dropped() {
    let failure = wrong(|| ask(false));
    assert_eq!(failure.kind, FailureKind::Panic, "{failure}");
    assert!(failure.message.contains("the clerk answers"), "{failure}");
    right(|| ask(true));
}

/// Whether the sender may assume that somebody still listens.
async fn answer_to_whoever_listens(may_be_gone: bool) {
    let (answer, question) = oneshot::channel();
    let asker = tokio::spawn(async move {
        drop(question); // has changed its mind
    });
    if may_be_gone {
        let _ = answer.send(1);
    } else {
        answer.send(1).unwrap();
    }
    asker.await.unwrap();
}

#[test]
fn a_oneshot_receiver_dropped() {
    assert_eq!(wrong(|| answer_to_whoever_listens(false)).kind, FailureKind::Panic);
    right(|| answer_to_whoever_listens(true));
}

/// Three messages into a channel that keeps two.
async fn news(expects_to_lag: bool) {
    let (sender, mut receiver) = broadcast::channel(2);
    let reporter = tokio::spawn(async move {
        for n in 1..=3 {
            sender.send(n).unwrap();
        }
    });
    let mut last = 0;
    loop {
        match receiver.recv().await {
            Ok(n) => last = n,
            Err(broadcast::error::RecvError::Closed) => break,
            Err(broadcast::error::RecvError::Lagged(_)) if expects_to_lag => {}
            Err(lagged) => panic!("{lagged}"),
        }
    }
    assert_eq!(last, 3);
    reporter.await.unwrap();
}

#[test]
fn a_receiver_that_lags() {
    let failure = wrong(|| news(false));
    assert!(failure.message.contains("lagged"), "{failure}");
    assert_says(&failure, "has missed 1 of");
    right(|| news(true));
}

/// Waits for the settings to change, which may have happened already.
async fn settings(looks_first: bool) {
    let (set, mut settings) = watch::channel(0);
    let admin = tokio::spawn(async move {
        set.send(1).unwrap();
        set.closed().await;
    });
    let mut reader = settings.clone();
    if looks_first {
        assert_eq!(*reader.wait_for(|n| *n == 1).await.unwrap(), 1);
    } else {
        let _ = *reader.borrow_and_update(); // may be the new value already
        reader.changed().await.unwrap();
    }
    settings.mark_unchanged();
    drop((settings, reader));
    admin.await.unwrap();
}

#[test]
fn a_change_seen_before_it_is_waited_for() {
    let failure = wrong(|| settings(false));
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    right(|| settings(true));
}

/// Looks at the settings, and keeps looking while it waits for whoever changes them.
async fn look_across_an_await(lets_go: bool) {
    let (set, settings) = watch::channel(0);
    let ready = Arc::new(Notify::new());
    let done = ready.clone();
    let admin = std::thread::spawn(move || {
        let _ = set.send(1);
        done.notify_one();
    });
    let seen = settings.borrow();
    if lets_go {
        drop(seen);
        ready.notified().await;
    } else {
        ready.notified().await;
        drop(seen);
    }
    admin.join().unwrap();
}

#[test]
fn a_borrowed_watch_across_an_await() {
    let failure = wrong(|| look_across_an_await(false));
    assert_failure(&failure, FailureKind::Deadlock, Cause::Unexplained);
    right(|| look_across_an_await(true));
}

/// A worker of the only thread waits for a message in a way that blocks.
async fn receive_from_a_task(blocks: bool) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let (async_sender, mut async_receiver) = mpsc::channel(1);
    let worker = tokio::spawn(async move {
        if blocks { receiver.recv().unwrap() } else { async_receiver.recv().await.unwrap() }
    });
    yield_now().await; // the worker may come first
    sender.send(1).unwrap_or_default();
    async_sender.send(1).await.unwrap_or_default();
    assert_eq!(worker.await.unwrap(), 1);
}

#[test]
fn a_task_that_blocks_the_only_thread() {
    let failure = wrong_on_one_thread(|| receive_from_a_task(true));
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "worker holds executor");
    assert_says(&failure, "for executor, held by worker");
    right_on_one_thread(|| receive_from_a_task(false));
    // With a thread for each there is nobody to keep from working.
    right(|| receive_from_a_task(true));
}
