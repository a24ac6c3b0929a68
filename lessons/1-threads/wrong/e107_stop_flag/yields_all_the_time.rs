//! He lets others go first, and then looks at once again: a processor is busy all night.
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
            let mut last = Instant::now();
            while !told.load(Ordering::SeqCst) {
                thread::yield_now();
                if last.elapsed() >= pause {
                    round();
                    rounds += 1;
                    last = Instant::now();
                }
            }
            rounds
        });
        Watchman { thread, go_home }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        self.go_home.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}
