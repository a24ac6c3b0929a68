//! `std::thread`: the real one outside a check, the model's inside.

mod handle;
mod scoped;
mod spawning;

use crate::engine::{self, Op, in_model, point, quiet};
use crate::record;
use crate::trace::{Kind, Loc, NONE};
use ::std::num::NonZero;
use ::std::panic::Location;
pub use ::std::thread::{AccessError, LocalKey, Result, panicking};
use ::std::time::Duration;
pub use handle::{Thread, ThreadId};
pub use scoped::{Scope, ScopedJoinHandle, scope};
pub use spawning::{Builder, JoinHandle, spawn};

/// The calling thread.
pub fn current() -> Thread {
    if in_model() {
        let me = engine::me();
        Thread::modelled(me, engine::inspect(|world| world.name_of(me)))
    } else {
        Thread::real(::std::thread::current())
    }
}

/// How many threads can run at a time. Inside a check that is 2 on every machine, so that the verdict is the same.
///
/// # Errors
/// If the system does not tell.
pub fn available_parallelism() -> ::std::io::Result<NonZero<usize>> {
    if in_model() {
        return Ok(const { NonZero::new(2).unwrap() });
    }
    ::std::thread::available_parallelism()
}

/// Writes down what the calling thread does in a recording.
fn log(kind: Kind, value: u64, at: Loc) {
    if record::on() {
        record::log(kind, NONE, value, 0, at);
    }
}

/// Lets others run. It promises nothing: inside a check the caller may also go straight on.
#[track_caller]
pub fn yield_now() {
    if in_model() {
        point(Op::Yield, Location::caller(), |step| step.yielded());
    } else {
        log(Kind::Yield, 0, Location::caller());
        ::std::thread::yield_now();
    }
}

/// Sleeps at least `duration`. Inside a check no time passes: a sleeper goes on when nobody else can,
/// the earliest first, or (bad luck) at any other moment.
#[track_caller]
pub fn sleep(duration: Duration) {
    if in_model() {
        let at = Location::caller();
        quiet(at, |step| step.deadline_in(duration));
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        point(Op::Sleep, at, |step| step.slept(milliseconds));
    } else {
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        if record::watched() {
            log(Kind::WantSleep, milliseconds, Location::caller());
        }
        ::std::thread::sleep(duration);
        log(Kind::Sleep, milliseconds, Location::caller());
    }
}

/// Waits for this thread's token. It may also return for no reason.
#[track_caller]
pub fn park() {
    if in_model() {
        point(Op::Park { timed: false }, Location::caller(), |step| step.parked());
    } else {
        log(Kind::WantUnpark, 0, Location::caller());
        ::std::thread::park();
        log(Kind::Parked, 0, Location::caller());
    }
}

/// Waits for this thread's token, at most `limit` long.
#[track_caller]
pub fn park_timeout(limit: Duration) {
    if in_model() {
        let at = Location::caller();
        quiet(at, |step| step.deadline_in(limit));
        point(Op::Park { timed: crate::time::ends(limit) }, at, |step| step.parked());
    } else {
        log(Kind::WantUnpark, 0, Location::caller());
        ::std::thread::park_timeout(limit);
        log(Kind::Parked, 0, Location::caller());
    }
}
