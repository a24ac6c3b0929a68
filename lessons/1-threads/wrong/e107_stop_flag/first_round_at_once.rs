//! The first round comes before the first pause.
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
            loop {
                round();
                rounds += 1;
                if told.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                    break;
                }
            }
            rounds
        });
        Watchman { thread, orders }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        drop(self.orders);
        self.thread.join().unwrap()
    }
}
