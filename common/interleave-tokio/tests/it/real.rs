//! Outside a check it is tokio.
use std::sync::Arc;
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio::sync::{Barrier, Mutex, Notify, RwLock, Semaphore, broadcast, mpsc, oneshot, watch};
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio::time::{Duration, Instant, interval, sleep, timeout};

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn the_runtime_underneath_is_tokios() {
    for runtime in [Runtime::new().unwrap(), Builder::new_current_thread().enable_all().build().unwrap()] {
        let known = runtime.block_on(async {
            let task = tokio::spawn(async { real_tokio_is_here() });
            let blocking = spawn_blocking(real_tokio_is_here);
            real_tokio_is_here() && task.await.unwrap() && blocking.await.unwrap()
        });
        assert!(known);
    }
    let flavor = Runtime::new().unwrap().block_on(async { Handle::current().runtime_flavor() });
    assert_eq!(flavor, RuntimeFlavor::MultiThread);
}

/// Whether tokio itself, not its stand-in, knows the calling thread.
fn real_tokio_is_here() -> bool {
    Handle::try_current().is_ok() && !std::model::in_model()
}

#[test]
fn everything_works_on_real_threads() {
    Runtime::new().unwrap().block_on(async {
        let total = Arc::new(Mutex::new(0));
        let seats = Arc::new(Semaphore::new(2));
        let mut adders = JoinSet::new();
        for n in 1..=10 {
            let (total, seats) = (total.clone(), seats.clone());
            adders.spawn(async move {
                let _seat = seats.acquire_owned().await.unwrap();
                let mut total = total.lock_owned().await;
                yield_now().await;
                *total += n;
            });
        }
        adders.join_all().await;
        assert_eq!(*total.lock().await, 55);

        let (sender, mut receiver) = mpsc::channel(1);
        let echo = tokio::spawn(async move { receiver.recv().await });
        sender.reserve().await.unwrap().send(7);
        assert_eq!(echo.await.unwrap(), Some(7));
        assert!(sender.send(8).await.is_err());

        let (answer, question) = oneshot::channel();
        answer.send(1).unwrap();
        assert_eq!(question.await, Ok(1));

        let (set, mut settings) = watch::channel(0);
        let waiter = tokio::spawn(async move { *settings.wait_for(|n| *n == 3).await.unwrap() });
        set.send(3).unwrap();
        assert_eq!(waiter.await.unwrap(), 3);

        let (news, mut reader) = broadcast::channel(2);
        news.send("one").unwrap();
        assert_eq!(reader.recv().await, Ok("one"));

        let table = RwLock::new(1);
        assert_eq!(*table.read().await + *table.read().await, 2);
        *table.write().await = 2;
        assert_eq!(table.into_inner(), 2);

        let barrier = Arc::new(Barrier::new(2));
        let other = barrier.clone();
        let there = tokio::spawn(async move { other.wait().await.is_leader() });
        assert_ne!(barrier.wait().await.is_leader(), there.await.unwrap());

        let bell = Notify::new();
        bell.notify_one();
        bell.notified().await;
    });
}

#[test]
fn tasks_end_as_tokios_do() {
    Runtime::new().unwrap().block_on(async {
        let never = tokio::spawn(std::future::pending::<()>());
        assert!(!never.is_finished());
        never.abort();
        assert!(never.await.unwrap_err().is_cancelled());
        let broken = tokio::spawn(async { std::panic::resume_unwind(Box::new("quietly")) });
        let error: tokio::task::JoinError = Result::<(), _>::unwrap_err(broken.await);
        assert_eq!(*error.into_panic().downcast::<&str>().unwrap(), "quietly");
    });
}

#[test]
fn time_passes() {
    Runtime::new().unwrap().block_on(async {
        let start = Instant::now();
        sleep(MILLISECOND).await;
        let mut ticks = interval(MILLISECOND);
        ticks.tick().await;
        ticks.tick().await;
        assert!(start.elapsed() >= 2 * MILLISECOND);
        assert!(timeout(MILLISECOND, std::future::pending::<()>()).await.is_err());
        // A generous limit against a hang, which nothing waits for.
        assert_eq!(timeout(Duration::from_secs(3600), async { 1 }).await, Ok(1));
    });
}

#[test]
fn select_takes_each_ready_branch_sometimes() {
    let mut seen = [0, 0];
    Runtime::new().unwrap().block_on(async {
        // Both missing in 200 throws of a fair coin: once in 10 to the 60.
        for _ in 0..200 {
            tokio::select! {
                () = async {} => seen[0] += 1,
                () = async {} => seen[1] += 1,
            }
        }
    });
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}
