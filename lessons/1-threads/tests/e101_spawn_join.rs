//! The judge of e101_spawn_join: one thread for each visitor, all at the same time, results in the order of starting.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e101_spawn_join.rs"]
pub mod exercise;
mod watch;

use interleave::Checker;
use std::thread;
use std::time::{Duration, Instant};
use watch::Watch;

fn main() -> judge::ExitCode {
    judge::exercise!("e101_spawn_join")
        .schedules("two visitors", || welcomes(&["Ada", "Grace"]))
        .schedules("three visitors", || welcomes(&["Ada", "Grace", "Alan"]))
        .schedules_with(few_switches(), "seven visitors", || welcomes(&["visitor"; 7]))
        // Without luck: nothing ends before its time, so that times can be compared.
        .schedules_with(alone().luck(0), "a welcome that takes a second", a_long_welcome)
        .schedules_with(alone(), "one visitor", || welcomes(&["Ada"]))
        .schedules_with(alone(), "nobody comes", || welcomes(&[]))
        .overlap("two welcomes under way at the same time", || all_meet(&["Ada", "Grace"]))
        .overlap_with(few_switches(), "50 welcomes under way at the same time", || {
            all_meet(&["somebody"; 50])
        })
        .spec("two visitors of the same name", || welcomes(&["Ada", "Ada"]))
        .spec("50 visitors", || {
            let names: Vec<String> = (1..=50).map(|number| format!("visitor {number}")).collect();
            welcomes(&names.iter().map(String::as_str).collect::<Vec<_>>());
        })
        .spec("120 welcomes under way at the same time", || all_meet(&["somebody"; 120]))
        .run()
}

/// With many threads there are too many schedules to try them all. What is left undone, or never begun, shows in every
/// one of them.
fn few_switches() -> Checker {
    Checker::new().bound(0).runs_beyond_bound(0).steps_per_round(2_000, 0)
}

/// A model in which it is no fault that nothing runs at the same time.
fn alone() -> Checker {
    Checker::new().allow_vacuous()
}

/// What one visitor is told. Only this function knows the number of the coat hook, so who wants to know has to call.
fn welcome(visitor: &str) -> String {
    let hook = visitor.bytes().fold(7, |hook, byte| (hook * 31 + u32::from(byte)) % 997);
    format!("Hello, {visitor}, hang your coat on hook {hook}!")
}

/// Everybody in `names` is welcomed once, by a thread of their own; the welcomes come in the order of `names`.
fn welcomes(names: &[&str]) {
    let watch = Watch::new("visitor", "was welcomed");
    let got = exercise::welcome_all(owned(names), move |visitor| {
        watch.note(visitor.clone());
        welcome(&visitor)
    });
    watch.all_done(
        "welcome_all",
        owned(names).into_iter().map(|name| {
            let of_that_name = names.iter().filter(|other| **other == name).count();
            (name, of_that_name)
        }),
    );
    for done in watch.by_thread() {
        if done.len() > 1 {
            judge::fail(
                judge::Verdict::NotConcurrent,
                format!(
                    "One thread welcomed {}, one after the other; each should have a thread.",
                    done.join(" and ")
                ),
            );
        }
    }
    let want: Vec<String> = names.iter().map(|name| welcome(name)).collect();
    judge::expect_eq("the welcomes, in the order of the visitors", got, want);
}

/// In a check time passes only while everybody waits, so whoever waits must not be busy, nor look now and then. One visitor:
/// with several, somebody who welcomes them one after the other would be told of the time, and not of that.
fn a_long_welcome() {
    /// About a second: a time that nobody meets who looks every millisecond.
    const A_SECOND: Duration = Duration::from_micros(1_000_300);
    let begin = Instant::now();
    exercise::welcome_all(owned(&["Ada"]), |visitor| {
        thread::sleep(A_SECOND);
        visitor
    });
    let waited = begin.elapsed();
    if waited > A_SECOND {
        judge::fail(
            judge::Verdict::TooSlow,
            format!("The thread ended after {A_SECOND:?}, and `welcome_all` returned after {waited:?}."),
        );
    }
}

/// No welcome is ready before all of them have begun.
fn all_meet(names: &[&str]) {
    let everybody: &judge::Rendezvous = Box::leak(Box::new(judge::Rendezvous::new(names.len())));
    exercise::welcome_all(owned(names), move |visitor| {
        everybody.meet();
        visitor
    });
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}
