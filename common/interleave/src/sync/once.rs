//! `Once`, `OnceLock` and `LazyLock`.
//!
//! In a check, who initialises holds a gate that everybody else waits at.

use super::{Mutex, PoisonError};
use crate::engine::{Contents, Doing, Op, in_model, point};
use crate::trace::Loc;
use ::std::cell::Cell;
use ::std::fmt;
use ::std::ops::Deref;
use ::std::panic::{Location, RefUnwindSafe, UnwindSafe};
use ::std::sync as real;

/// [`std::sync::OnceLock`].
pub struct OnceLock<T> {
    gate: Mutex<()>,
    inner: real::OnceLock<T>,
}

impl<T> OnceLock<T> {
    /// Creates an empty cell.
    #[track_caller]
    pub const fn new() -> Self {
        OnceLock { gate: Mutex::new(()), inner: real::OnceLock::new() }
    }

    /// Inside a check, what comes before every use: in a static, every run finds what the first one found.
    fn renew(&self) {
        if in_model() {
            self.gate.renew_with(Contents::of(&self.inner));
        } else {
            self.gate.note_use();
        }
    }

    /// The value, if there is one.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if in_model() {
            self.renew();
            look(&self.gate, Location::caller());
        }
        self.inner.get()
    }

    /// The value, if there is one.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.inner.get_mut()
    }

    /// Puts a value in.
    ///
    /// # Errors
    /// The value, if there was one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        self.renew();
        let _gate = pass(&self.gate, Location::caller());
        self.inner.set(value)
    }

    /// The value; `init` makes it if there is none. Others wait meanwhile.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, init: F) -> &T {
        self.renew();
        if !in_model() {
            return self.inner.get_or_init(init);
        }
        let _gate = pass(&self.gate, Location::caller());
        if self.inner.get().is_none() {
            // The gate is held: only an `init` that asks for its own value could have come first, and
            // that one waits at the gate for ever.
            let _ = self.inner.set(init());
        }
        self.inner.get().expect("just initialised")
    }

    /// Waits until there is a value.
    #[track_caller]
    pub fn wait(&self) -> &T {
        if !in_model() {
            return self.inner.wait();
        }
        loop {
            if let Some(value) = self.get() {
                return value;
            }
            crate::thread::yield_now();
        }
    }

    /// Consumes the cell and returns its value.
    pub fn into_inner(self) -> Option<T> {
        self.inner.into_inner()
    }

    /// Takes the value out.
    pub fn take(&mut self) -> Option<T> {
        self.inner.take()
    }
}

/// Looks whether somebody has passed the gate, without waiting for who is there.
fn look(gate: &Mutex<()>, at: Loc) {
    let id = gate.id();
    point(Op::Free(Doing::LooksAt(id)), at, |step| step.peek_at(id));
}

/// Waits at the gate, if this is a check.
fn pass(gate: &Mutex<()>, at: Loc) -> Option<super::MutexGuard<'_, ()>> {
    in_model().then(|| gate.lock_in_model(at).unwrap_or_else(PoisonError::into_inner))
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        OnceLock { gate: Mutex::new(()), inner: real::OnceLock::from(value) }
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        OnceLock { gate: Mutex::new(()), inner: self.inner.clone() }
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

/// [`std::sync::Once`].
pub struct Once {
    /// Whether it was called; poisoned when the call panicked.
    done: Mutex<bool>,
    inner: real::Once,
}

/// [`std::sync::OnceState`].
#[derive(Debug)]
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// Whether an earlier call panicked.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl Once {
    /// Creates one that was not called yet.
    #[track_caller]
    pub const fn new() -> Self {
        Once { done: Mutex::new(false), inner: real::Once::new() }
    }

    /// Calls `f`, unless that was done before. Others wait meanwhile.
    ///
    /// # Panics
    /// If an earlier call panicked.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, f: F) {
        if !in_model() {
            return self.inner.call_once(f);
        }
        let mut done = match self.done.lock_in_model(Location::caller()) {
            Ok(done) => done,
            Err(_) => panic!("Once instance has previously been poisoned"),
        };
        if !*done {
            f();
            *done = true;
        }
    }

    /// Calls `f`, unless a call that did not panic was done before.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, f: F) {
        if !in_model() {
            return self.inner.call_once_force(|state| f(&OnceState { poisoned: state.is_poisoned() }));
        }
        let lock = self.done.lock_in_model(Location::caller());
        let poisoned = lock.is_err();
        let mut done = lock.unwrap_or_else(PoisonError::into_inner);
        if !*done {
            self.done.clear_poison();
            f(&OnceState { poisoned });
            *done = true;
        }
    }

    /// Waits until a call has ended.
    ///
    /// # Panics
    /// If it panicked.
    #[track_caller]
    pub fn wait(&self) {
        if !in_model() {
            return self.inner.wait();
        }
        while !self.is_completed() {
            assert!(!self.done.is_poisoned(), "Once instance has previously been poisoned");
            crate::thread::yield_now();
        }
    }

    /// Whether a call has ended.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        if !in_model() {
            return self.inner.is_completed();
        }
        let id = self.done.id();
        point(Op::Free(Doing::LooksAt(id)), Location::caller(), |step| step.peek_at(id));
        // Held means that the call is going on.
        self.done.peek().unwrap_or(false)
    }
}

impl Default for Once {
    #[track_caller]
    fn default() -> Self {
        Once::new()
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

/// [`std::sync::LazyLock`].
pub struct LazyLock<T, F = fn() -> T> {
    cell: OnceLock<T>,
    init: real::Mutex<Cell<Option<F>>>,
}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// A value that `init` makes when it is first wanted.
    #[track_caller]
    pub const fn new(init: F) -> Self {
        LazyLock { cell: OnceLock::new(), init: real::Mutex::new(Cell::new(Some(init))) }
    }

    /// The value, made now if it was not before.
    ///
    /// # Panics
    /// If making it panicked before.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        if in_model() {
            this.cell.gate.renew_with_both(Contents::of(&this.cell.inner), Contents::of(&this.init));
        }
        this.cell.get_or_init(|| {
            let init = this.init.lock().unwrap_or_else(PoisonError::into_inner).take();
            match init {
                Some(init) => init(),
                None => panic!("LazyLock instance has previously been poisoned"),
            }
        })
    }
}

impl<T, F> LazyLock<T, F> {
    /// The value, if it was made.
    #[track_caller]
    pub fn get(this: &Self) -> Option<&T> {
        if in_model() {
            this.cell.gate.renew_with_both(Contents::of(&this.cell.inner), Contents::of(&this.init));
        }
        this.cell.get()
    }

    /// The value, if it was made.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.cell.get_mut()
    }
}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// The value, made now if it was not before.
    ///
    /// # Panics
    /// If making it panicked before.
    #[track_caller]
    pub fn force_mut(this: &mut Self) -> &mut T {
        LazyLock::force(this);
        this.cell.get_mut().expect("just made")
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;
    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> Self {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LazyLock");
        match self.cell.inner.get() {
            Some(value) => tuple.field(value),
            None => tuple.field(&format_args!("<uninit>")),
        };
        tuple.finish()
    }
}

// As for the real ones: what a panic leaves behind is either nothing or whole.
impl<T: UnwindSafe> UnwindSafe for OnceLock<T> {}
impl<T: RefUnwindSafe + UnwindSafe> RefUnwindSafe for OnceLock<T> {}
impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}
