//! Schedules taken for one must lead to the same: with merging and without, the same outcomes are seen.
use std::Checker;
use std::collections::BTreeSet;
use std::model::Notes;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, Notify, Semaphore, mpsc, watch};
use tokio::time::{Duration, timeout};

/// Everything that can come out of a program, with equal schedules merged or each by itself.
fn outcomes<F>(merge: bool, one_thread: bool, program: fn() -> F) -> BTreeSet<String>
where
    F: Future<Output = String> + 'static,
{
    let seen = Arc::new(Notes::new(BTreeSet::new()));
    let notes = seen.clone();
    let checker = Checker::new().merge(merge).runs_per_round(1_000_000).runs_beyond_bound(1_000_000);
    let report = checker.steps_per_round(50_000_000, 50_000_000).check(move || {
        let runtime = if one_thread { Builder::new_current_thread().build() } else { Runtime::new() };
        let outcome = runtime.unwrap().block_on(program());
        notes.with(|seen| seen.insert(outcome));
    });
    let report = report.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(report.complete, "{report}");
    seen.with(std::mem::take)
}

fn assert_same<F>(program: fn() -> F, at_least: usize)
where
    F: Future<Output = String> + 'static,
{
    for one_thread in [false, true] {
        let merged = outcomes(true, one_thread, program);
        assert_eq!(merged, outcomes(false, one_thread, program));
        assert!(one_thread || merged.len() >= at_least, "{merged:?}");
    }
}

#[test]
fn locks_and_permits() {
    async fn program() -> String {
        let order = Arc::new(Mutex::new(String::new()));
        let seats = Arc::new(Semaphore::new(1));
        let (their_order, their_seats) = (order.clone(), seats.clone());
        let task = tokio::spawn(async move {
            let seat = their_seats.try_acquire();
            *their_order.lock().await += &format!("task {} ", seat.is_ok());
        });
        let seat = seats.try_acquire();
        *order.lock().await += &format!("main {} ", seat.is_ok());
        drop(seat);
        task.await.unwrap();
        format!("{}", order.lock().await)
    }
    assert_same(program, 4);
}

#[test]
fn messages_and_closed_ends() {
    async fn program() -> String {
        let (sender, mut receiver) = mpsc::channel(1);
        let task = tokio::spawn(async move { format!("{:?}", sender.try_send(1).is_ok()) });
        let first = receiver.try_recv();
        let then = if first.is_err() { receiver.recv().await } else { None };
        drop(receiver);
        format!("{first:?} {then:?} {}", task.await.unwrap())
    }
    assert_same(program, 2);
}

#[test]
fn selected_branches_and_time() {
    async fn program() -> String {
        let bell = Arc::new(Notify::new());
        let rings = bell.clone();
        let (set, mut settings) = watch::channel(0);
        let task = tokio::spawn(async move {
            rings.notify_one();
            set.send(1).unwrap_or_default();
        });
        let first = tokio::select! {
            () = bell.notified() => "bell",
            _ = settings.changed() => "settings",
        };
        let then = timeout(Duration::from_secs(1), settings.changed()).await.is_ok();
        task.await.unwrap();
        format!("{first} {then}")
    }
    assert_same(program, 3);
}
