//! Locks, semaphores and notifications that tasks hold across an await.
use crate::{assert_failure, assert_says, right, right_on_one_thread, wrong, wrong_on_one_thread};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst};
use std::{Cause, FailureKind};
use tokio::sync::{Mutex, Notify, RwLock, Semaphore};

/// Two tasks take two locks, in one order or in two.
async fn transfer_both_ways(one_order: bool) {
    let from = Arc::new(Mutex::new(100));
    let to = Arc::new(Mutex::new(100));
    let (a, b) = (from.clone(), to.clone());
    let there = tokio::spawn(async move {
        let mut a = a.lock().await;
        let mut b = b.lock().await;
        *a -= 10;
        *b += 10;
    });
    let back = tokio::spawn(async move {
        if one_order {
            let mut from = from.lock().await;
            let mut to = to.lock().await;
            *to -= 5;
            *from += 5;
        } else {
            let mut to = to.lock().await;
            let mut from = from.lock().await;
            *to -= 5;
            *from += 5;
        }
    });
    there.await.unwrap();
    back.await.unwrap();
}

#[test]
fn two_locks_in_two_orders() {
    let failure = wrong(|| transfer_both_ways(false));
    println!("{failure}");
    assert_failure(&failure, FailureKind::Deadlock, Cause::LockOrder);
    assert_says(&failure, "there holds from");
    right(|| transfer_both_ways(true));
}

/// Whoever notifies needs the lock that the waiter keeps while it waits.
async fn std_lock_and_notify(guard_across_await: bool) {
    let count = Arc::new(std::sync::Mutex::new(0));
    let changed = Arc::new(Notify::new());
    let (their_count, their_changed) = (count.clone(), changed.clone());
    let writer = tokio::spawn(async move {
        *their_count.lock().unwrap() += 1;
        their_changed.notify_one();
    });
    let guard = count.lock().unwrap();
    if guard_across_await {
        changed.notified().await;
        drop(guard);
    } else {
        drop(guard);
        changed.notified().await;
    }
    writer.await.unwrap();
}

#[test]
fn a_std_guard_across_an_await() {
    let failure = wrong(|| std_lock_and_notify(true));
    println!("{failure}");
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "writer waits");
    assert_says(&failure, "for count, held by main");
    right(|| std_lock_and_notify(false));
}

#[test]
fn a_std_guard_across_an_await_blocks_the_only_thread() {
    let failure = wrong_on_one_thread(|| std_lock_and_notify(true));
    println!("{failure}");
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    right_on_one_thread(|| std_lock_and_notify(false));
}

/// Looks at the flag, then waits, in one breath or in two.
async fn flag_and_notify(listens_first: bool) {
    let flag = Arc::new(AtomicBool::new(false));
    let changed = Arc::new(Notify::new());
    let (their_flag, their_changed) = (flag.clone(), changed.clone());
    let waiter = tokio::spawn(async move {
        loop {
            if listens_first {
                let notified = their_changed.notified();
                if their_flag.load(SeqCst) {
                    break;
                }
                notified.await;
            } else {
                if their_flag.load(SeqCst) {
                    break;
                }
                their_changed.notified().await;
            }
        }
    });
    flag.store(true, SeqCst);
    changed.notify_waiters();
    waiter.await.unwrap();
}

#[test]
fn a_notification_between_the_look_and_the_wait() {
    let failure = wrong(|| flag_and_notify(false));
    println!("{failure}");
    assert_failure(&failure, FailureKind::Deadlock, Cause::LostWakeup);
    assert_says(&failure, "nobody waits");
    right(|| flag_and_notify(true));
}

/// Reads, awaits, writes; under one guard or under two.
async fn withdraw_twice(one_guard: bool) {
    let balance = Arc::new(Mutex::new(10));
    let mut clerks = Vec::new();
    for _ in 0..2 {
        let balance = balance.clone();
        clerks.push(tokio::spawn(async move {
            if one_guard {
                let mut balance = balance.lock().await;
                tokio::task::yield_now().await;
                *balance -= 1;
            } else {
                let seen = *balance.lock().await;
                tokio::task::yield_now().await;
                *balance.lock().await = seen - 1;
            }
        }));
    }
    for clerk in clerks {
        clerk.await.unwrap();
    }
    assert_eq!(*balance.lock().await, 8);
}

#[test]
fn an_update_lost_across_an_await() {
    let failure = wrong(|| withdraw_twice(false));
    println!("{failure}");
    assert_failure(&failure, FailureKind::Panic, Cause::CheckThenAct);
    right(|| withdraw_twice(true));
    let failure = wrong_on_one_thread(|| withdraw_twice(false));
    assert_failure(&failure, FailureKind::Panic, Cause::CheckThenAct);
    right_on_one_thread(|| withdraw_twice(true));
}

/// A permit is kept back when the work fails.
async fn work_with_permits(gives_back: bool) {
    let seats = Arc::new(Semaphore::new(1));
    let mut guests = Vec::new();
    for number in 0..2 {
        let seats = seats.clone();
        guests.push(tokio::spawn(async move {
            let permit = seats.acquire().await.unwrap();
            if number == 0 && !gives_back {
                permit.forget();
            }
        }));
    }
    for guest in guests {
        guest.await.unwrap();
    }
}

#[test]
fn a_permit_that_is_forgotten() {
    let failure = wrong(|| work_with_permits(false));
    println!("{failure}");
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "for seats");
    right(|| work_with_permits(true));
}

/// Reads, and then wants to write without having let go.
async fn read_then_write(lets_go: bool) {
    let table = Arc::new(RwLock::new(0));
    let other = table.clone();
    let reader = tokio::spawn(async move {
        let guard = other.read().await;
        if lets_go {
            drop(guard);
            *other.write().await += 1;
        } else {
            *other.write().await += 1;
            drop(guard);
        }
    });
    *table.write().await += 1;
    reader.await.unwrap();
}

#[test]
fn a_read_lock_cannot_become_a_write_lock() {
    let failure = wrong(|| read_then_write(false));
    println!("{failure}");
    assert_failure(&failure, FailureKind::Deadlock, Cause::SelfDeadlock);
    right(|| read_then_write(true));
}

/// An arrow leads from the notification to the first step of the task that it woke.
#[test]
fn the_picture_shows_who_woke_a_task() {
    let failure = wrong(|| async {
        let (bell, rung) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let (their_bell, their_rung) = (bell.clone(), rung.clone());
        let visitor = tokio::spawn(async move {
            let early = !their_rung.load(SeqCst);
            their_bell.notified().await;
            // Relaxed: an acquire load's arrow would come from the store.
            assert!(!early || !their_rung.load(Relaxed), "had to wait");
        });
        rung.store(true, SeqCst);
        bell.notify_one();
        visitor.await.unwrap();
    });
    let story = failure.story();
    let notifies = story.steps.iter().position(|step| step.text.contains("notifies bell"));
    let woken = story.steps.iter().find(|step| step.from.is_some() && step.from == notifies);
    assert!(notifies.is_some() && woken.is_some_and(|step| step.text.contains("reads rung")), "{failure}");
}
