//! `Mutex`.

use super::{LockResult, TryLockError, TryLockResult, map_lock, map_try, take_free};
use crate::engine::{self, Handle, Oid, Op, State, in_model, point, quiet};
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
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    lock: &'a Mutex<T>,
    /// `None` only while the guard is handed to a condition variable, or dropped.
    inner: Option<::std::sync::MutexGuard<'a, T>>,
}

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
        self.handle.id("Mutex", || State::Mutex { owner: None })
    }

    /// Waits for the lock and takes it.
    ///
    /// # Errors
    /// The guard, wrapped, if a thread panicked while it held the lock.
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        if in_model() {
            return self.lock_in_model(Location::caller());
        }
        if record::on() {
            return self.lock_recorded(Location::caller());
        }
        self.wrap(self.inner.lock())
    }

    pub(super) fn recorded(&self) -> u32 {
        record::object(&self.handle, "Mutex", Show::Unsigned)
    }

    #[cold]
    fn lock_recorded(&self, at: Loc) -> LockResult<MutexGuard<'_, T>> {
        let id = self.recorded();
        let guard = match self.inner.try_lock() {
            Ok(guard) => Ok(guard),
            Err(TryLockError::Poisoned(poison)) => Err(poison),
            Err(TryLockError::WouldBlock) => {
                record::log(Kind::WantLock, id, 0, 0, at);
                self.inner.lock()
            }
        };
        record::log(Kind::Lock, id, 0, 0, at);
        self.wrap(guard)
    }

    #[cold]
    pub(super) fn lock_in_model(&self, at: Loc) -> LockResult<MutexGuard<'_, T>> {
        let id = self.id();
        point(Op::Lock(id), at, |step| step.lock(id));
        self.take()
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
            let taken = point(Op::Free, Location::caller(), |step| step.try_lock(id));
            if taken != Some(true) {
                return Err(TryLockError::WouldBlock);
            }
            return self.take().map_err(TryLockError::Poisoned);
        }
        let result = self.inner.try_lock();
        if record::on() {
            let taken = matches!(result, Err(TryLockError::WouldBlock));
            let kind = if taken { Kind::TryLockFail } else { Kind::Lock };
            record::log(kind, self.recorded(), 0, 0, Location::caller());
        }
        map_try(result, |inner| MutexGuard { lock: self, inner: Some(inner) })
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

    pub(super) fn wrap<'a>(
        &'a self,
        result: LockResult<::std::sync::MutexGuard<'a, T>>,
    ) -> LockResult<MutexGuard<'a, T>> {
        map_lock(result, |inner| MutexGuard { lock: self, inner: Some(inner) })
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// The mutex and the real guard, for a condition variable to let go of; nothing is unlocked here.
    pub(super) fn into_parts(mut self) -> (&'a Mutex<T>, ::std::sync::MutexGuard<'a, T>) {
        let inner = self.inner.take().expect("a guard in use holds its lock");
        (self.lock, inner)
    }

    /// The data for a condition to look at: that it could be changed there does not mean that it is.
    pub(super) fn unwatched(&mut self) -> &mut T {
        self.inner.as_mut().expect("a guard in use holds its lock")
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        if !in_model() {
            if record::on() {
                record::log(Kind::Unlock, self.lock.recorded(), 0, 0, self.lock.handle.created);
            }
            return drop(inner);
        }
        let id = self.lock.id();
        let made = self.lock.handle.created;
        if !::std::thread::panicking() && engine::inspect(|world| world.features().tries_locks) {
            point(Op::Free, made, |_| ());
        }
        drop(inner);
        quiet(made, |step| step.unlock(id));
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.inner.as_ref().expect("a guard in use holds its lock")
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        if in_model() {
            let id = self.lock.id();
            quiet(self.lock.handle.created, |step| step.wrote(id));
        }
        self.inner.as_mut().expect("a guard in use holds its lock")
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
