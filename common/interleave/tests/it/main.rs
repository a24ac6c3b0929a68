//! The explorer's own tests, written as its users write code: with the crate as `std`.
extern crate interleave as std;
extern crate std as real;

mod atomics;
mod channels;
mod condvars;
mod locks;
mod once;
mod pictures;
mod plain;
mod playing;
mod recording;
mod reports;
mod search;
mod statics;
mod threads;
mod watching;

use std::{Cause, Checker, Failure, FailureKind, Report};

/// The failure that every wrong program must have.
fn wrong(f: impl Fn() + Send + Sync + 'static) -> Box<Failure> {
    match Checker::new().check(f) {
        Err(failure) => failure,
        Ok(report) => panic!("a wrong program was accepted: {report}"),
    }
}

/// The report that every right program must have: nothing found, everything covered.
fn right(f: impl Fn() + Send + Sync + 'static) -> Report {
    match Checker::new().check(f) {
        Ok(report) => {
            assert!(report.complete, "not everything was covered: {report}");
            report
        }
        Err(failure) => panic!("a right program was rejected:\n{failure}"),
    }
}

fn assert_failure(failure: &Failure, kind: FailureKind, cause: Cause) {
    assert_eq!((failure.kind, failure.cause), (kind, cause), "{failure}");
}
