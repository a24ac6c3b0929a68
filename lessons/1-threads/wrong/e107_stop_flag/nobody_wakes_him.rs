//! The flag is set, and nobody wakes the one who waits: he finds it at the end of his pause.
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    thread: JoinHandle<u64>,
    sent_home: Arc<(Mutex<bool>, Condvar)>,
}

impl Watchman {
    /// Starts a thread that makes the rounds.
    pub fn start(pause: Duration, round: impl FnMut() + Send + 'static) -> Watchman {
        let mut round = round;
        let sent_home = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&sent_home);
        let thread = thread::spawn(move || {
            let (go_home, changed) = &*told;
            let mut rounds = 0;
            loop {
                let waiting = go_home.lock().unwrap();
                let (told, _) = changed.wait_timeout_while(waiting, pause, |told| !*told).unwrap();
                if *told {
                    return rounds;
                }
                drop(told);
                round();
                rounds += 1;
            }
        });
        Watchman { thread, sent_home }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        let (go_home, _) = &*self.sent_home;
        *go_home.lock().unwrap() = true;
        self.thread.join().unwrap()
    }
}
