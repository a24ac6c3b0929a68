//! The judge of e103_chunked_sum: every parcel weighed once, borrowed, in chunks that are weighed at the same time.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std
extern crate std as real;

#[cfg(not(exercise_crate))]
#[path = "../exercises/e103_chunked_sum.rs"]
pub mod exercise;
mod watch;

use exercise::Parcel;
use real::sync::atomic::{AtomicBool, Ordering}; // the judge's notes are no part of the schedules
use watch::Watch;

fn main() -> judge::ExitCode {
    judge::exercise!("e103_chunked_sum")
        .schedules_with(in_order(), "two parcels in two parts", || weighs(2, 2))
        .schedules("three parcels in two parts", || weighs(3, 2))
        .schedules("three parcels in three parts", || weighs(3, 3))
        .overlap("two parts are weighed at the same time", || all_meet(2))
        .spec("no parcels", || weighs(0, 3))
        .spec("more parts than parcels", || weighs(1, 4))
        .spec("five parcels in four parts", || weighs(5, 4))
        .spec("seven parcels in three parts", || weighs(7, 3))
        .spec("all parcels in one part", || weighs(20, 1))
        .spec("1,000 parcels in 7 parts", || weighs(1_000, 7))
        .spec("16 parts are weighed at the same time", || all_meet(16))
        .run()
}

/// Memory as one imagines it: a load gives what was stored last. So the first story that a learner sees is about the
/// order of steps alone; the models after it leave memory all its freedom.
fn in_order() -> interleave::Checker {
    interleave::Checker::new().weak_memory(false)
}

/// Each of `count` parcels is weighed once, by at most `parts` threads, and the sum is right.
fn weighs(count: usize, parts: usize) {
    let parcels = parcels(count);
    let watch = Watch::new("parcel", "was weighed");
    let copied = AtomicBool::new(false);
    let total = exercise::total_weight(&parcels, parts, |parcel| {
        match parcels.iter().position(|known| real::ptr::eq(known, parcel)) {
            Some(number) => _ = watch.note(number),
            None => _ = copied.swap(true, Ordering::Relaxed),
        }
        parcel.grams
    });
    if copied.into_inner() {
        judge::fail(
            judge::Verdict::BreaksARule,
            "Copies of parcels were weighed; threads in a scope may borrow the parcels themselves.",
        );
    }
    watch.all_done("total_weight", (0..count).map(|number| (number, 1)));
    let threads = watch.by_thread().len();
    if threads > parts {
        judge::fail(
            judge::Verdict::WrongResult,
            format!(
                "{count} parcels were weighed by {threads} threads; there should be at most {parts} parts."
            ),
        );
    }
    judge::expect_eq("the weight of all parcels", total, parcels.iter().map(|parcel| parcel.grams).sum());
}

/// With one parcel for each of `parts` threads, none is weighed before all are on the scales.
fn all_meet(parts: usize) {
    let everybody = judge::Rendezvous::new(parts);
    exercise::total_weight(&parcels(parts), parts, |parcel| {
        everybody.meet();
        parcel.grams
    });
}

/// Parcels whose weights show in the sum which of them are missing or counted twice, when there are few.
fn parcels(count: usize) -> Vec<Parcel> {
    (0..count).map(|number| Parcel { grams: 1 << (number % 20) }).collect()
}
