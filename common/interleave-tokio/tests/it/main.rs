//! The stand-in's own tests, written as its users write code: with the crates as `std` and `tokio`.
extern crate interleave as std;
extern crate interleave_tokio as tokio;

mod channels;
mod front_page;
mod locks;
mod outcomes;
mod real;
mod steps;
mod tasks;
mod time;

use std::{Cause, Checker, Failure, FailureKind, Report};
use tokio::runtime::{Builder, Runtime};

/// The failure that every wrong program must have.
fn wrong<F: Future<Output = ()>>(program: impl Fn() -> F + Send + Sync + 'static) -> Box<Failure> {
    match Checker::new().check(move || Runtime::new().unwrap().block_on(program())) {
        Err(failure) => failure,
        Ok(report) => panic!("a wrong program was accepted: {report}"),
    }
}

/// The report that every right program must have: nothing found, everything covered.
fn right<F: Future<Output = ()>>(program: impl Fn() -> F + Send + Sync + 'static) -> Report {
    right_in(move || Runtime::new().unwrap().block_on(program()))
}

/// [`right`], for programs that make their own runtime.
fn right_in(program: impl Fn() + Send + Sync + 'static) -> Report {
    match Checker::new().check(program) {
        Ok(report) => {
            assert!(report.complete, "not everything was covered: {report}");
            report
        }
        Err(failure) => panic!("a right program was rejected:\n{failure}"),
    }
}

/// [`wrong`], on a runtime with one thread.
fn wrong_on_one_thread<F: Future<Output = ()>>(
    program: impl Fn() -> F + Send + Sync + 'static,
) -> Box<Failure> {
    match Checker::new().check(move || Builder::new_current_thread().build().unwrap().block_on(program())) {
        Err(failure) => failure,
        Ok(report) => panic!("a wrong program was accepted: {report}"),
    }
}

/// [`right`], on a runtime with one thread.
fn right_on_one_thread<F: Future<Output = ()>>(program: impl Fn() -> F + Send + Sync + 'static) -> Report {
    right_in(move || Builder::new_current_thread().build().unwrap().block_on(program()))
}

fn assert_failure(failure: &Failure, kind: FailureKind, cause: Cause) {
    assert_eq!((failure.kind, failure.cause), (kind, cause), "{failure}");
}

fn assert_says(failure: &Failure, words: &str) {
    let told = failure.to_string();
    let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(words), "no word of {words:?}:\n{told}");
}
