//! `RwLock`.

use super::{LockResult, TryLockError, TryLockResult, map_lock, map_try, take_free};
use crate::engine::{self, Contents, Doing, Handle, Oid, Op, State, in_model, point, quiet};
use crate::record;
use crate::trace::{Kind, Loc, Show};
use ::std::fmt;
use ::std::ops::{Deref, DerefMut};
use ::std::panic::Location;

/// [`std::sync::RwLock`]; inside a check any thread that can take it may be next,
/// reader or writer.
pub struct RwLock<T: ?Sized> {
    handle: Handle,
    inner: ::std::sync::RwLock<T>,
}

/// [`std::sync::RwLockReadGuard`].
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    inner: Option<::std::sync::RwLockReadGuard<'a, T>>,
}

/// [`std::sync::RwLockWriteGuard`].
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    inner: Option<::std::sync::RwLockWriteGuard<'a, T>>,
}

impl<T> RwLock<T> {
    /// Creates an unlocked read-write lock.
    #[track_caller]
    pub const fn new(value: T) -> Self {
        RwLock { handle: Handle::new(), inner: ::std::sync::RwLock::new(value) }
    }

    /// Consumes the lock and returns its data.
    ///
    /// # Errors
    /// The data, wrapped, if a writer panicked.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    fn id(&self) -> Oid {
        self.handle
            .id("RwLock", Contents::of(&self.inner), || State::RwLock { writer: None, readers: Vec::new() })
    }

    /// Waits until nobody writes, and takes the lock for reading.
    ///
    /// # Errors
    /// The guard, wrapped, if a writer panicked.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let result = if in_model() {
            let id = self.id();
            point(Op::ReadLock(id), Location::caller(), |step| step.rw_lock(id, false));
            take_free(self.inner.try_read())
        } else if record::on() {
            self.log(Kind::WantRead, Location::caller());
            let result = self.inner.read();
            self.log(Kind::Read, Location::caller());
            result
        } else {
            self.handle.note_use();
            self.inner.read()
        };
        map_lock(result, |inner| RwLockReadGuard { lock: self, inner: Some(inner) })
    }

    /// Waits until nobody reads or writes, and takes the lock for writing.
    ///
    /// # Errors
    /// The guard, wrapped, if a writer panicked.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let result = if in_model() {
            let id = self.id();
            point(Op::WriteLock(id), Location::caller(), |step| step.rw_lock(id, true));
            take_free(self.inner.try_write())
        } else if record::on() {
            self.log(Kind::WantWrite, Location::caller());
            let result = self.inner.write();
            self.log(Kind::Write, Location::caller());
            result
        } else {
            self.handle.note_use();
            self.inner.write()
        };
        map_lock(result, |inner| RwLockWriteGuard { lock: self, inner: Some(inner) })
    }

    /// Takes the lock for reading if nobody writes.
    ///
    /// # Errors
    /// `WouldBlock` if somebody does; the guard, wrapped, if the lock is poisoned.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        self.admit(false, Location::caller())?;
        let result = self.inner.try_read();
        self.log_try(matches!(result, Err(TryLockError::WouldBlock)), Kind::Read, Location::caller());
        map_try(result, |inner| RwLockReadGuard { lock: self, inner: Some(inner) })
    }

    /// Takes the lock for writing if nobody reads or writes.
    ///
    /// # Errors
    /// `WouldBlock` if somebody does; the guard, wrapped, if the lock is poisoned.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        self.admit(true, Location::caller())?;
        let result = self.inner.try_write();
        self.log_try(matches!(result, Err(TryLockError::WouldBlock)), Kind::Write, Location::caller());
        map_try(result, |inner| RwLockWriteGuard { lock: self, inner: Some(inner) })
    }

    /// Writes down what happens to this lock in a recording.
    #[cold]
    fn log(&self, kind: Kind, at: Loc) {
        record::log(kind, record::object(&self.handle, "RwLock", Show::Unsigned), 0, 0, at);
    }

    fn log_try(&self, taken: bool, kind: Kind, at: Loc) {
        if !in_model() && record::on() {
            self.log(if taken { Kind::TryLockFail } else { kind }, at);
        }
    }

    /// Whether the model, if there is one, lets the caller have the lock.
    fn admit<G>(&self, write: bool, at: Loc) -> Result<(), TryLockError<G>> {
        if in_model() {
            let id = self.id();
            if point(Op::Free(Doing::Tries(id)), at, |step| step.try_rw_lock(id, write)) != Some(true) {
                return Err(TryLockError::WouldBlock);
            }
        } else {
            self.handle.note_use();
        }
        Ok(())
    }

    /// The data, without locking: the borrow proves that nobody else can.
    ///
    /// # Errors
    /// The data, wrapped, if the lock is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    /// Whether a writer panicked.
    pub fn is_poisoned(&self) -> bool {
        self.inner.is_poisoned()
    }

    /// Forgets that a writer panicked.
    pub fn clear_poison(&self) {
        self.inner.clear_poison();
    }

    fn unlock<G>(&self, inner: Option<G>, write: bool) {
        // A guard that was downgraded has nothing left to give back.
        if inner.is_none() {
            return;
        }
        if !in_model() {
            if record::on() {
                self.log(if write { Kind::WriteUnlock } else { Kind::ReadUnlock }, self.handle.created);
            }
            return drop(inner);
        }
        let (id, made) = (self.id(), self.handle.created);
        if !::std::thread::panicking() && engine::inspect(|world| world.features().tries_locks) {
            point(Op::Free(Doing::GivesBack(id)), made, |_| ());
        }
        drop(inner);
        quiet(made, |step| step.rw_unlock(id, write));
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// Turns the lock for writing into one for reading, without letting it go in between.
    pub fn downgrade(mut guard: Self) -> RwLockReadGuard<'a, T> {
        let lock = guard.lock;
        let inner = guard.inner.take().map(::std::sync::RwLockWriteGuard::downgrade);
        if in_model() {
            let id = lock.id();
            quiet(lock.handle.created, |step| step.rw_downgrade(id));
        } else if record::on() {
            lock.log(Kind::WriteUnlock, lock.handle.created);
            lock.log(Kind::Read, lock.handle.created);
        }
        RwLockReadGuard { lock, inner }
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.unlock(self.inner.take(), false);
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.unlock(self.inner.take(), true);
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.inner.as_ref().expect("a guard in use holds its lock")
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.inner.as_ref().expect("a guard in use holds its lock")
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("a guard in use holds its lock")
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        RwLock::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
