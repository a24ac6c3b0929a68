//! Plain memory that threads share, watched: what unsafe code does with an `UnsafeCell`, without the
//! unsafety.

use crate::engine::{Contents, Doing, Handle, Op, State, in_model, point};
use ::std::fmt;
use ::std::panic::Location;
use ::std::sync::{Mutex, PoisonError};

/// A value that any thread may read and write as if it were its own.
///
/// Inside a check two accesses that nothing orders, one of them a write, are reported as a data race.
/// On real threads a lock keeps the same accesses sound, so no `unsafe` is needed to use it.
pub struct RaceCell<T> {
    handle: Handle,
    value: Mutex<T>,
}

impl<T> RaceCell<T> {
    /// A cell with this first value.
    #[track_caller]
    pub const fn new(value: T) -> Self {
        RaceCell { handle: Handle::new(), value: Mutex::new(value) }
    }

    /// Replaces the value.
    #[track_caller]
    pub fn set(&self, value: T) {
        self.access(true, Location::caller());
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }

    /// Lets `look` read the value.
    #[track_caller]
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.access(false, Location::caller());
        look(&self.value.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn access(&self, write: bool, at: crate::trace::Loc) {
        if in_model() {
            let id = self.handle.id("cell", Contents::of(&self.value), || State::Plain(Default::default()));
            let doing = if write { Doing::Writes(id) } else { Doing::Reads(id) };
            point(Op::Free(doing), at, |step| step.plain(id, write));
        } else {
            self.handle.note_use();
        }
    }

    /// Consumes the cell and returns its value.
    pub fn into_inner(self) -> T {
        self.value.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Copy> RaceCell<T> {
    /// Reads the value.
    #[track_caller]
    pub fn get(&self) -> T {
        self.access(false, Location::caller());
        *self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for RaceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaceCell").finish_non_exhaustive()
    }
}
