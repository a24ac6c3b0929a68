//! The pause is counted from the beginning of a round, so after a long one there is none left.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    thread: JoinHandle<u64>,
    go_home: Arc<AtomicBool>,
}

impl Watchman {
    /// Starts a thread that makes the rounds.
    pub fn start(pause: Duration, mut round: impl FnMut() + Send + 'static) -> Watchman {
        let go_home = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&go_home);
        let thread = thread::spawn(move || {
            let mut rounds = 0;
            let mut due = Instant::now() + pause;
            while !told.load(Ordering::SeqCst) {
                let now = Instant::now();
                if now < due {
                    thread::park_timeout(due - now);
                } else {
                    round();
                    rounds += 1;
                    due += pause;
                }
            }
            rounds
        });
        Watchman { thread, go_home }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        self.go_home.store(true, Ordering::SeqCst);
        self.thread.thread().unpark();
        self.thread.join().unwrap()
    }
}
