//! `stop` waits for the end of somebody who has not been told to end.
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    thread: JoinHandle<u64>,
    orders: Sender<()>,
}

impl Watchman {
    /// Starts a thread that makes the rounds.
    pub fn start(pause: Duration, mut round: impl FnMut() + Send + 'static) -> Watchman {
        let (orders, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut rounds = 0;
            while let Err(RecvTimeoutError::Timeout) = told.recv_timeout(pause) {
                round();
                rounds += 1;
            }
            rounds
        });
        Watchman { thread, orders }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        let rounds = self.thread.join().unwrap();
        drop(self.orders);
        rounds
    }
}
