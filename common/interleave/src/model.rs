//! What code can ask about the model it runs in, for those who write checks.

mod shared;

use crate::engine::{self, Contents, Doing, Handle, Op, State, point, quiet};
use ::std::fmt;
use ::std::panic::Location;
use ::std::sync::{Mutex, MutexGuard, PoisonError};
use ::std::time::Duration;
pub use shared::{Deed, Hold, Shared, Turn, Turns, Wish, choose};

/// Whether the calling thread runs inside a check.
pub fn in_model() -> bool {
    engine::in_model()
}

/// How many spawned threads have not ended, other than the caller. Outside a check: 0.
pub fn live_threads() -> usize {
    if !in_model() {
        return 0;
    }
    let me = engine::me();
    engine::inspect(|world| world.live_threads(me))
}

/// How many spawned threads, other than the caller, may still run as far as anybody knows. Outside a check: 0.
///
/// A thread of a check ends together with its last operation, so it may have ended in every schedule although nobody waits
/// for its end: when what it sends, or gives back, is all that one waits for. On a machine it may go on for as long as it
/// likes after that. What ends that doubt is `join`, the end of a scope, or `is_finished` that says so.
pub fn unjoined_threads() -> usize {
    if !in_model() {
        return 0;
    }
    let me = engine::me();
    engine::inspect(|world| world.unjoined_threads(me))
}

/// A meeting of threads: whoever comes waits until enough have come.
///
/// One step for each, however many there are, and no notification to lose. If the others never come, the
/// schedule is a deadlock in which the thread waits for `others`: proof that work does not overlap.
#[derive(Debug)]
pub struct Meeting {
    handle: Handle,
    wanted: usize,
}

impl Meeting {
    /// A meeting of `wanted` threads.
    #[track_caller]
    pub const fn new(wanted: usize) -> Self {
        Meeting { handle: Handle::new(), wanted }
    }

    /// Comes, and waits for the others. Who comes later goes straight through.
    ///
    /// # Panics
    /// Outside a check, where there is nobody to tell that the others never come.
    #[track_caller]
    pub fn meet(&self) {
        assert!(in_model(), "threads meet like this only inside a check");
        let at = Location::caller();
        let id =
            self.handle.id("meeting", Contents::NONE, || State::Meeting { wanted: self.wanted, arrived: 0 });
        quiet(at, |step| step.arrive(id));
        point(Op::Meet(id), at, |step| step.met(id));
    }
}

/// What wakes a task: for stand-ins of asynchronous runtimes, whose wakers set it.
///
/// Setting it is no scheduling point; waiting for it is one. It keeps one wake-up, and never gives one for no reason.
#[derive(Debug)]
pub struct Token {
    handle: Handle,
}

impl Token {
    /// A token that is not set.
    #[track_caller]
    pub const fn new() -> Self {
        Token { handle: Handle::new() }
    }

    fn id(&self) -> engine::Oid {
        self.handle.id("task", Contents::NONE, || State::Token { set: false, by: None })
    }

    /// Sets it. Nothing happens outside a check, or when the execution is over.
    #[track_caller]
    pub fn set(&self) {
        if in_model() {
            let id = self.id();
            quiet(Location::caller(), |step| step.set_token(id));
        }
    }

    /// Waits until it is set, and takes it.
    ///
    /// # Panics
    /// Outside a check.
    #[track_caller]
    pub fn wait(&self) {
        assert!(in_model(), "a token is waited for only inside a check");
        let id = self.id();
        point(Op::Token { token: id, timed: false }, Location::caller(), |step| step.take_token(id));
    }

    /// Waits at this place until it is set, and takes it; or until so much of the model's time has passed, and then
    /// the answer is `false`. That may happen early, as with every time-out of a check.
    ///
    /// # Panics
    /// Outside a check.
    pub fn wait_at(&self, at: &'static Location<'static>, limit: Option<Duration>) -> bool {
        assert!(in_model(), "a token is waited for only inside a check");
        let id = self.id();
        if let Some(limit) = limit {
            quiet(at, |step| step.deadline_in(limit));
        }
        let op = Op::Token { token: id, timed: limit.is_some() };
        point(op, at, |step| step.take_token(id)).unwrap_or(true)
    }
}

impl Default for Token {
    #[track_caller]
    fn default() -> Self {
        Token::new()
    }
}

/// A scheduling point at which anything may happen: before a stand-in's step that others can see.
#[track_caller]
pub fn point_here() {
    if in_model() {
        point(Op::Free(Doing::GoesOn), Location::caller(), |_| ());
    }
}

/// Lets others run, as a task does that asks to be polled again at once.
pub fn yield_at(at: &'static Location<'static>) {
    if in_model() {
        point(Op::Yield, at, |step| step.yielded());
    }
}

/// Tells that from here on the code can see whether something would have had to wait: by trying it, or by waiting for
/// several things at once. The search then starts anew, with more scheduling points: before what is given back.
pub fn tries() {
    if in_model() {
        quiet(Location::caller(), |step| step.tries());
    }
}

/// A line of the report in words of its own, at the caller's place.
#[track_caller]
pub fn say(words: impl Into<String>) {
    if in_model() {
        let words = words.into();
        quiet(Location::caller(), |step| step.note(crate::trace::NONE, words));
    }
}

/// Keeps notes of what the checked code does, from any of its threads.
///
/// Looking at it is no scheduling point and leaves no line in a report, so that a check can watch without
/// adding interleavings. The order of looks still tells schedules apart, which keeps the search sound.
pub struct Notes<T> {
    handle: Handle,
    value: Mutex<T>,
}

impl<T> Notes<T> {
    /// Notes that begin like this.
    #[track_caller]
    pub const fn new(value: T) -> Self {
        Notes { handle: Handle::new(), value: Mutex::new(value) }
    }

    /// Reads or changes the notes. `f` must not use anything that the check schedules.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        if in_model() {
            let id = self.handle.id("notes", Contents::NONE, || State::Log);
            quiet(self.handle.created, |step| step.touch(id));
        }
        f(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Default> Default for Notes<T> {
    #[track_caller]
    fn default() -> Self {
        Notes::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Notes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock().fmt(f)
    }
}
