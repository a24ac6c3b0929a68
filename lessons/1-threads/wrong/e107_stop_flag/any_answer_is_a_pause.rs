//! A channel that is closed gives an error at once, and that error is taken for the end of a pause: round after round, for ever.
use std::sync::mpsc::{self, Sender};
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
            while told.recv_timeout(pause).is_err() {
                round();
                rounds += 1;
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
