//! The judge of e106_sentinel: every meal is served once, side by side, and everybody goes home.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e106_sentinel.rs"]
pub mod exercise;
mod watch;

use exercise::serve_all;
use interleave::Checker;
use judge::{Rendezvous, Verdict, expect_eq};
use std::model::Notes;
use std::{thread, time::Duration};
use watch::Watch;

fn main() -> judge::ExitCode {
    judge::exercise!("e106_sentinel")
        .schedules("one meal, one waiter", || serves(1, 1))
        .schedules("two meals, one waiter", || serves(2, 1))
        .schedules_with(some_seconds(), "one meal, two waiters", || serves(1, 2))
        .schedules_with(some_seconds(), "two meals, two waiters", || serves(2, 2))
        .schedules_with(few_switches(), "four meals, three waiters", || serves(4, 3))
        .schedules_with(few_switches(), "twelve meals, two waiters", || serves(12, 2))
        .schedules_with(alone(), "no meals, one waiter", || serves(0, 1))
        .schedules_with(some_seconds(), "no meals, two waiters", || serves(0, 2))
        .schedules_with(in_time(), "a cook who takes an hour", slow_cook)
        .overlap_with(some_seconds(), "two waiters serve at the same time", || all_meet(2))
        .overlap_with(few_switches(), "five waiters serve at the same time", || all_meet(5))
        .overlap_with(
            some_seconds(),
            "the first meal is served while the second one is being cooked",
            cooked_meanwhile,
        )
        .overlap_with(
            few_switches(),
            "one waiter is busy, and the other one serves all the other meals",
            one_is_busy,
        )
        .spec("1,000 meals, one waiter, in the order in which they were cooked", || serves(1_000, 1))
        .spec("1,000 meals, four waiters", || serves(1_000, 4))
        .spec("three meals, 20 waiters", || serves(3, 20))
        .spec("20 waiters serve at the same time", || all_meet(20))
        .run()
}

/// A counter made of a lock and two condition variables has a great many schedules.
fn some_seconds() -> Checker {
    Checker::new().runs_per_round(3_000).runs_beyond_bound(300).steps_per_round(60_000, 10_000)
}

/// For models with too many schedules to try them all.
fn few_switches() -> Checker {
    Checker::new().bound(1).runs_beyond_bound(500).steps_per_round(60_000, 20_000)
}

/// A model in which it is no fault that nothing runs at the same time.
fn alone() -> Checker {
    Checker::new().allow_vacuous()
}

/// Sleeps end when their time has come. Time passes only while everybody waits.
fn in_time() -> Checker {
    Checker::new().luck(0).bound(2).runs_beyond_bound(500).steps_per_round(60_000, 20_000)
}

/// Every meal is served once, by one of the waiters; by one waiter, in order.
fn serves(meals: usize, waiters: usize) {
    let watch = Watch::new("meal", "was served");
    let order = Notes::new(Vec::new());
    serve_all(0..meals, waiters, |meal| {
        watch.note(meal);
        order.with(|order| order.push(meal));
    });
    watch.all_done("serve_all", (0..meals).map(|meal| (meal, 1)));
    let busy = watch.by_thread().len();
    if busy > waiters {
        judge::fail(Verdict::WrongResult, format!("{busy} threads served meals; there should be {waiters}."));
    }
    if waiters == 1 {
        let want: Vec<usize> = (0..meals).collect();
        expect_eq("the order in which one waiter served", order.with(|order| order.clone()), want);
    }
}

/// While the cook cooks, and while meals are eaten, everybody else waits: else no time would ever pass.
fn slow_cook() {
    let watch = Watch::new("meal", "was served");
    let meals = (0..2).inspect(|_| thread::sleep(Duration::from_secs(3600)));
    serve_all(meals, 2, |meal| {
        watch.note(meal);
        thread::sleep(Duration::from_secs(600));
    });
    watch.all_done("serve_all", (0..2).map(|meal| (meal, 1)));
}

/// No meal is eaten before every waiter serves one.
fn all_meet(waiters: usize) {
    let everybody = Rendezvous::new(waiters);
    serve_all(0..waiters, waiters, |_| everybody.meet());
}

/// The second meal is not ready before the first one is served.
fn cooked_meanwhile() {
    let both = Rendezvous::new(2);
    let meals = (0..2).inspect(|&meal| {
        if meal == 1 {
            both.meet();
        }
    });
    serve_all(meals, 1, |meal| {
        if meal == 0 {
            both.meet();
        }
    });
}

/// The first meal is not eaten before all others are. Whoever is free serves the next one, so that is no problem.
fn one_is_busy() {
    const MEALS: usize = 4;
    let both = Rendezvous::new(2);
    let others = Notes::new(0);
    serve_all(0..MEALS, 2, |meal| {
        let served = others.with(|others| {
            *others += usize::from(meal > 0);
            *others
        });
        if meal == 0 || served == MEALS - 1 {
            both.meet();
        }
    });
}
