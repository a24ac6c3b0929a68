//! Whoever waits for long sleeps until it is woken: it does not get up in between to look, and it is not late.
use interleave::Checker;
use judge::{Deed, expect_eq};
use std::thread;
use std::time::{Duration, Instant};

/// How long the wait is: no multiple of any time after which somebody might look again.
pub const LONG: Duration = Duration::from_millis(997);

/// No time-out comes early, and nobody is woken for no reason: time passes only when nobody can go on.
pub fn on_time() -> Checker {
    Checker::new().luck(0)
}

/// Runs `wait`, which sleeps once, and a few times to spare, by the answer's own calls.
pub fn asleep<R>(wait: impl FnOnce() -> R) -> R {
    let (answer, cost) = judge::count(wait);
    let why = "once until it is woken, and some to spare";
    cost.at_most(Deed::Waits, 4, why);
    // Who looks for a message now and then goes to sleep without a word, and wakes up with one.
    cost.at_most(Deed::Wakes, 4, why);
    answer
}

/// Runs `wait` on a thread of its own, and `end`, which ends the waiting, a long time after. In a model that is
/// [`on_time`].
///
/// # Panics
/// When one of them does.
pub fn waits_for_long<R: Send>(wait: impl FnOnce() -> R + Send, end: impl FnOnce()) -> R {
    let start = Instant::now();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| (asleep(wait), start.elapsed()));
        thread::sleep(LONG);
        end();
        let (answer, ended) = waiter.join().unwrap();
        expect_eq("when somebody went on who had to wait for 997 ms", ended, LONG);
        answer
    })
}
