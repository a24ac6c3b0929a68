//! The judge of e103_chunked_sum: every parcel weighed once, borrowed, in chunks that are weighed at the same time.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std
extern crate std as real;

#[cfg(not(exercise_crate))]
#[path = "../exercises/e103_chunked_sum.rs"]
pub mod exercise;
mod watch;

use exercise::Parcel;
use interleave::Checker;
use real::sync::atomic::{AtomicBool, Ordering}; // the judge's notes are no part of the schedules
use watch::Watch;

fn main() -> judge::ExitCode {
    judge::exercise!("e103_chunked_sum")
        .schedules_with(in_order(), "two parcels in two parts", || weighs(2, 2, LIGHT))
        .schedules("three parcels in two parts", || weighs(3, 2, LIGHT))
        .schedules("three parcels in three parts", || weighs(3, 3, LIGHT))
        .schedules_with(interrupted_once(), "eight parcels in two parts", || {
            weighs(8, 2, LIGHT);
        })
        .schedules_with(interrupted_once(), "60 parcels in three parts", || {
            weighs(60, 3, LIGHT);
        })
        .schedules_with(alone(), "more parts than parcels", || weighs(1, 4, LIGHT))
        .schedules_with(alone(), "no parcels", || weighs(0, 3, LIGHT))
        .overlap("two parts are weighed at the same time", || all_meet(2, 1))
        .overlap("the last parcels of two parts are weighed at the same time", || all_meet(2, 2))
        .overlap_with(interrupted_once(), "30 parts are weighed at the same time", || all_meet(30, 1))
        .spec("five parcels in four parts", || weighs(5, 4, LIGHT))
        .spec("seven parcels in three parts", || weighs(7, 3, LIGHT))
        .spec("all parcels in one part", || weighs(20, 1, LIGHT))
        .spec("four parcels of more than four tons each", || weighs(4, 2, HEAVY))
        .spec("1,000 parcels in 7 parts", || weighs(1_000, 7, LIGHT))
        .spec("1,000 parcels in 50 parts", || weighs(1_000, 50, HEAVY))
        .spec("50 parts are weighed at the same time", || all_meet(50, 3))
        .run()
}

/// What every parcel weighs at least, in grams.
const LIGHT: u64 = 0;
/// More than 32 bits hold.
const HEAVY: u64 = 1 << 32;

/// Memory as one imagines it: a load gives what was stored last. So the first story that a learner sees is about the
/// order of steps alone; the models after it leave memory all its freedom.
fn in_order() -> Checker {
    Checker::new().weak_memory(false)
}

/// For models with too many schedules to try them all: an answer may go wrong only when much has happened. Two steps
/// that should be one need no more than one interruption between them.
fn interrupted_once() -> Checker {
    Checker::new().bound(1).runs_beyond_bound(0).steps_per_round(20_000, 0)
}

/// A model in which it is no fault that nothing runs at the same time.
fn alone() -> Checker {
    Checker::new().allow_vacuous()
}

/// Each of `count` parcels is weighed once, by at most `parts` threads, and the sum is right. The scales find that
/// every parcel weighs `extra` more than a few grams.
fn weighs(count: usize, parts: usize, extra: u64) {
    let parcels = parcels(count);
    let weight = |number: usize| extra + (1 << (number % 20));
    let watch = Watch::new("parcel", "was weighed");
    let copied = AtomicBool::new(false);
    let total = exercise::total_weight(&parcels, parts, |parcel| {
        match parcels.iter().position(|known| real::ptr::eq(known, parcel)) {
            Some(number) => {
                watch.note(number);
                weight(number)
            }
            None => {
                copied.store(true, Ordering::Relaxed);
                0
            }
        }
    });
    if copied.into_inner() {
        judge::fail(
            judge::Verdict::BreaksARule,
            "Copies of parcels were weighed; threads in a scope may borrow the parcels themselves.",
        );
    }
    watch.all_done("total_weight", (0..count).map(|number| (number, 1)));
    in_chunks(count, parts, &watch.by_thread());
    judge::expect_eq("the weight of all parcels", total, (0..count).map(weight).sum());
}

/// Each thread had a stretch of the parcels, and there were as many threads as there should be.
fn in_chunks(count: usize, parts: usize, chunks: &[Vec<usize>]) {
    let threads = chunks.len();
    if threads > parts {
        judge::fail(
            judge::Verdict::WrongResult,
            format!(
                "{count} parcels were weighed by {threads} threads; there should be at most {parts} parts."
            ),
        );
    }
    if count.is_multiple_of(parts) && count > 0 && threads < parts {
        judge::fail(
            judge::Verdict::NotConcurrent,
            format!("{count} parcels in {parts} parts were weighed by {threads} threads only."),
        );
    }
    for chunk in chunks {
        if let Some(gap) = chunk.windows(2).find(|two| two[0] + 1 != two[1]) {
            judge::fail(
                judge::Verdict::WrongResult,
                format!(
                    "One thread weighed parcels {} and {}, and another those between; a chunk is a stretch.",
                    gap[0], gap[1]
                ),
            );
        }
        if count.is_multiple_of(parts) {
            let what = format!("how many of {count} parcels in {parts} parts one thread weighed");
            judge::expect_eq(&what, chunk.len(), count / parts);
        }
    }
}

/// With `each` parcels for each of `parts` threads, the last one of each is not weighed before all those are on the
/// scales.
fn all_meet(parts: usize, each: usize) {
    let everybody = judge::Rendezvous::new(parts);
    let parcels = parcels(parts * each);
    exercise::total_weight(&parcels, parts, |parcel| {
        let number = parcels.iter().position(|known| real::ptr::eq(known, parcel));
        if number.is_some_and(|number| number % each == each - 1) {
            everybody.meet();
        }
        parcel.grams
    });
}

/// Parcels whose labels say little about their weight.
fn parcels(count: usize) -> Vec<Parcel> {
    (0..count).map(|number| Parcel { grams: 1_000 + number as u64 }).collect()
}
