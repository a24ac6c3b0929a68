//! The classics: every wrong program fails as it must, every right one is accepted, by interleave.
//!
//! The same programs are measured against loom and shuttle by `examples/classics.rs`.

mod litmus;
#[path = "libraries/interleave.rs"]
mod programs;
mod table;
mod theirs;

use interleave::Checker;
use std::collections::BTreeSet;
use table::{Coverage, Pair, Twin};

#[test]
fn wrong_twins_fail_as_they_must() {
    let wrong: Vec<String> = programs::pairs().iter().filter_map(|pair| not_found(pair).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn not_found(pair: &Pair) -> Result<(), String> {
    let (program, name) = (pair.program, format!("{} ({})", pair.name, pair.what));
    match Checker::new().check(move || program(Twin::Wrong)) {
        Err(failure) if failure.kind == pair.kind => Ok(()),
        Err(failure) => {
            Err(format!("{name}: {:?} expected, found {:?}: {}", pair.kind, failure.kind, failure.message))
        }
        Ok(report) => Err(format!("{name}: {:?} expected, but accepted: {report}", pair.kind)),
    }
}

#[test]
fn right_twins_are_accepted() {
    let wrong: Vec<String> = programs::pairs().iter().filter_map(|pair| not_accepted(pair).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn not_accepted(pair: &Pair) -> Result<(), String> {
    let program = pair.program;
    let report = Checker::new()
        .check(move || program(Twin::Right))
        .map_err(|failure| format!("{}: a right program was rejected: {failure}", pair.name))?;
    let covered = match pair.coverage {
        Coverage::Whole => report.complete,
        Coverage::UpTo(bound) => !report.complete && report.bound == Some(bound),
    };
    if covered { Ok(()) } else { Err(format!("{}: {:?} expected: {report}", pair.name, pair.coverage)) }
}

#[test]
fn weak_behaviours_are_those_of_the_model() {
    let mut wrong = Vec::new();
    for litmus in litmus::all() {
        assert!(litmus.allowed || !litmus.shown, "{}: what is forbidden must not be shown", litmus.name);
        let outcomes = litmus.outcomes();
        if outcomes.contains(litmus.asked) != litmus.shown {
            let expected = if litmus.shown { "expected" } else { "not expected" };
            wrong.push(format!(
                "{} [{}]: {} {expected}, got {outcomes:?}",
                litmus.name, litmus.program, litmus.outcome
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every bug of loom's and shuttle's own tests that plain `std` can express has a program here.
#[test]
fn every_bug_of_theirs_is_covered() {
    let pairs = programs::pairs();
    let litmus = litmus::all();
    let ours = |name: &str| pairs.iter().any(|p| p.name == name) || litmus.iter().any(|l| l.name == name);
    let all = theirs::LOOM.iter().chain(theirs::SHUTTLE);
    let missing: Vec<_> = all.filter(|(_, name)| !ours(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_table_is_as_long_as_promised() {
    let pairs = programs::pairs();
    let names: BTreeSet<&str> = pairs.iter().map(|pair| pair.name).collect();
    assert_eq!(names.len(), pairs.len(), "every pair has a name of its own");
    assert!(pairs.len() >= 61, "{}", pairs.len());
}
