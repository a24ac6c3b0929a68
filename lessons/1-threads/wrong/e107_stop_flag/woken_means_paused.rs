//! Waits once for the end of a pause: any wake-up that is no order to go home, also one for no reason, counts as a pause.
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
    pub fn start(pause: Duration, mut round: impl FnMut() + Send + 'static) -> Watchman {
        let sent_home = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&sent_home);
        let thread = thread::spawn(move || {
            let (go_home, changed) = &*told;
            let mut rounds = 0;
            loop {
                let mut waiting = go_home.lock().unwrap();
                if !*waiting {
                    waiting = changed.wait_timeout(waiting, pause).unwrap().0;
                }
                if *waiting {
                    return rounds;
                }
                drop(waiting);
                round();
                rounds += 1;
            }
        });
        Watchman { thread, sent_home }
    }

    /// Sends him home.
    pub fn stop(self) -> u64 {
        let (go_home, changed) = &*self.sent_home;
        *go_home.lock().unwrap() = true;
        changed.notify_one();
        self.thread.join().unwrap()
    }
}
