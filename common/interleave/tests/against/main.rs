//! Random small programs, run to exhaustion by interleave and by another judge: the sets of outcomes must agree.
//!
//! * Against shuttle's depth-first search, with sequentially consistent atomics, mutexes, a channel and a condition
//!   variable: the same outcomes, and the same answer to "can it deadlock?".
//! * Against the axioms of C++20, with weaker orderings and fences: the same outcomes.
//! * Against loom, with the same: what it shows and the axioms allow is shown here too.
//!
//! `DIFFERENTIAL=1000` compares that many programs of each family instead of the default.

mod by_loom;
mod by_shuttle;
mod compare;
mod oracle;
mod program;
mod run;

/// How many programs of each family.
fn many() -> u64 {
    match std::env::var("DIFFERENTIAL") {
        Ok(number) => number.parse().expect("DIFFERENTIAL is a number of programs"),
        Err(_) => 40,
    }
}

fn same_as_shuttle(family: program::Family) {
    let sum = compare::with_shuttle(family, many());
    println!("{family:?}: {sum}");
    assert!(sum.disagreements.is_empty(), "{}", sum.disagreements.join("\n\n"));
    assert!(sum.agreed * 2 > many(), "too few could be compared: {sum}");
}

#[test]
fn ordered_locks() {
    same_as_shuttle(program::Family::OrderedLocks);
}

#[test]
fn locks_in_any_order() {
    same_as_shuttle(program::Family::AnyLocks);
}

#[test]
fn condition_variables() {
    same_as_shuttle(program::Family::Condvars);
}

#[test]
fn channels() {
    same_as_shuttle(program::Family::Channels);
}

#[test]
fn weak_atomics_by_the_axioms() {
    let sum = compare::with_axioms(program::Family::WeakAtomics, many() * 5);
    println!("{sum}");
    assert!(sum.disagreements.is_empty(), "{}", sum.disagreements.join("\n\n"));
    assert!(sum.agreed * 10 > many() * 45, "too few could be compared: {sum}");
}

#[test]
fn weak_atomics_by_loom() {
    let (sum, words) = compare::with_loom(program::Family::WeakAtomics, many());
    println!("{sum}; {words}");
    assert!(sum.disagreements.is_empty(), "{}", sum.disagreements.join("\n\n"));
}

#[test]
fn weak_atomics_with_locks() {
    let sum = compare::with_shuttle_or_more(program::Family::WeakAtomicsAndLocks, many());
    println!("{sum}");
    assert!(sum.disagreements.is_empty(), "{}", sum.disagreements.join("\n\n"));
    assert!(sum.agreed * 2 > many(), "too few could be compared: {sum}");
}
