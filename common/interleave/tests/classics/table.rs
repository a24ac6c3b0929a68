//! What a pair is: one classic bug and its cure, and how the bug must show.

use interleave::FailureKind;

/// Which of the two programs to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    Wrong,
    Right,
}
pub use Twin::{Right, Wrong};

/// How much of the right twin the default checker gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every schedule.
    Whole,
    /// Every schedule with at most this many unlucky moments.
    UpTo(usize),
}

/// A wrong program and its right twin: the same text but for the line that matters.
#[derive(Clone, Copy)]
pub struct Pair {
    pub name: &'static str,
    /// How the wrong twin fails.
    pub kind: FailureKind,
    pub what: &'static str,
    pub program: fn(Twin),
    pub coverage: Coverage,
}

impl Pair {
    pub const fn new(name: &'static str, kind: FailureKind, what: &'static str, program: fn(Twin)) -> Self {
        Pair { name, kind, what, program, coverage: Coverage::Whole }
    }

    /// A right twin too big to be explored completely by default.
    pub const fn up_to(mut self, unlucky_moments: usize) -> Self {
        self.coverage = Coverage::UpTo(unlucky_moments);
        self
    }
}
