//! The flag is changed without the lock, between his look at it and his falling asleep: the call comes too early.
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    thread: JoinHandle<u64>,
    sent_home: Arc<(AtomicBool, Condvar)>,
}

impl Watchman {
    /// Starts a thread that makes the rounds.
    pub fn start(pause: Duration, mut round: impl FnMut() + Send + 'static) -> Watchman {
        let sent_home = Arc::new((AtomicBool::new(false), Condvar::new()));
        let told = Arc::clone(&sent_home);
        let thread = thread::spawn(move || {
            let (go_home, changed) = &*told;
            let nothing = Mutex::new(());
            let mut rounds = 0;
            let mut due = Instant::now() + pause;
            while !go_home.load(Ordering::SeqCst) {
                let now = Instant::now();
                if now < due {
                    drop(changed.wait_timeout(nothing.lock().unwrap(), due - now).unwrap());
                } else {
                    round();
                    rounds += 1;
                    due = Instant::now() + pause;
                }
            }
            rounds
        });
        Watchman { thread, sent_home }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        let (go_home, changed) = &*self.sent_home;
        go_home.store(true, Ordering::SeqCst);
        changed.notify_one();
        self.thread.join().unwrap()
    }
}
