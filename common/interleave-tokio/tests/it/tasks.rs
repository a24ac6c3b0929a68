//! Tasks: how they end, who waits for them, what becomes of those that nobody waits for.
use crate::{assert_says, right, right_in, right_on_one_thread, wrong};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::{Checker, FailureKind};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Barrier, Mutex, Notify, Semaphore};
use tokio::task::{JoinSet, spawn_blocking, yield_now};

/// Saves three files, and leaves before they are saved or after.
async fn save_all(waits: bool) {
    let saved = Arc::new(AtomicUsize::new(0));
    let mut files = JoinSet::new();
    for _ in 0..2 {
        let saved = saved.clone();
        files.spawn(async move {
            yield_now().await;
            saved.fetch_add(1, SeqCst);
        });
    }
    if waits {
        while let Some(file) = files.join_next().await {
            file.unwrap();
        }
    } else {
        files.join_next().await.unwrap().unwrap();
        drop(files);
    }
    assert_eq!(saved.load(SeqCst), 2, "not everything was saved");
}

#[test]
fn a_join_set_dropped_early() {
    let failure = wrong(|| save_all(false));
    assert!(failure.message.contains("not everything was saved"), "{failure}");
    right(|| save_all(true));
}

/// A detached task is cut off when the runtime ends.
fn log_a_line(waits: bool) {
    let written = Arc::new(AtomicBool::new(false));
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let written = written.clone();
        let logger = tokio::spawn(async move {
            yield_now().await;
            written.store(true, SeqCst);
        });
        if waits {
            logger.await.unwrap();
        }
    });
    drop(runtime);
    assert!(written.load(SeqCst), "the line was not written");
}

#[test]
fn a_detached_task_ends_with_the_runtime() {
    let failure = Checker::new().check(|| log_a_line(false)).unwrap_err();
    assert!(failure.message.contains("not written"), "{failure}");
    right_in(|| log_a_line(true));
}

async fn broken_worker(handled: bool) {
    let worker = tokio::spawn(async {
        yield_now().await;
        panic!("the worker broke");
    });
    if handled {
        let error = worker.await.unwrap_err();
        assert!(error.is_panic() && !error.is_cancelled());
        assert_eq!(*error.into_panic().downcast::<String>().unwrap(), "the worker broke");
    } else {
        yield_now().await;
    }
}

#[test]
fn a_panic_goes_to_whoever_joins() {
    let failure = wrong(|| broken_worker(false));
    assert_eq!(failure.kind, FailureKind::Panic, "{failure}");
    right(|| broken_worker(true));
}

/// An aborted task stops at an await: between two of them, or before what must be undone.
async fn abort_while_it_holds(has_a_guard: bool) {
    struct Leave<'a>(&'a AtomicUsize);
    impl Drop for Leave<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, SeqCst);
        }
    }
    let inside = Arc::new(AtomicUsize::new(0));
    let counter = inside.clone();
    let visitor = tokio::spawn(async move {
        counter.fetch_add(1, SeqCst);
        if has_a_guard {
            let _leaves = Leave(&counter);
            yield_now().await;
        } else {
            yield_now().await;
            counter.fetch_sub(1, SeqCst);
        }
    });
    visitor.abort();
    let _ = visitor.await;
    assert_eq!(inside.load(SeqCst), 0, "somebody never left");
}

#[test]
fn an_abort_between_two_steps() {
    let failure = wrong(|| abort_while_it_holds(false));
    assert!(failure.message.contains("never left"), "{failure}");
    right(|| abort_while_it_holds(true));
}

/// A permit must come back when whoever holds it is cancelled.
async fn abort_with_a_permit(by_drop: bool) {
    let seats = Arc::new(Semaphore::new(1));
    let theirs = seats.clone();
    let guest = tokio::spawn(async move {
        let permit = theirs.acquire().await.unwrap();
        if by_drop {
            yield_now().await;
        } else {
            permit.forget();
            yield_now().await;
            theirs.add_permits(1);
        }
    });
    guest.abort();
    let _ = guest.await;
    let _seat = seats.acquire().await.unwrap();
}

#[test]
fn a_permit_lost_by_cancellation() {
    let failure = wrong(|| abort_with_a_permit(false));
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "main waits at");
    assert_says(&failure, "for seats");
    right(|| abort_with_a_permit(true));
}

#[test]
fn an_aborted_task_says_so_or_has_ended() {
    right(|| async {
        let task = tokio::spawn(async {
            yield_now().await;
            1
        });
        task.abort_handle().abort();
        match task.await {
            Ok(n) => assert_eq!(n, 1),
            Err(error) => assert!(error.is_cancelled()),
        }
    });
}

/// Work that blocks has a thread of its own, also on a runtime with one.
async fn hash(on_its_own_thread: bool) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let wait = move || receiver.recv().unwrap();
    let hash = if on_its_own_thread { spawn_blocking(wait) } else { tokio::spawn(async move { wait() }) };
    yield_now().await;
    sender.send(7).unwrap();
    assert_eq!(hash.await.unwrap(), 7);
}

#[test]
fn blocking_work_on_a_thread_of_its_own() {
    let one = || Builder::new_current_thread().build().unwrap();
    let failure = Checker::new().check(move || one().block_on(hash(false))).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "held by hash");
    right_on_one_thread(|| hash(true));
}

/// A multi-threaded runtime may have one thread too.
#[test]
fn one_worker_is_one_thread_for_all_tasks() {
    let program = |workers: usize| {
        move || {
            let runtime = Builder::new_multi_thread().worker_threads(workers).build().unwrap();
            runtime.block_on(async {
                let (sender, receiver) = std::sync::mpsc::channel();
                let first = tokio::spawn(async move { receiver.recv().unwrap() });
                let second = tokio::spawn(async move { sender.send(1).unwrap() });
                first.await.unwrap();
                second.await.unwrap();
            });
        }
    };
    let failure = Checker::new().check(program(1)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    right_in(program(2));
}

async fn nested(block_on_again: bool) {
    let outer = tokio::spawn(async move {
        if block_on_again { Runtime::new().unwrap().block_on(async { 1 }) } else { async { 1 }.await }
    });
    assert_eq!(outer.await.unwrap(), 1);
}

#[test]
fn a_runtime_within_a_runtime() {
    let failure = wrong(|| nested(true));
    assert!(failure.message.contains("Cannot start a runtime from within a runtime"), "{failure}");
    right(|| nested(false));
}

/// A barrier waits for as many as it was told.
async fn meet(barrier_for: usize) {
    let barrier = Arc::new(Barrier::new(barrier_for));
    let other = barrier.clone();
    let guest = tokio::spawn(async move { other.wait().await.is_leader() });
    let leads = barrier.wait().await.is_leader();
    assert_ne!(leads, guest.await.unwrap());
}

#[test]
fn a_barrier_for_one_too_many() {
    let failure = wrong(|| meet(3));
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "for barrier");
    right(|| meet(2));
}

/// `try_join!` drops the others at the first error.
async fn reserve_both(gives_back: bool) {
    let booked = Arc::new(Mutex::new(0));
    let seat = async {
        *booked.lock().await += 1;
        yield_now().await;
        Ok::<_, &str>(())
    };
    let room = async {
        yield_now().await;
        Err::<(), _>("no room left")
    };
    let result = tokio::try_join!(seat, room);
    if result.is_err() && gives_back {
        *booked.lock().await = 0;
    }
    let watcher = tokio::spawn(async move { *booked.lock().await });
    let left = watcher.await.unwrap();
    assert_eq!((result, left), (Err("no room left"), 0), "something stays booked");
}

#[test]
fn what_try_join_leaves_half_done() {
    let failure = wrong(|| reserve_both(false));
    assert!(failure.message.contains("stays booked"), "{failure}");
    right(|| reserve_both(true));
}

/// A future by hand, which must keep the newest waker.
async fn wait_by_hand(keeps_the_newest: bool) {
    use std::task::{Poll, Waker};
    let rung = Arc::new(std::sync::Mutex::new((false, None::<Waker>)));
    let ringer = rung.clone();
    let ring = tokio::spawn(async move {
        let mut bell = ringer.lock().unwrap();
        bell.0 = true;
        let waker = bell.1.take();
        drop(bell);
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    let bell = std::future::poll_fn(move |context| {
        let mut bell = rung.lock().unwrap();
        if bell.0 {
            return Poll::Ready(());
        }
        if bell.1.is_none() || keeps_the_newest {
            bell.1 = Some(context.waker().clone());
        }
        Poll::Pending
    });
    // Polled once here, and then by a task of its own.
    let mut bell = Box::pin(bell);
    let first = std::future::poll_fn(|context| Poll::Ready(bell.as_mut().poll(context))).await;
    if first.is_pending() {
        let waiter = tokio::spawn(bell);
        waiter.await.unwrap();
    }
    ring.await.unwrap();
}

#[test]
fn a_waker_not_registered_again() {
    let failure = wrong(|| wait_by_hand(false));
    assert_eq!(failure.kind, FailureKind::Deadlock, "{failure}");
    assert_says(&failure, "for somebody to wake it");
    right(|| wait_by_hand(true));
}

/// Which branch of a `select!` comes first is chance, unless it says otherwise.
async fn first_of_two(biased: bool) {
    let (left, right) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    left.notify_one();
    right.notify_one();
    let other = right.clone();
    tokio::spawn(async move { other.notify_one() }).await.unwrap();
    let first = if biased {
        tokio::select! {
            biased;
            () = left.notified() => "left",
            () = right.notified() => "right",
        }
    } else {
        tokio::select! {
            () = left.notified() => "left",
            () = right.notified() => "right",
        }
    };
    assert_eq!(first, "left");
}

#[test]
fn select_begins_anywhere() {
    let failure = wrong(|| first_of_two(false));
    assert_eq!(failure.kind, FailureKind::Panic, "{failure}");
    right(|| first_of_two(true));
}

#[test]
fn select_has_conditions_patterns_and_an_else() {
    right_on_one_thread(|| async {
        let task = tokio::spawn(async { 1 });
        let mut seen = Vec::new();
        let never = std::future::pending::<()>;
        for round in 0..3 {
            tokio::select! {
                Some(n) = async { (round == 0).then_some(5) } => seen.push(n),
                () = never(), if round > 5 => unreachable!(),
                (a, mut b) = async { (1, 2) }, if round == 1 => { b += a; seen.push(b) }
                else => seen.push(0),
            }
        }
        assert_eq!(seen.len(), 3);
        assert_eq!((seen[0], seen[1], seen[2]), (5, 3, 0));
        let (one, two) = tokio::join!(task, async { 2 });
        assert_eq!((one.unwrap(), two), (1, 2));
    });
}
