//! The judge of e107_stop_flag: rounds at their time and never earlier, and a stop that takes no time at all.
//!
//! In a check time passes only while everybody waits. So the times are exact, an hour takes no time, and a watchman who
//! sleeps on when he is told to stop is seen to do so.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e107_stop_flag.rs"]
pub mod exercise;

use exercise::Watchman;
use interleave::Checker;
use judge::{Rendezvous, Verdict, expect_eq, fail};
use std::model::Notes;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

fn main() -> judge::ExitCode {
    judge::exercise!("e107_stop_flag")
        .schedules_with(in_time(), "stopped as soon as he is started", || stopped_after(Duration::ZERO))
        .schedules_with(in_time(), "stopped in his first pause", || stopped_after(10 * MINUTE))
        .schedules_with(in_time(), "stopped after three rounds", three_rounds)
        .schedules_with(in_time(), "rounds that take a while", long_rounds)
        .schedules_with(in_time(), "two watchmen, one after the other stopped", two_watchmen)
        .schedules_with(unlucky(), "woken for no reason", woken)
        .overlap("stopped while he makes a round", stopped_in_a_round)
        .spec("a pause of an hour, stopped at once", || stopped_after(Duration::ZERO))
        .spec("many rounds without a pause worth mentioning", many_rounds)
        .run()
}

/// Nothing ends before its time, so that times can be compared. Threads are still interrupted in every way.
fn in_time() -> Checker {
    Checker::new().luck(0).runs_per_round(20_000).runs_beyond_bound(2_000).steps_per_round(200_000, 40_000)
}

/// With wake-ups for no reason, and waits that end early, when time jumps to their end.
fn unlucky() -> Checker {
    Checker::new().bound(2).runs_beyond_bound(2_000).steps_per_round(200_000, 40_000)
}

/// When a watchman was at work: the times since the start at which his rounds began.
#[derive(Clone, Copy)]
struct Log(&'static Notes<Vec<Duration>>);

impl Log {
    fn new() -> Log {
        Log(Box::leak(Box::new(Notes::new(Vec::new()))))
    }

    /// Starts a watchman whose every round takes so long.
    fn watchman(self, pause: Duration, takes: Duration) -> Watchman {
        let begin = Instant::now();
        let caller = thread::current().id();
        Watchman::start(pause, move || {
            if thread::current().id() == caller {
                fail(Verdict::NotConcurrent, "The round was made by the thread that called `start`.");
            }
            let now = begin.elapsed();
            let last = self.0.with(|times| times.iter().max().map_or(Duration::ZERO, |last| *last + takes));
            if now < last + pause {
                fail(
                    Verdict::WrongResult,
                    format!(
                        "A round began {:?} after the last one, or the start; the pause is {pause:?}.",
                        now - last
                    ),
                );
            }
            self.0.with(|times| times.push(now));
            if !takes.is_zero() {
                thread::sleep(takes);
            }
        })
    }

    fn rounds(self) -> u64 {
        self.0.with(|times| times.len() as u64)
    }

    /// Stops the watchman, who has made as many rounds as he says, and makes no more.
    fn stop(self, watchman: Watchman) -> u64 {
        let said = watchman.stop();
        judge::no_threads_left("stop");
        expect_eq("the number of rounds that `stop` gives", said, self.rounds());
        said
    }
}

/// Calls `stop`, which must take no time.
fn stopped_at_once(stop: impl FnOnce() -> u64) -> u64 {
    let begin = Instant::now();
    let rounds = stop();
    let took = begin.elapsed();
    if std::model::in_model() && !took.is_zero() {
        fail(
            Verdict::TooSlow,
            format!("`stop` returned {took:?} after it was called, although no round was under way."),
        );
    }
    rounds
}

fn stopped_after(time: Duration) {
    let log = Log::new();
    let watchman = log.watchman(HOUR, Duration::ZERO);
    if !time.is_zero() {
        thread::sleep(time);
    }
    let rounds = stopped_at_once(|| log.stop(watchman));
    expect_eq("the number of rounds before the first pause is over", rounds, 0);
}

fn three_rounds() {
    let log = Log::new();
    let watchman = log.watchman(MINUTE, Duration::ZERO);
    thread::sleep(3 * MINUTE + 30 * SECOND);
    stopped_at_once(|| log.stop(watchman));
    let times = log.0.with(|times| times.clone());
    expect_eq(
        "the times of the rounds, a minute's pause between them",
        times,
        vec![MINUTE, 2 * MINUTE, 3 * MINUTE],
    );
}

/// The pause begins when the round is over.
fn long_rounds() {
    let log = Log::new();
    let watchman = log.watchman(MINUTE, 10 * SECOND);
    thread::sleep(2 * MINUTE + 30 * SECOND);
    stopped_at_once(|| log.stop(watchman));
    let times = log.0.with(|times| times.clone());
    expect_eq("the times of rounds that take 10 s each", times, vec![MINUTE, 2 * MINUTE + 10 * SECOND]);
}

fn two_watchmen() {
    let (one, two) = (Log::new(), Log::new());
    let (first, second) = (one.watchman(MINUTE, Duration::ZERO), two.watchman(90 * SECOND, Duration::ZERO));
    thread::sleep(100 * SECOND);
    let rounds = stopped_at_once(|| first.stop());
    expect_eq("the rounds of the one who was stopped first, after 100 s", rounds, 1);
    thread::sleep(100 * SECOND);
    let rounds = stopped_at_once(|| two.stop(second));
    expect_eq("the rounds of the one who was stopped after 200 s", rounds, 2);
    expect_eq("the rounds of the one who had been stopped long before", one.rounds(), 1);
}

/// Whatever wakes him, no round begins too early (his log sees to that), and none after `stop`.
fn woken() {
    let log = Log::new();
    let watchman = log.watchman(MINUTE, Duration::ZERO);
    thread::yield_now();
    log.stop(watchman);
}

/// `start` has returned while a round is under way; it is finished, and counts.
fn stopped_in_a_round() {
    let both: &Rendezvous = Box::leak(Box::new(Rendezvous::new(2)));
    let log = Log::new();
    let watchman = Watchman::start(SECOND, move || {
        if log.rounds() == 0 {
            both.meet();
        }
        log.0.with(|times| times.push(Duration::ZERO));
    });
    both.meet();
    log.stop(watchman);
}

fn many_rounds() {
    let (made, seen) = mpsc::channel();
    let log = Log::new();
    let watchman = Watchman::start(Duration::from_micros(10), move || {
        log.0.with(|times| times.push(Duration::ZERO));
        // Once enough were seen, nobody listens any more.
        let _ = made.send(());
    });
    seen.iter().take(100).for_each(drop);
    log.stop(watchman);
}
