//! The judge of e108_scheduler: every event once, at its time, in order, whatever happens while the scheduler waits.
//!
//! In a check time passes only while everybody waits: so times are exact, and hours take no time.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e108_scheduler.rs"]
pub mod exercise;

use exercise::Scheduler;
use interleave::Checker;
use judge::{Rendezvous, Verdict, expect_eq, fail};
use std::model::Notes;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// No two events of a model are at times that a round number of milliseconds lies between.
const fn at(seconds: u64) -> Duration {
    Duration::from_micros(seconds * 1_000_300)
}

fn main() -> judge::ExitCode {
    judge::exercise!("e108_scheduler")
        .schedules_with(in_time(), "three events, the last one entered first", in_order)
        .schedules_with(in_time(), "events for the same moment", same_moment)
        .schedules_with(in_time(), "an agenda that is empty for a while", empty_for_a_while)
        .schedules_with(in_time(), "an earlier event is entered during a wait", earlier_one)
        .schedules_with(in_time(), "the next event is cancelled during a wait", next_is_cancelled)
        .schedules_with(in_time(), "an event is cancelled when it is due", due_and_cancelled)
        .schedules_with(in_time(), "two threads cancel the same event", both_cancel)
        .schedules_with(in_time(), "closed before its time, with an event on the agenda", closed_early)
        .schedules_with(in_time(), "an event that enters an event", enters_another)
        .schedules_with(in_time(), "an event that cancels another of the same moment", cancels_another)
        .schedules_with(in_time(), "an event that takes so long that others are late", takes_long)
        .schedules_with(
            unlucky(),
            "one event is entered, one cancelled, whoever runs when",
            whoever_runs_when,
        )
        .schedules_with(unlucky(), "two threads enter an event each", two_enter)
        .schedules_with(in_time(), "closed, and then the last event is cancelled", last_is_cancelled)
        .overlap("the agenda is used while an event runs", used_meanwhile)
        .spec("1,000 events, entered by 4 threads, every third cancelled", many)
        .run()
}

/// Nothing ends before its time, so that times can be compared. Threads are still interrupted in every way.
fn in_time() -> Checker {
    Checker::new().luck(0).runs_per_round(10_000).runs_beyond_bound(1_000).steps_per_round(150_000, 30_000)
}

/// With wake-ups for no reason, and waits that end early, when time jumps to their end.
fn unlucky() -> Checker {
    Checker::new().bound(2).runs_beyond_bound(1_000).steps_per_round(150_000, 30_000)
}

/// A scheduler, and what was run when.
#[derive(Clone)]
struct Day {
    scheduler: Arc<Scheduler>,
    begin: Instant,
    log: Arc<Notes<Vec<(&'static str, Duration)>>>,
}

impl Day {
    fn new() -> Day {
        Day { scheduler: Arc::new(Scheduler::new()), begin: Instant::now(), log: Arc::default() }
    }

    /// The action of an event that must not be run before `due`.
    fn event(&self, name: &'static str, due: Duration) -> impl FnOnce() + Send + 'static {
        let (log, begin) = (Arc::clone(&self.log), self.begin);
        move || {
            let now = begin.elapsed();
            if now < due {
                fail(Verdict::WrongResult, format!("{name:?} was run at {now:?}, and is due at {due:?}."));
            }
            log.with(|log| log.push((name, now)));
        }
    }

    fn enter(&self, name: &'static str, due: Duration, priority: u8) -> exercise::Ticket {
        self.scheduler.enter(self.begin + due, priority, self.event(name, due))
    }

    /// Runs the agenda on a thread of its own, does `meanwhile` beside it, and closes the agenda.
    fn run_beside(&self, meanwhile: impl FnOnce()) -> Vec<(&'static str, Duration)> {
        let runner = self.runner();
        meanwhile();
        self.scheduler.close();
        self.end(runner)
    }

    fn runner(&self) -> thread::JoinHandle<()> {
        let scheduler = Arc::clone(&self.scheduler);
        thread::spawn(move || scheduler.run())
    }

    fn end(&self, runner: thread::JoinHandle<()>) -> Vec<(&'static str, Duration)> {
        if runner.join().is_err() {
            fail(Verdict::Panics, "`run` panicked.");
        }
        expect_eq("the next deadline of an agenda that is done", self.scheduler.next_deadline(), None);
        self.log.with(|log| log.clone())
    }
}

/// Each event was run once, at its time, in this order, and nothing else was.
fn ran(done: &[(&str, Duration)], want: &[(&str, Duration)]) {
    let wrong = |sentence| fail(Verdict::WrongResult, sentence);
    for (name, due) in want {
        let times: Vec<Duration> =
            done.iter().filter(|(other, _)| other == name).map(|(_, at)| *at).collect();
        match times[..] {
            [] => wrong(format!("{name:?}, which was due at {due:?}, was never run.")),
            [at] if at == *due => (),
            [at] => wrong(format!("{name:?} should have been run at {due:?}, and was run at {at:?}.")),
            _ => wrong(format!("{name:?} was run {} times.", times.len())),
        }
    }
    if let Some((name, at)) = done.iter().find(|(name, _)| want.iter().all(|(other, _)| other != name)) {
        wrong(format!("{name:?} was run at {at:?}, although it had been cancelled."));
    }
    let names =
        |events: &[(&str, Duration)]| events.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>();
    expect_eq("the order in which the events were run", names(done), names(want));
}

fn in_order() {
    let day = Day::new();
    day.enter("bell", at(30), 5);
    day.enter("fish", at(10), 5);
    day.scheduler.after(at(20), day.event("doors", at(20)));
    expect_eq("the next deadline", day.scheduler.next_deadline(), Some(day.begin + at(10)));
    let done = day.run_beside(|| ());
    ran(&done, &[("fish", at(10)), ("doors", at(20)), ("bell", at(30))]);
    expect_eq("the time at which `run` has returned", day.begin.elapsed(), at(30));
}

fn same_moment() {
    let day = Day::new();
    let gone = day.enter("gone", at(10), 5);
    day.enter("second", at(10), 5);
    expect_eq("the answer to cancelling an event", day.scheduler.cancel(gone), true);
    day.enter("third", at(10), 5);
    day.enter("last", at(11), 0);
    day.enter("first", at(10), 1);
    let done = day.run_beside(|| ());
    let want = [("first", at(10)), ("second", at(10)), ("third", at(10)), ("last", at(11))];
    ran(&done, &want);
}

fn empty_for_a_while() {
    let day = Day::new();
    let done = day.run_beside(|| {
        thread::sleep(at(5));
        day.enter("fish", at(7), 5);
        thread::sleep(at(5));
        day.enter("late", at(1), 5);
        thread::sleep(at(1));
    });
    ran(&done, &[("fish", at(7)), ("late", at(10))]);
    expect_eq("the time at which `run` has returned", day.begin.elapsed(), at(11));
}

fn earlier_one() {
    let day = Day::new();
    day.enter("bell", at(3600), 5);
    let done = day.run_beside(|| {
        thread::sleep(at(60));
        day.enter("fish", at(61), 5);
        // Whoever closes wakes the scheduler, too. That must not be what saves the fish.
        thread::sleep(at(4000));
    });
    ran(&done, &[("fish", at(61)), ("bell", at(3600))]);
}

fn next_is_cancelled() {
    let day = Day::new();
    let bell = day.enter("bell", at(100), 5);
    day.enter("fish", at(200), 5);
    let mut answers = Vec::new();
    let done = day.run_beside(|| {
        thread::sleep(at(50));
        answers.push(day.scheduler.cancel(bell));
        answers.push(day.scheduler.cancel(bell));
        expect_eq("the next deadline", day.scheduler.next_deadline(), Some(day.begin + at(200)));
        thread::sleep(at(200));
    });
    if answers != [true, false] {
        let sentence =
            format!("An event was cancelled twice; expected the answers [true, false], got {answers:?}.");
        fail(Verdict::WrongResult, sentence);
    }
    ran(&done, &[("fish", at(200))]);
}

/// Whoever comes first, the bell is either rung or cancelled, and nobody takes the fish for the bell.
fn due_and_cancelled() {
    let day = Day::new();
    let bell = day.enter("bell", Duration::ZERO, 5);
    day.enter("fish", at(10), 5);
    let mut cancelled = false;
    let done = day.run_beside(|| cancelled = day.scheduler.cancel(bell));
    let rung = done.iter().filter(|(name, _)| *name == "bell").count();
    if cancelled {
        expect_eq("how often the bell was rung that `cancel` had taken off the agenda", rung, 0);
    } else {
        expect_eq("how often the bell was rung that `cancel` did not find any more", rung, 1);
    }
    let others = done.into_iter().filter(|(name, _)| *name != "bell").collect::<Vec<_>>();
    ran(&others, &[("fish", at(10))]);
}

/// Of two who cancel the same event, one takes it off the agenda.
fn both_cancel() {
    let day = Day::new();
    let bell = day.enter("bell", at(10), 5);
    let other = day.clone();
    let second = thread::spawn(move || other.scheduler.cancel(bell));
    let first = day.scheduler.cancel(bell);
    let second = second.join().expect("`cancel` panicked");
    expect_eq(
        "how many of two calls of `cancel` say that the event was there",
        first as u8 + second as u8,
        1,
    );
    ran(&day.run_beside(|| ()), &[]);
}

fn closed_early() {
    let day = Day::new();
    let fish = day.enter("fish", at(100), 5);
    let runner = day.runner();
    day.scheduler.close();
    let done = day.end(runner);
    ran(&done, &[("fish", at(100))]);
    expect_eq("the answer to cancelling an event that was run", day.scheduler.cancel(fish), false);
}

/// Nothing is left to wait for, and only whoever cancels knows.
fn last_is_cancelled() {
    let day = Day::new();
    let bell = day.enter("bell", at(3600), 5);
    let runner = day.runner();
    day.scheduler.close();
    thread::sleep(at(60));
    let cancelled = day.begin.elapsed();
    expect_eq("the answer to cancelling the last event", day.scheduler.cancel(bell), true);
    ran(&day.end(runner), &[]);
    let returned = day.begin.elapsed();
    if returned != cancelled {
        let agenda = format!("The agenda was closed, and its last event was cancelled at {cancelled:?}.");
        fail(Verdict::WrongResult, format!("{agenda} `run` returned at {returned:?}."));
    }
}

fn enters_another() {
    let day = Day::new();
    let inside = day.clone();
    day.scheduler.after(at(10), move || {
        inside.event("doors", at(10))();
        inside.enter("bell", at(30), 5);
        inside.enter("fish", at(10), 5);
    });
    let done = day.run_beside(|| ());
    ran(&done, &[("doors", at(10)), ("fish", at(10)), ("bell", at(30))]);
}

fn cancels_another() {
    let day = Day::new();
    let bell = day.enter("bell", at(10), 5);
    let inside = day.clone();
    day.scheduler.enter(day.begin + at(10), 1, move || {
        inside.event("fire", at(10))();
        expect_eq("the answer to cancelling an event that comes next", inside.scheduler.cancel(bell), true);
    });
    let done = day.run_beside(|| ());
    ran(&done, &[("fire", at(10))]);
}

fn takes_long() {
    let day = Day::new();
    let inside = day.clone();
    day.scheduler.after(at(10), move || {
        inside.event("speech", at(10))();
        thread::sleep(at(20));
    });
    day.enter("bell", at(25), 0);
    day.enter("fish", at(15), 5);
    day.enter("doors", at(40), 5);
    let done = day.run_beside(|| ());
    let want = [("speech", at(10)), ("fish", at(30)), ("bell", at(30)), ("doors", at(40))];
    ran(&done, &want);
}

/// Times may be anything here, and an event is run or cancelled.
fn whoever_runs_when() {
    let day = Day::new();
    let bell = day.enter("bell", at(10), 5);
    let mut cancelled = false;
    let done = day.run_beside(|| {
        day.enter("fish", at(5), 5);
        cancelled = day.scheduler.cancel(bell);
    });
    let mut names: Vec<&str> = done.into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    let want = if cancelled { vec!["fish"] } else { vec!["bell", "fish"] };
    let answer = if cancelled { "true" } else { "false" };
    expect_eq(&format!("what was run, when the answer to cancelling the bell was {answer}"), names, want);
}

fn two_enter() {
    let day = Day::new();
    let other = day.clone();
    let second = thread::spawn(move || other.enter("fish", at(5), 5));
    let first = day.enter("bell", at(5), 5);
    let second = second.join().expect("`enter` panicked");
    expect_eq("whether two events have the same ticket", first == second, false);
    let done = day.run_beside(|| ());
    let mut names: Vec<&str> = done.into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    expect_eq("what was run", names, vec!["bell", "fish"]);
}

/// While an event runs, the agenda is nobody's.
fn used_meanwhile() {
    let day = Day::new();
    let both: &Rendezvous = Box::leak(Box::new(Rendezvous::new(2)));
    day.scheduler.after(Duration::ZERO, || both.meet());
    let bell = day.enter("bell", at(10), 5);
    let done = day.run_beside(|| {
        day.scheduler.cancel(bell);
        day.enter("fish", at(10), 5);
        day.scheduler.next_deadline();
        both.meet();
    });
    expect_eq("what was run", done.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), vec!["fish"]);
}

fn many() {
    const EACH: usize = 250;
    let day = Day::new();
    let runner = day.runner();
    let cancelled: usize = thread::scope(|scope| {
        let enter = |number: usize| {
            let day = &day;
            move || {
                let micros = |turn: usize| Duration::from_micros((turn * (number + 7) % 50) as u64 * 100);
                let tickets: Vec<_> = (0..EACH).map(|turn| day.enter("event", micros(turn), 5)).collect();
                tickets.into_iter().step_by(3).filter(|ticket| day.scheduler.cancel(*ticket)).count()
            }
        };
        let threads: Vec<_> = (0..4).map(|number| scope.spawn(enter(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("`enter` or `cancel` panicked")).sum()
    });
    day.scheduler.close();
    let done = day.end(runner);
    expect_eq("the events run, and those cancelled", done.len() + cancelled, 4 * EACH);
}
