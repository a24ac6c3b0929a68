//! The flag is a `static`: who sends one watchman home sends all of them home.
use std::sync::{Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

static GO_HOME: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    thread: JoinHandle<u64>,
}

impl Watchman {
    /// Starts a thread that makes the rounds.
    pub fn start(pause: Duration, mut round: impl FnMut() + Send + 'static) -> Watchman {
        *GO_HOME.lock().unwrap() = false;
        let thread = thread::spawn(move || {
            let mut rounds = 0;
            loop {
                let waiting = GO_HOME.lock().unwrap();
                let (told, _) = CHANGED.wait_timeout_while(waiting, pause, |told| !*told).unwrap();
                if *told {
                    return rounds;
                }
                drop(told);
                round();
                rounds += 1;
            }
        });
        Watchman { thread }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        *GO_HOME.lock().unwrap() = true;
        CHANGED.notify_one();
        self.thread.join().unwrap()
    }
}
