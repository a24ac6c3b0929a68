//! The thread that looks after a judge's process: it ends it when the runner is gone, and tells the runner, now and then,
//! who holds what and waits for what.
use crate::allocations::uncounted;
use crate::explain::Sources;
use crate::protocol::Channel;
use crate::standstill::Board;
use crate::text;
use interleave::watch;
use std::os::unix::process::parent_id;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The name of the judge's own thread in every judged process: whoever looks whether all threads wait must not wait for
/// this one, which gets up four times a second.
pub const WATCHER: &str = "runner-watch";

/// How often to look.
const EVERY: Duration = Duration::from_millis(250);

/// How often to tell at least, while threads are watched.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// The channel as both threads have it; none when the last message was sent.
pub(super) type Shared = Arc<Mutex<Option<Channel>>>;

pub(super) fn lock(channel: &Shared) -> MutexGuard<'_, Option<Channel>> {
    channel.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the thread. A judged program must not outlive its runner, however that went, least of all one that would never
/// end.
pub(super) fn start(channel: Shared, answer: PathBuf, judge: String) {
    let runner = parent_id();
    let guard = move || {
        // Its memory is not the answer's.
        uncounted(|| {
            let mut teller = Teller { channel, answer, judge, sources: None, before: 0, told: None };
            while parent_id() == runner {
                thread::sleep(EVERY);
                teller.look();
            }
        });
        std::process::exit(3);
    };
    // Without this thread the judge works as well, and only a killed runner would be noticed later.
    let _ = thread::Builder::new().name(WATCHER.into()).spawn(guard);
}

struct Teller {
    channel: Shared,
    answer: PathBuf,
    judge: String,
    sources: Option<Sources>,
    /// What had been done at the last look.
    before: u64,
    /// When the board was last told, and what had been done then.
    told: Option<(Instant, u64)>,
}

impl Teller {
    /// Tells the board when nothing has moved since the last look, and every second anyway.
    fn look(&mut self) {
        if !watch::is_on() {
            return;
        }
        let deeds = watch::deeds();
        let stands = deeds == self.before;
        self.before = deeds;
        let is_news =
            self.told.is_none_or(|(at, then)| at.elapsed() >= TELL_EVERY || stands && then != deeds);
        if !is_news {
            return;
        }
        self.told = Some((Instant::now(), deeds));
        let sources = self.sources.get_or_insert_with(|| Sources {
            answer: text::from_root(&self.answer),
            text: std::fs::read_to_string(&self.answer).unwrap_or_default(),
            judge: self.judge.clone(),
        });
        // Under the lock, so that no board of one layer comes after the beginning of the next.
        if let Some(channel) = &mut *lock(&self.channel) {
            // A runner that does not listen is noticed by whoever sends the next message.
            let _ = channel.send_board(&Board::now(sources, watch::my_task()));
        }
    }
}
