//! Every picture of the chapter is drawn from the program it shows, by the explorer: `pictures/` can never go stale.
//!
//! To draw them anew: `INTERLEAVE_PICTURES=write cargo test -p sync --test pictures`.
extern crate interleave as std; // every `use std::…` of the programs is the explorer's

#[path = "../src/bin/d304_philosophers.rs"]
#[expect(dead_code, reason = "a picture shows a part of its demo")]
mod d304_philosophers;
#[path = "../src/bin/d305_semaphore.rs"]
#[expect(dead_code, reason = "a picture shows a part of its demo")]
mod d305_semaphore;
#[path = "../src/bin/d308_condvar.rs"]
#[expect(dead_code, reason = "a picture shows a part of its demo")]
mod d308_condvar;
#[path = "../src/bin/d314_step_through.rs"]
#[expect(dead_code, reason = "a picture shows a part of its demo")]
mod d314_step_through;
#[path = "../wrong/e306_barrier/waits_for_zero.rs"]
mod e306_barrier;
#[path = "../wrong/e312_transfer/as_it_was.rs"]
#[expect(dead_code, reason = "a picture shows a part of its exercise")]
mod e312_transfer;
#[path = "../wrong/e313_task_done/skips_what_fails.rs"]
mod e313_task_done;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::thread;

#[test]
fn the_chapter_shows_what_the_explorer_draws() {
    judge::chapter::check_pictures(
        env!("CARGO_PKG_NAME"),
        env!("CARGO_MANIFEST_DIR"),
        &[
            ("e312_transfer", transfer),
            ("d304_philosophers", philosophers),
            ("d305_semaphore", semaphore),
            ("d308_condvar", condvar),
            ("d314_step_through", step_through),
            ("e306_barrier", barrier),
            ("e313_task_done", task_done),
        ],
    );
}

/// One thread, one transfer.
fn transfer() -> String {
    judge::chapter::failing_schedule(|| {
        let (ann, ben) = (e312_transfer::Account::new(1, 100), e312_transfer::Account::new(2, 80));
        e312_transfer::transfer(&ann, &ben, 30);
    })
}

/// Two threads, and a pool with a limit of 1 that releases each permit when it returns.
fn semaphore() -> String {
    judge::chapter::failing_schedule(|| {
        let pool = Arc::new(d305_semaphore::Pool::new(1));
        let connected = Arc::new(AtomicUsize::new(0));
        let threads = ["Ann", "Ben"].map(|name| {
            let (pool, connected) = (Arc::clone(&pool), Arc::clone(&connected));
            let work = move || {
                pool.connect_and_release();
                let now = connected.fetch_add(1, SeqCst) + 1;
                assert!(now <= 1, "{now} connected, and the limit is 1");
                connected.fetch_sub(1, SeqCst);
                pool.close_and_release();
            };
            thread::Builder::new().name(name.into()).spawn(work).unwrap()
        });
        for thread in threads {
            thread.join().unwrap();
        }
    })
}

/// Five philosophers who all take the left fork first, and none of whom waits for the others to do so.
fn philosophers() -> String {
    judge::chapter::failing_schedule(|| {
        let eaten = Arc::new(AtomicU32::new(0));
        for philosopher in d304_philosophers::left_then_right(&d304_philosophers::NAMES, || (), &eaten) {
            philosopher.join().unwrap();
        }
    })
}

/// Two producers and two consumers around one condition variable, one item each.
fn condvar() -> String {
    judge::chapter::failing_schedule(|| {
        let queue = Arc::new(d308_condvar::Queue::with_one_condvar(false));
        for thread in d308_condvar::start(&queue, 2, 1) {
            thread.join().unwrap();
        }
    })
}

/// Two threads that meet twice, at a barrier whose count is all that it has.
fn barrier() -> String {
    judge::chapter::failing_schedule(|| {
        let barrier = Arc::new(e306_barrier::Barrier::new(2));
        let threads = ["slow", "quick"].map(|name| {
            let barrier = Arc::clone(&barrier);
            let work = move || {
                barrier.wait();
                barrier.wait();
            };
            thread::Builder::new().name(name.into()).spawn(work).unwrap()
        });
        for thread in threads {
            thread.join().unwrap();
        }
    })
}

/// Two jobs, the first of which fails, for a worker that passes over what fails.
fn task_done() -> String {
    judge::chapter::failing_schedule(|| {
        let queue = Arc::new(e313_task_done::WorkQueue::new());
        let work = |job: u32| if job == 1 { Err(job) } else { Ok(()) };
        let worker = {
            let queue = Arc::clone(&queue);
            let body = move || e313_task_done::worker(&queue, work);
            thread::Builder::new().name("worker".into()).spawn(body).unwrap()
        };
        queue.put(Some(1));
        queue.put(Some(2));
        queue.join();
        queue.put(None);
        worker.join().unwrap();
    })
}

/// Two visits, one of them lost, by turns that somebody chose.
fn step_through() -> String {
    d314_step_through::game("visits", d314_step_through::visits, &["Ann", "Ben", "Ben", "Ann"]).svg()
}
