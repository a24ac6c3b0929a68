//! `Mutex`.

use super::{LockResult, TryLockError, TryLockResult, map_lock, map_try, take_free};
use crate::engine::{self, Contents, Doing, Handle, Oid, Op, State, in_model, point, quiet};
use crate::record;
use crate::trace::{Kind, Loc, Show};
use ::std::fmt;
use ::std::ops::{Deref, DerefMut};
use ::std::panic::Location;

/// [`std::sync::Mutex`]; inside a check, locking is a scheduling point.
pub struct Mutex<T: ?Sized> {
    handle: Handle,
    inner: ::std::sync::Mutex<T>,
}

/// [`std::sync::MutexGuard`].
///
/// It has no `Drop` of its own, so that the real guard can be taken out of it, and outside a check it costs little
/// more than that one.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    /// Dropped first: a recording hears of it before another thread can have the lock.
    recorded: Recorded<'a, T>,
    inner: ::std::sync::MutexGuard<'a, T>,
    /// Dropped last: no other thread of a check runs before the model hears of it.
    release: Release<'a, T>,
}

/// Tells a recording that a mutex is given back.
struct Recorded<'a, T: ?Sized>(&'a Mutex<T>);

/// Tells the model that a mutex is given back.
struct Release<'a, T: ?Sized>(&'a Mutex<T>);

impl<T> Mutex<T> {
    /// Creates an unlocked mutex.
    #[track_caller]
    pub const fn new(value: T) -> Self {
        Mutex { handle: Handle::new(), inner: ::std::sync::Mutex::new(value) }
    }

    /// Consumes the mutex and returns its data.
    ///
    /// # Errors
    /// The data, wrapped, if a thread panicked while it held the lock.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    pub(super) fn id(&self) -> Oid {
        self.handle.id("Mutex", Contents::of(&self.inner), || State::Mutex { owner: None })
    }

    /// As a gate: outside any check, that it was used.
    pub(super) fn note_use(&self) {
        self.handle.note_use();
    }

    /// As a gate: what it guards is, in a static, what the first run found.
    pub(super) fn renew_with(&self, guarded: Contents) {
        self.handle.renew(&[Contents::of(&self.inner), guarded]);
    }

    pub(super) fn renew_with_both(&self, one: Contents, other: Contents) {
        self.handle.renew(&[Contents::of(&self.inner), one, other]);
    }

    /// Waits for the lock and takes it.
    ///
    /// # Errors
    /// The guard, wrapped, if a thread panicked while it held the lock.
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        // What is called out of line returns nothing of the guard, which so stays in registers.
        let recorded = !in_model() && record::on();
        if recorded {
            self.want_recorded(Location::caller());
        } else if in_model() {
            self.wait_in_model(Location::caller());
        } else {
            self.handle.note_use();
        }
        let result = self.inner.lock();
        if recorded {
            self.lock_recorded(Location::caller());
        }
        self.wrap(result)
    }

    pub(super) fn recorded(&self) -> u32 {
        record::object(&self.handle, "Mutex", Show::Unsigned)
    }

    #[cold]
    fn want_recorded(&self, at: Loc) {
        if record::watched() || matches!(self.inner.try_lock(), Err(TryLockError::WouldBlock)) {
            record::log(Kind::WantLock, self.recorded(), 0, 0, at);
        }
    }

    #[cold]
    fn lock_recorded(&self, at: Loc) {
        record::log(Kind::Lock, self.recorded(), 0, 0, at);
    }

    /// Waits until the model says that the real lock is free, and makes sure of it.
    #[cold]
    fn wait_in_model(&self, at: Loc) {
        drop(self.lock_in_model_raw(at));
    }

    pub(super) fn lock_in_model(&self, at: Loc) -> LockResult<MutexGuard<'_, T>> {
        self.wrap(self.lock_in_model_raw(at))
    }

    fn lock_in_model_raw(&self, at: Loc) -> LockResult<::std::sync::MutexGuard<'_, T>> {
        let id = self.id();
        point(Op::Lock(id), at, |step| step.lock(id));
        take_free(self.inner.try_lock())
    }

    #[cold]
    fn unlock_in_model(&self) {
        let id = self.id();
        let made = self.handle.created;
        if !::std::thread::panicking() && engine::inspect(|world| world.features().tries_locks) {
            point(Op::Free(Doing::GivesBack(id)), made, |_| ());
        }
        quiet(made, |step| step.unlock(id));
    }

    #[cold]
    fn unlock_recorded(&self) {
        record::log(Kind::Unlock, self.recorded(), 0, 0, self.handle.created);
    }

    #[cold]
    fn note_write(&self) {
        let id = self.id();
        quiet(self.handle.created, |step| step.wrote(id));
    }

    /// The real lock, which the model says is free.
    pub(super) fn take(&self) -> LockResult<MutexGuard<'_, T>> {
        self.wrap(take_free(self.inner.try_lock()))
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    /// `WouldBlock` if it is held; the guard, wrapped, if it is poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        if in_model() {
            let id = self.id();
            let taken = point(Op::Free(Doing::Tries(id)), Location::caller(), |step| step.try_lock(id));
            if taken != Some(true) {
                return Err(TryLockError::WouldBlock);
            }
            return self.take().map_err(TryLockError::Poisoned);
        }
        self.handle.note_use();
        let result = self.inner.try_lock();
        if record::on() {
            let taken = matches!(result, Err(TryLockError::WouldBlock));
            let kind = if taken { Kind::TryLockFail } else { Kind::Lock };
            record::log(kind, self.recorded(), 0, 0, Location::caller());
        }
        map_try(result, |inner| MutexGuard { recorded: Recorded(self), inner, release: Release(self) })
    }

    /// The data, without locking: the borrow proves that nobody else can.
    ///
    /// # Errors
    /// The data, wrapped, if the mutex is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    /// Whether a thread panicked while it held the lock.
    pub fn is_poisoned(&self) -> bool {
        self.inner.is_poisoned()
    }

    /// Forgets that a thread panicked while it held the lock.
    pub fn clear_poison(&self) {
        self.inner.clear_poison();
    }

    /// A copy of the data of a mutex that is free, without an operation.
    pub(super) fn peek(&self) -> Option<T>
    where
        T: Copy,
    {
        self.inner.try_lock().ok().map(|data| *data)
    }

    #[inline]
    pub(super) fn wrap<'a>(
        &'a self,
        result: LockResult<::std::sync::MutexGuard<'a, T>>,
    ) -> LockResult<MutexGuard<'a, T>> {
        map_lock(result, |inner| MutexGuard { recorded: Recorded(self), inner, release: Release(self) })
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// The mutex and the real guard, for a condition variable to let go of; nothing is unlocked here.
    pub(super) fn into_parts(self) -> (&'a Mutex<T>, ::std::sync::MutexGuard<'a, T>) {
        let MutexGuard { recorded, release, inner } = self;
        let lock = release.0;
        ::std::mem::forget((recorded, release));
        (lock, inner)
    }

    /// The data for a condition to look at: that it could be changed there does not mean that it is.
    pub(super) fn unwatched(&mut self) -> &mut T {
        &mut self.inner
    }
}

impl<T: ?Sized> Drop for Release<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if in_model() {
            self.0.unlock_in_model();
        }
    }
}

impl<T: ?Sized> Drop for Recorded<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if record::on() && !in_model() {
            self.0.unlock_recorded();
        }
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        if in_model() {
            self.release.0.note_write();
        }
        &mut self.inner
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
