//! Exercise 107: a watchman who goes home when he is told to.
//!
//! At night a watchman makes a round of the museum, pauses, makes the next one. He works in the background, and nobody
//! waits for him until he is told to stop. Then he goes home at once: not at the end of his pause, and not never.
//!
//! Write `start` and `stop`, and give `Watchman` what they need:
//!
//! * `start` starts a thread that calls `round` again and again: for the first time one `pause` after the start, then
//!   each time one `pause` after the end of the round before. Never earlier, whatever may wake the thread;
//! * `stop` may be called at any moment, in a pause, in a round, or before the thread has done anything. A round that is
//!   under way is finished, no other begins, and nobody waits for the rest of a pause. When `stop` returns, the thread
//!   has ended; it gives the number of rounds made;
//! * while he pauses, the watchman keeps no processor busy, and does not get up to look whether it is time.
//!
//! ```text
//! let watchman = Watchman::start(Duration::from_secs(3600), || println!("all quiet"));
//! thread::sleep(Duration::from_secs(9000));    // two rounds and a half
//! assert_eq!(watchman.stop(), 2);              // returns at once
//! ```

//~ // You will need a way to wait for one of two things: for the end of a pause, and for being told to stop.
//~ use std::thread::JoinHandle;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
//~ end
use std::time::Duration;

/// Somebody who makes a round again and again, in the background.
pub struct Watchman {
    /// Its result is the number of rounds.
    thread: JoinHandle<u64>,
    //~
    /// Whether he shall go home, and what tells him that this has changed.
    sent_home: Arc<(Mutex<bool>, Condvar)>,
    //~ end
}

impl Watchman {
    /// Starts a thread that calls `round` whenever another `pause` is over.
    pub fn start(pause: Duration, round: impl FnMut() + Send + 'static) -> Watchman {
        //~ let _ = round; // the thread calls it
        //~ todo!("a thread that makes a round every {pause:?}")
        let mut round = round;
        let sent_home = Arc::new((Mutex::new(false), Condvar::new()));
        let told = Arc::clone(&sent_home);
        let thread = thread::spawn(move || {
            let (go_home, changed) = &*told;
            let mut rounds = 0;
            loop {
                let waiting = go_home.lock().unwrap();
                // Looks before it waits, so that what was said earlier is heard; and again whenever it wakes, so that
                // a wake-up for no reason is none.
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
        //~ end
    }

    /// Sends him home, waits until he has left, and gives the number of rounds he has made.
    pub fn stop(self) -> u64 {
        //~ todo!("tell {:?}, then wait for it", self.thread)
        let (go_home, changed) = &*self.sent_home;
        *go_home.lock().unwrap() = true;
        changed.notify_one();
        self.thread.join().expect("a round does not panic")
        //~ end
    }
}
