//! The pause is a `sleep`, which nothing can end: who stops him waits for the rest of it.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

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
            loop {
                thread::sleep(pause);
                if told.load(Ordering::SeqCst) {
                    break;
                }
                round();
                rounds += 1;
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
