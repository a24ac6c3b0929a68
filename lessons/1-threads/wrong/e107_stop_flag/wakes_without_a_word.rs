//! There is a call and no flag: a call that comes before he waits is heard by nobody, and he goes on for ever.
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    thread: JoinHandle<u64>,
    sent_home: Arc<(Mutex<()>, Condvar)>,
}

impl Watchman {
    /// Starts a thread that makes the rounds.
    pub fn start(pause: Duration, round: impl FnMut() + Send + 'static) -> Watchman {
        let mut round = round;
        let sent_home = Arc::new((Mutex::new(()), Condvar::new()));
        let told = Arc::clone(&sent_home);
        let thread = thread::spawn(move || {
            let (go_home, changed) = &*told;
            let mut rounds = 0;
            loop {
                let waiting = go_home.lock().unwrap();
                let (waited, result) = changed.wait_timeout(waiting, pause).unwrap();
                drop(waited);
                if !result.timed_out() {
                    return rounds;
                }
                round();
                rounds += 1;
            }
        });
        Watchman { thread, sent_home }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        let (_, changed) = &*self.sent_home;
        changed.notify_one();
        self.thread.join().unwrap()
    }
}
