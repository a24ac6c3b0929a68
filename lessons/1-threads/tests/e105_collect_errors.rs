//! The judge of e105_collect_errors: every room is counted, and everything that goes wrong is told, in order.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e105_collect_errors.rs"]
pub mod exercise;
mod watch;

use exercise::{Trouble, count_all};
use interleave::Checker;
use judge::{Rendezvous, Verdict, expect_eq, fail};
use std::panic::resume_unwind;
use watch::Watch;

fn main() -> judge::ExitCode {
    judge::exercise!("e105_collect_errors")
        .schedules("two rooms, nothing goes wrong", || counts(&["hall", "attic"]))
        // Before the others: here nobody else is at work who could be blamed for a panic of the answer.
        .schedules_with(alone(), "one room, and a panic in it", || counts(&["dark cellar"]))
        .schedules("one of two rooms is locked", || counts(&["locked cellar", "hall"]))
        .schedules("somebody panics in one of two rooms", || counts(&["dark cellar", "hall"]))
        .schedules("a panic, a locked door, and a number", || {
            counts(&["dark attic", "locked cellar", "hall"])
        })
        .schedules("panics everywhere", || counts(&["dark attic", "dark cellar"]))
        .schedules_with(few_switches(), "seven rooms", || {
            counts(&["hall", "dark attic", "shop", "locked cellar", "café", "dark shed", "locked yard"]);
        })
        .schedules_with(alone(), "no rooms", || counts(&[]))
        .overlap("two rooms are counted at the same time", || all_meet(&["hall", "attic"]))
        .overlap("somebody counts while somebody else is about to panic", || {
            all_meet(&["dark cellar", "hall"]);
        })
        .overlap_with(few_switches(), "30 rooms are counted at the same time", || all_meet(&["hall"; 30]))
        .spec("two rooms of the same name", || counts(&["dark cellar", "dark cellar"]))
        .spec("100 rooms", || {
            let kinds = ["hall", "locked cellar", "dark attic", "shop"];
            let names: Vec<String> = (0..100).map(|n| format!("{} {n}", kinds[n * 7 % 4])).collect();
            counts(&names.iter().map(String::as_str).collect::<Vec<_>>());
        })
        .spec("50 rooms are counted at the same time", || all_meet(&["dark cellar"; 50]))
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

/// What becomes of a room, from its name. Only here is it known how many pictures there are.
fn look_into(room: &str) -> Result<u32, String> {
    if room.starts_with("dark") {
        // As `panic!`, but no hook hears of it: a panic of the answer is then the only one that there is to tell.
        resume_unwind(Box::new(format!("fell over a chair in the {room}")));
    }
    if room.starts_with("locked") {
        return Err(format!("no key for the {room}"));
    }
    Ok(room.bytes().fold(7, |pictures, byte| (pictures * 31 + u32::from(byte)) % 97))
}

/// What `count_all` has to give for a room.
fn wanted(room: &&str) -> Result<u32, Trouble> {
    if room.starts_with("dark") {
        return Err(Trouble::Panicked(format!("fell over a chair in the {room}")));
    }
    look_into(room).map_err(Trouble::Refused)
}

/// Calls the answer. A panic of the answer itself is not caught: so it is told with its line.
fn ask<F>(rooms: &[&str], count: F) -> Vec<Result<u32, Trouble>>
where
    F: Fn(&str) -> Result<u32, String> + Copy + Send + Sync + 'static,
{
    let rooms: Vec<String> = rooms.iter().map(|room| room.to_string()).collect();
    count_all(rooms, count)
}

/// Each room is counted once, by a thread of its own, and everything is told.
fn counts(rooms: &[&str]) {
    let watch = Watch::new("room", "was counted");
    let got = ask(rooms, move |room| {
        watch.note(room.to_string());
        look_into(room)
    });
    watch.all_done(
        "count_all",
        rooms.iter().map(|room| {
            let of_that_name = rooms.iter().filter(|other| *other == room).count();
            (room.to_string(), of_that_name)
        }),
    );
    for done in watch.by_thread() {
        if done.len() > 1 {
            fail(
                Verdict::NotConcurrent,
                format!(
                    "One thread counted {}, one after the other; each should have a thread.",
                    done.join(" and ")
                ),
            );
        }
    }
    nothing_is_lost(rooms, &got);
    let want: Vec<_> = rooms.iter().map(wanted).collect();
    let in_parts = (parts(&got), parts(&want));
    expect_eq("the results, in the order of the rooms", got, want);
    // Whatever the answer's own `==` says.
    expect_eq("the parts of the results, in the order of the rooms", in_parts.0, in_parts.1);
}

/// The results without the answer's own type: whether it was a panic, and the words.
fn parts(results: &[Result<u32, Trouble>]) -> Vec<Result<u32, (bool, String)>> {
    let part = |result: &Result<u32, Trouble>| match result {
        Ok(pictures) => Ok(*pictures),
        Err(Trouble::Refused(why)) => Err((false, why.clone())),
        Err(Trouble::Panicked(why)) => Err((true, why.clone())),
    };
    results.iter().map(part).collect()
}

/// Whatever went wrong in some room is somewhere in the results.
fn nothing_is_lost(rooms: &[&str], got: &[Result<u32, Trouble>]) {
    for (place, room) in rooms.iter().enumerate() {
        let Err(trouble) = wanted(room) else { continue };
        if got.contains(&Err(trouble.clone())) {
            continue;
        }
        let (Trouble::Refused(why) | Trouble::Panicked(why)) = &trouble;
        let told = got.iter().any(|result| format!("{result:?}").contains(why));
        if !told {
            let what = if matches!(trouble, Trouble::Refused(_)) { "the error" } else { "the panic" };
            let room_result = got.get(place);
            let instead = room_result.map_or("nothing".to_string(), |result| format!("{result:?}"));
            fail(
                Verdict::SwallowedFailure,
                format!(
                    "Nothing in the results tells of {what} \"{why}\"; for the {room} there is {instead}."
                ),
            );
        }
    }
}

/// Nobody is done with a room before somebody is in each.
fn all_meet(rooms: &[&str]) {
    let everybody: &Rendezvous = Box::leak(Box::new(Rendezvous::new(rooms.len())));
    let got = ask(rooms, |room| {
        everybody.meet();
        look_into(room)
    });
    expect_eq("the results, in the order of the rooms", got, rooms.iter().map(wanted).collect());
}
