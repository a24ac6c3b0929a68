//! What the tasks of a modelled runtime have in common.

use crate::executor::{Loc, open};
use crate::task::state::Stop;
use interleave::model::{Shared, Turn, Turns};
use std::sync::{Mutex, Weak};
use std::task::Waker;

/// What the tasks of a modelled runtime have in common.
pub(crate) struct Shop {
    /// The only thread there is, if so: who polls holds it.
    executor: Option<Turns>,
    /// `block_on` polls on that same thread, and tasks run only meanwhile.
    pub(super) current_thread: bool,
    /// Who looks at it may see that somebody's time was up. Not a static: several checks may run at once.
    pub(crate) clock: Shared,
    pub(super) doors: Mutex<Doors>,
}

#[derive(Default)]
pub(super) struct Doors {
    /// How many are in `block_on`.
    pub(super) inside: usize,
    /// Tasks that came while nobody was.
    pub(super) waiting: Vec<Waker>,
    pub(super) tasks: Vec<Weak<dyn Stop>>,
}

impl Shop {
    // Not `#[track_caller]`: the turns are to be called after this variable.
    pub(super) fn new(one_thread: bool, current_thread: bool) -> Self {
        let executor = Turns::new();
        Shop {
            executor: one_thread.then_some(executor),
            current_thread,
            clock: Shared::new("clock"),
            doors: Mutex::default(),
        }
    }

    pub(crate) fn turn(&self, at: Loc) -> Option<Turn<'_>> {
        self.executor.as_ref()?.take(at)
    }

    /// Whether tasks may run; if not, calls `waker` when they may.
    pub(crate) fn is_open(&self, waker: &Waker) -> bool {
        let mut doors = open(&self.doors);
        if self.current_thread && doors.inside == 0 {
            doors.waiting.push(waker.clone());
            return false;
        }
        true
    }

    pub(crate) fn enter(&self, task: Weak<dyn Stop>) {
        let tasks = &mut open(&self.doors).tasks;
        tasks.retain(|task| task.strong_count() > 0);
        tasks.push(task);
    }
}
