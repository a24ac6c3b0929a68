//! Time: it is up early, or when nothing else can go on.
use crate::{assert_says, right, right_on_one_thread, wrong};
use std::FailureKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use tokio::sync::{Mutex, oneshot};
use tokio::task::yield_now;
use tokio::time::{Duration, Instant, interval, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

/// Moves money under a time limit: in two halves, or at once.
async fn transfer_within(at_once: bool) {
    let accounts = Arc::new(Mutex::new((100, 0)));
    let theirs = accounts.clone();
    let auditor = tokio::spawn(async move {
        let _looks = theirs.lock().await;
        yield_now().await;
    });
    let _ = timeout(SECOND, async {
        if at_once {
            let mut accounts = accounts.lock().await;
            accounts.0 -= 10;
            accounts.1 += 10;
        } else {
            accounts.lock().await.0 -= 10;
            accounts.lock().await.1 += 10;
        }
    })
    .await;
    auditor.await.unwrap();
    let (from, to) = *accounts.lock().await;
    assert_eq!(from + to, 100, "money is gone");
}

#[test]
fn a_time_out_between_two_halves() {
    let failure = wrong(|| transfer_within(false));
    assert!(failure.message.contains("money is gone"), "{failure}");
    assert_says(&failure, "time is up");
    right(|| transfer_within(true));
}

/// Sleeping is not waiting.
async fn wait_for_the_worker(by_joining: bool) {
    let done = Arc::new(AtomicBool::new(false));
    let theirs = done.clone();
    let worker = tokio::spawn(async move { theirs.store(true, SeqCst) });
    if by_joining {
        worker.await.unwrap();
    } else {
        sleep(60 * SECOND).await;
    }
    assert!(done.load(SeqCst), "the worker was not done");
}

#[test]
fn a_sleep_is_no_join() {
    let failure = wrong(|| wait_for_the_worker(false));
    assert!(failure.message.contains("not done"), "{failure}");
    right(|| wait_for_the_worker(true));
}

/// An answer may come too late.
async fn ask_with_a_limit(expects_an_answer: bool) {
    let (answer, question) = oneshot::channel();
    let clerk = tokio::spawn(async move {
        sleep(SECOND).await;
        let _ = answer.send(42);
    });
    match timeout(2 * SECOND, question).await {
        Ok(answer) => assert_eq!(answer.unwrap(), 42),
        Err(elapsed) => assert!(!expects_an_answer, "{elapsed}"),
    }
    clerk.await.unwrap();
}

#[test]
fn an_answer_that_comes_too_late() {
    let failure = wrong(|| ask_with_a_limit(true));
    assert_eq!(failure.kind, FailureKind::Panic, "{failure}");
    assert!(failure.message.contains("deadline has elapsed"), "{failure}");
    right(|| ask_with_a_limit(false));
}

#[test]
fn the_earliest_sleeper_wakes_first_when_nobody_is_late() {
    let checker = std::Checker::new().luck(0);
    let report = checker.check(|| {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let start = Instant::now();
            let late = tokio::spawn(async move {
                sleep(3 * SECOND).await;
                start.elapsed()
            });
            let mut ticks = interval(SECOND);
            ticks.tick().await;
            ticks.tick().await;
            assert_eq!(start.elapsed(), SECOND);
            assert_eq!(late.await.unwrap(), 3 * SECOND);
        });
    });
    assert!(report.unwrap().complete);
}

#[test]
fn two_sleeps_of_one_task() {
    right_on_one_thread(|| async {
        let task = tokio::spawn(async {
            tokio::select! {
                () = sleep(2 * SECOND) => panic!("the longer one won"),
                () = sleep(SECOND) => 1,
            }
        });
        assert_eq!(task.await.unwrap(), 1);
    });
}
