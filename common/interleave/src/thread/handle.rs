//! `Thread` and `ThreadId`.

use crate::engine::{Doing, Op, Tid, point};
use ::std::panic::Location;
use ::std::thread as real;

/// [`std::thread::Thread`].
#[derive(Clone, Debug)]
pub struct Thread(Which);

#[derive(Clone, Debug)]
enum Which {
    Real(real::Thread),
    Modelled { number: Tid, name: Option<String> },
}

/// [`std::thread::ThreadId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThreadId(WhichId);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum WhichId {
    Real(real::ThreadId),
    Modelled(Tid),
}

impl Thread {
    pub(super) fn real(thread: real::Thread) -> Self {
        Thread(Which::Real(thread))
    }

    pub(super) fn modelled(number: Tid, name: Option<String>) -> Self {
        Thread(Which::Modelled { number, name })
    }

    /// Its number in the model.
    pub(crate) fn number(&self) -> Option<Tid> {
        match &self.0 {
            Which::Real(_) => None,
            Which::Modelled { number, .. } => Some(*number),
        }
    }

    /// The thread's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Which::Real(thread) => thread.name(),
            Which::Modelled { number: 0, name: None } => Some("main"),
            Which::Modelled { name, .. } => name.as_deref(),
        }
    }

    /// The thread's identity.
    pub fn id(&self) -> ThreadId {
        ThreadId(match &self.0 {
            Which::Real(thread) => WhichId::Real(thread.id()),
            Which::Modelled { number, .. } => WhichId::Modelled(*number),
        })
    }

    /// Gives the thread its token: its next or present `park` returns.
    #[track_caller]
    pub fn unpark(&self) {
        match &self.0 {
            Which::Real(thread) => thread.unpark(),
            Which::Modelled { number, .. } => {
                point(Op::Free(Doing::Unparks(*number)), Location::caller(), |step| step.unpark(*number));
            }
        }
    }
}
