//! `std::process`: ending the process inside a check ends the check, with a verdict.

use crate::engine::{self, Doing, Op, in_model, inspect, point};
use crate::trace::Loc;
use ::std::panic::Location;
pub use ::std::process::*;

/// Ends the process. Inside a check it is a failure of the checked code instead.
#[track_caller]
pub fn exit(code: i32) -> ! {
    if in_model() {
        end_execution(code, Location::caller());
    }
    ::std::process::exit(code)
}

/// Aborts the process. Inside a check it is a failure of the checked code instead.
#[track_caller]
pub fn abort() -> ! {
    if in_model() {
        // What a shell reports for a process that aborted.
        end_execution(134, Location::caller());
    }
    ::std::process::abort()
}

/// Returns only in a thread that is unwinding already.
fn end_execution(code: i32, at: Loc) {
    let me = engine::me();
    inspect(|world| world.note_exit(me, code, at));
    point(Op::Free(Doing::GoesOn), at, |_| ());
}
