//! The judge of e104_visits: no visit is lost in any schedule, and no gate waits for the ticket of another.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e104_visits.rs"]
pub mod exercise;
mod watch;

use interleave::Checker;
use std::thread;
use watch::Watch;

fn main() -> judge::ExitCode {
    judge::exercise!("e104_visits")
        .schedules_with(in_order(), "two gates, one arrival each", || counts(2, 1, |_| true))
        .schedules("two gates, two arrivals each", || counts(2, 2, |_| true))
        .schedules("three gates, one arrival each", || counts(3, 1, |_| true))
        .schedules("two gates, the second arrival has no ticket", || counts(2, 2, |arrival| arrival != 1))
        .schedules_with(few_runs(2), "two gates, four arrivals each", || {
            counts(2, 4, |_| true);
        })
        .schedules_with(few_runs(1), "two gates, 101 arrivals each", || {
            counts(2, 101, |_| true);
        })
        .schedules_with(
            few_runs(1),
            "seven gates, 20 arrivals each, of whom every third has no ticket",
            || {
                counts(7, 20, |arrival| arrival % 3 != 2);
            },
        )
        .schedules_with(alone(), "one gate", || counts(1, 3, |_| true))
        .schedules_with(alone(), "nobody comes", || counts(3, 0, |_| true))
        .schedules_with(alone(), "no gates", || counts(0, 5, |_| true))
        .schedules_with(few_runs(2), "two museums at the same time", two_museums)
        .overlap("two gates look at a ticket at the same time", || all_meet(2))
        .spec("100 gates, 1,000 arrivals each", || counts(100, 1_000, |_| true))
        .spec("8 gates, every third arrival has no ticket", || counts(8, 500, |arrival| arrival % 3 != 2))
        .spec("nobody comes", || counts(3, 0, |_| true))
        .spec("no gates", || counts(0, 5, |_| true))
        .spec("20 gates look at a ticket at the same time", || all_meet(20))
        .run()
}

/// Memory as one imagines it: a load gives what was stored last. So the first story that a learner sees is about the
/// order of steps alone; the models after it leave memory all its freedom.
fn in_order() -> Checker {
    Checker::new().weak_memory(false)
}

/// For models with too many schedules to try them all: an answer may go wrong only when much has happened. Two steps
/// that should be one need no more than one interruption between them.
fn few_runs(interruptions: usize) -> Checker {
    Checker::new().bound(interruptions).runs_beyond_bound(0).steps_per_round(60_000, 0)
}

/// A model in which it is no fault that nothing runs at the same time.
fn alone() -> Checker {
    Checker::new().allow_vacuous()
}

/// `arrivals` people at each of `gates` gates, of whom those with a ticket are counted.
fn counts(gates: usize, arrivals: usize, has_ticket: fn(usize) -> bool) {
    let watch = Watch::new("gate", "called `admit`");
    let visits = exercise::count_visits(gates, arrivals, move |gate| has_ticket(watch.note(gate)));

    watch.all_done("count_visits", (0..gates).map(|gate| (gate, arrivals)));
    if arrivals > 0 && watch.by_thread().len() != gates {
        judge::fail(
            judge::Verdict::NotConcurrent,
            format!(
                "{} threads worked at {gates} gates; each gate should be a thread.",
                watch.by_thread().len()
            ),
        );
    }
    let with_ticket = gates * (0..arrivals).filter(|&arrival| has_ticket(arrival)).count();
    judge::expect_eq("the visits", visits, with_ticket as u64);
}

/// Two calls know nothing of each other, whoever runs when.
fn two_museums() {
    let other = thread::spawn(|| exercise::count_visits(2, 1, |_| true));
    let here = exercise::count_visits(1, 1, |_| true);
    let there = other.join().expect("`count_visits` panicked");
    for (gates, visits) in [(1, here), (2, there)] {
        if visits != gates {
            judge::fail(
                judge::Verdict::WrongResult,
                format!(
                    "Two museums counted at the same time, and one of them had {visits} visits instead of {gates}."
                ),
            );
        }
    }
}

/// Nobody is let in at any gate before somebody stands at each.
fn all_meet(gates: usize) {
    let everybody: &judge::Rendezvous = Box::leak(Box::new(judge::Rendezvous::new(gates)));
    exercise::count_visits(gates, 1, move |_| {
        everybody.meet();
        true
    });
}
