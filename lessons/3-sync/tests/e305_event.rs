//! The judge of e305_event: no schedule misses a `set`, returns without one, or wakes only some.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
mod both;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e305_event.rs"]
pub mod exercise;

use asleep::{LONG, asleep, on_time, waits_for_long};
use both::both;
use exercise::{Event, heartbeat};
use interleave::Checker;
use interleave::model::Notes;
use judge::{Rules, Verdict, expect_eq};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(50);
const A_WHILE: Duration = Duration::from_millis(35);
const PERIOD: Duration = Duration::from_millis(10);

fn main() -> judge::ExitCode {
    let asleep = "Who waits should sleep until it is woken, and be woken when the event is set.";
    judge::exercise!("e305_event")
        .rules(
            Rules::new()
                .forbid("thread::sleep", asleep)
                .forbid("yield_now", asleep)
                .forbid("spin_loop", asleep),
        )
        .schedules_with(on_time(), "one waits for long until it is set", set_late)
        .schedules("one waits, one sets", one_waits)
        .schedules("two wait, one sets", two_wait)
        .schedules("one waits with a time limit, one sets", waits_in_time)
        .schedules("one waits with a time limit, nobody sets", never_set)
        .schedules_with(
            one_moment(),
            "one waits with a time limit, and is woken for no reason",
            woken_in_vain,
        )
        .schedules("two set at once, one waits", two_set)
        .schedules("one waits with a time limit, while it is set and cleared", pulse_at_any_time)
        .schedules_with(on_time(), "two are waiting when it is set and cleared at once", pulse)
        .schedules_with(
            on_time(),
            "one waits with a time limit when it is set and cleared at once",
            pulse_in_time,
        )
        .schedules_with(on_time(), "set and cleared twice, for one who waits twice", two_pulses)
        .schedules_with(on_time(), "it was set and cleared before somebody waits", pulse_before)
        .schedules_with(on_time(), "a heartbeat that is stopped after three beats", stopped_after_three)
        .schedules_with(on_time(), "a heartbeat whose stop is set and cleared at once", stopped_by_a_pulse)
        .spec("one thread, one thing after the other", alone)
        .spec("4 waiters, set and cleared 200 times", crowd)
        .run()
}

/// One unlucky moment: a wake-up for no reason, or an interruption, but not both.
fn one_moment() -> Checker {
    Checker::new().bound(1).luck(1).runs_beyond_bound(0)
}

/// Sets the event after saying so, and complains of waiters that return before.
struct Announced {
    event: Event,
    said: Notes<bool>,
}

impl Announced {
    fn new() -> Self {
        Announced { event: Event::new(false), said: Notes::new(false) }
    }

    fn set(&self) {
        self.said.with(|said| *said = true);
        self.event.set();
    }

    fn wait(&self) {
        self.event.wait();
        self.expect_said("wait()");
    }

    fn wait_timeout(&self) -> bool {
        let start = Instant::now();
        let set = self.event.wait_timeout(LIMIT);
        let waited = start.elapsed();
        if set {
            self.expect_said("wait_timeout(50ms)");
        } else if waited < LIMIT {
            let sentence = format!("`wait_timeout({LIMIT:?})` said `false` after {waited:?}.");
            judge::fail(Verdict::WrongResult, sentence);
        }
        set
    }

    fn expect_said(&self, what: &str) {
        if !self.said.with(|said| *said) {
            let sentence = format!("`{what}` returned as if the event had been set, and nobody had set it.");
            judge::fail(Verdict::WrongResult, sentence);
        }
    }
}

fn set_late() {
    let announced = Announced::new();
    waits_for_long(|| announced.wait(), || announced.set());
    let set = asleep(|| Event::new(false).wait_timeout(LONG));
    expect_eq("the answer of `wait_timeout` after a long time, when nobody set it", set, false);
}

fn one_waits() {
    let announced = Announced::new();
    both(|| announced.wait(), || announced.set());
    expect_eq("whether it is set after one `set`", announced.event.is_set(), true);
    announced.wait();
}

fn two_wait() {
    let announced = Announced::new();
    thread::scope(|scope| {
        scope.spawn(|| announced.wait());
        scope.spawn(|| announced.wait());
        announced.set();
    });
    expect_eq("whether it is set after one `set`", announced.event.is_set(), true);
}

fn waits_in_time() {
    let announced = Announced::new();
    both(|| announced.wait_timeout(), || announced.set());
    expect_eq("the answer of `wait_timeout` when it is set", announced.wait_timeout(), true);
}

fn never_set() {
    let announced = Announced::new();
    let (set, is_set) = both(|| announced.wait_timeout(), || announced.event.is_set());
    expect_eq(
        "the answer of `wait_timeout` when nobody sets it, and of `is_set`",
        (set, is_set),
        (false, false),
    );
}

/// After 35 of its 50 ms it may be woken for no reason. 15 ms are left.
fn woken_in_vain() {
    let event = Event::new(false);
    let wait = || {
        let start = Instant::now();
        let (set, cost) = judge::count(|| event.wait_timeout(LIMIT));
        (set, start.elapsed(), cost.times(judge::Deed::Waits))
    };
    let ((set, waited, waits), ()) = both(wait, || thread::sleep(A_WHILE));
    expect_eq("the answer of `wait_timeout(50ms)` when nobody sets it", set, false);
    // With one wait and no wake-up it was interrupted before it.
    if waits > 1 {
        expect_eq("how long `wait_timeout(50ms)` waited, woken once in vain", waited, LIMIT);
    }
}

fn two_set() {
    let announced = Announced::new();
    thread::scope(|scope| {
        scope.spawn(|| announced.wait());
        scope.spawn(|| announced.set());
        announced.set();
    });
    expect_eq("whether it is set after two `set`", announced.event.is_set(), true);
    announced.event.clear();
    expect_eq("whether it is set after `clear`", announced.event.is_set(), false);
}

/// Whether the one who waits comes in time, before it or after it, is open. What must come of it is not.
fn pulse_at_any_time() {
    let announced = Announced::new();
    both(
        || announced.wait_timeout(),
        || {
            announced.set();
            announced.event.clear();
        },
    );
    expect_eq("whether it is set after `set` and `clear`", announced.event.is_set(), false);
    expect_eq("the answer of `wait_timeout` after `set` and `clear`", announced.wait_timeout(), false);
}

fn pulse() {
    let announced = Announced::new();
    thread::scope(|scope| {
        scope.spawn(|| announced.wait());
        scope.spawn(|| announced.wait());
        thread::sleep(A_WHILE);
        announced.set();
        announced.event.clear();
    });
    expect_eq("whether it is set after `set` and `clear`", announced.event.is_set(), false);
}

fn pulse_in_time() {
    let announced = Announced::new();
    let start = Instant::now();
    let answer = thread::scope(|scope| {
        let waiter = scope.spawn(|| (announced.wait_timeout(), start.elapsed()));
        thread::sleep(A_WHILE);
        announced.set();
        announced.event.clear();
        waiter.join().unwrap()
    });
    let what = "the answer of `wait_timeout(50ms)` to a `set` and `clear` after 35 ms, and when it came";
    expect_eq(what, answer, (true, A_WHILE));
}

fn two_pulses() {
    let announced = Announced::new();
    let start = Instant::now();
    let times = thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            [0, 1].map(|_| {
                announced.wait();
                start.elapsed()
            })
        });
        for _ in 0..2 {
            thread::sleep(A_WHILE);
            announced.set();
            announced.event.clear();
        }
        waiter.join().unwrap()
    });
    expect_eq("when the first `wait` returned, with a pulse every 35 ms", times[0], A_WHILE);
    // It may come back between the first `set` and its `clear`: then the second one need not wait.
    let second = times[1] == A_WHILE || times[1] == 2 * A_WHILE;
    expect_eq("whether the second `wait` returned with the first or the second pulse", second, true);
}

fn pulse_before() {
    let announced = Announced::new();
    announced.set();
    announced.event.clear();
    let (set, ()) = both(|| announced.wait_timeout(), || thread::sleep(A_WHILE));
    expect_eq("the answer of `wait_timeout` to a `set` that was cleared before", set, false);
}

fn stopped_after_three() {
    let (beats, end) = beats_until(|stop| stop.set());
    expect_eq("beats in 35 ms with one every 10 ms", beats, 3);
    expect_eq("when the heartbeat ended that was stopped after 35 ms", end, A_WHILE);
}

fn stopped_by_a_pulse() {
    let (beats, end) = beats_until(|stop| {
        stop.set();
        stop.clear();
    });
    expect_eq("beats in 35 ms with one every 10 ms", beats, 3);
    expect_eq("when the heartbeat ended that was stopped after 35 ms", end, A_WHILE);
}

/// How many beats there were until it was stopped after a while, and when it ended.
fn beats_until(stop: impl FnOnce(&Event)) -> (usize, Duration) {
    let event = Event::new(false);
    let start = Instant::now();
    thread::scope(|scope| {
        let heart = scope.spawn(|| {
            let mut beats = 0;
            let ((), cost) = judge::count(|| heartbeat(&event, PERIOD, || beats += 1));
            cost.at_most(
                judge::Deed::Waits,
                8,
                "one for each beat and one for the stop, and as many to spare",
            );
            (beats, start.elapsed())
        });
        thread::sleep(A_WHILE);
        stop(&event);
        heart.join().unwrap()
    })
}

fn alone() {
    let event = Event::new(false);
    expect_eq("whether a new event is set", event.is_set(), false);
    expect_eq(
        "the answer of `wait_timeout(5ms)` to a new event",
        event.wait_timeout(Duration::from_millis(5)),
        false,
    );
    event.set();
    event.set();
    event.wait();
    event.wait();
    expect_eq("the answer of `wait_timeout(0)` when it is set", event.wait_timeout(Duration::ZERO), true);
    expect_eq("whether waiting has changed it", event.is_set(), true);
    heartbeat(&event, PERIOD, || judge::fail(Verdict::WrongResult, "A heart beats that was stopped before."));
    let set_before = Event::new(true);
    set_before.wait();
    expect_eq("whether an event that began set is set", set_before.is_set(), true);
    event.clear();
    event.clear();
    expect_eq("whether it is set after `clear`", event.is_set(), false);
    expect_eq("the answer of `wait_timeout(0)` after `clear`", event.wait_timeout(Duration::ZERO), false);
}

/// Everybody waits for the next round, and is told of it by `set`; whoever comes late finds the round over.
fn crowd() {
    let (start, done) = (Event::new(false), Event::new(false));
    let rounds = Notes::new(0_usize);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                start.wait();
                while !done.wait_timeout(Duration::from_micros(50)) {
                    rounds.with(|rounds| *rounds += 1);
                }
            });
        }
        for _ in 0..200 {
            start.set();
            start.clear();
        }
        start.set();
        done.set();
    });
    expect_eq("whether both are set at the end", (start.is_set(), done.is_set()), (true, true));
}
