//! `stop` reads the number of rounds, and then waits for the end of one more.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    thread: JoinHandle<()>,
    rounds: Arc<AtomicU64>,
    orders: Sender<()>,
}

impl Watchman {
    /// Starts a thread that makes the rounds.
    pub fn start(pause: Duration, mut round: impl FnMut() + Send + 'static) -> Watchman {
        let (orders, told) = mpsc::channel();
        let rounds = Arc::new(AtomicU64::new(0));
        let made = Arc::clone(&rounds);
        let thread = thread::spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = told.recv_timeout(pause) {
                round();
                made.fetch_add(1, Ordering::SeqCst);
            }
        });
        Watchman { thread, rounds, orders }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        drop(self.orders);
        let rounds = self.rounds.load(Ordering::SeqCst);
        self.thread.join().unwrap();
        rounds
    }
}
