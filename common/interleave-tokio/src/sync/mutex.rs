//! `Mutex`.

use crate::executor::{Loc, watch};
use interleave::model::{Deed, Hold, Shared, Wish, tries};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::Arc;
use tokio::sync::TryLockError;

/// [`tokio::sync::Mutex`].
pub struct Mutex<T> {
    shared: Shared,
    /// Shared with the guards that own a part in it.
    inner: Arc<tokio::sync::Mutex<T>>,
}

/// [`tokio::sync::MutexGuard`].
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T> {
    // Said before the lock is given back: fields are dropped in order.
    held: Held<&'a Shared>,
    inner: tokio::sync::MutexGuard<'a, T>,
}

/// [`tokio::sync::OwnedMutexGuard`].
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct OwnedMutexGuard<T> {
    held: Held<Part<T>>,
    inner: tokio::sync::OwnedMutexGuard<T>,
}

/// That a task holds the lock. Dropping it says that it no longer does.
struct Held<S: AsShared> {
    shared: S,
    hold: Option<Hold>,
    wrote: bool,
    at: Loc,
}

trait AsShared {
    fn shared(&self) -> &Shared;
}

struct Part<T>(Arc<Mutex<T>>);

impl AsShared for &Shared {
    fn shared(&self) -> &Shared {
        self
    }
}

impl<T> AsShared for Part<T> {
    fn shared(&self) -> &Shared {
        &self.0.shared
    }
}

impl<S: AsShared> Held<S> {
    fn new(shared: S, at: Loc) -> Self {
        let hold = shared.shared().hold(at);
        shared.shared().did(Deed::Locks, at);
        Held { shared, hold, wrote: false, at }
    }
}

impl<S: AsShared> Drop for Held<S> {
    fn drop(&mut self) {
        let shared = self.shared.shared();
        shared.give_back();
        shared.did(Deed::Unlocks { wrote: self.wrote }, self.at);
        shared.let_go(self.hold.take());
    }
}

impl<T> Mutex<T> {
    /// An unlocked mutex.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Mutex { shared: Shared::new("Mutex"), inner: Arc::new(tokio::sync::Mutex::new(value)) }
    }

    /// Waits for the lock and takes it.
    #[track_caller]
    pub fn lock(&self) -> impl Future<Output = MutexGuard<'_, T>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.shared, Wish::Lock, at, self.inner.lock()).await;
            MutexGuard { held: Held::new(&self.shared, at), inner }
        }
    }

    /// Waits for the lock and takes it, with a guard that borrows nothing.
    #[track_caller]
    pub fn lock_owned(self: Arc<Self>) -> impl Future<Output = OwnedMutexGuard<T>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.shared, Wish::Lock, at, self.inner.clone().lock_owned()).await;
            OwnedMutexGuard { held: Held::new(Part(self), at), inner }
        }
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    /// If it is not.
    #[track_caller]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        let at = Location::caller();
        self.step_of_a_try(at);
        let inner = self.inner.try_lock().inspect_err(|_| self.shared.did(Deed::TriesInVain, at))?;
        Ok(MutexGuard { held: Held::new(&self.shared, at), inner })
    }

    /// Takes the lock if it is free, with a guard that borrows nothing.
    ///
    /// # Errors
    /// If it is not.
    #[track_caller]
    pub fn try_lock_owned(self: Arc<Self>) -> Result<OwnedMutexGuard<T>, TryLockError> {
        let at = Location::caller();
        self.step_of_a_try(at);
        let tried = self.inner.clone().try_lock_owned();
        let inner = tried.inspect_err(|_| self.shared.did(Deed::TriesInVain, at))?;
        Ok(OwnedMutexGuard { held: Held::new(Part(self), at), inner })
    }

    fn step_of_a_try(&self, at: Loc) {
        tries();
        self.shared.step(at);
    }

    /// The data, without locking: the borrow proves that nobody else can.
    ///
    /// # Panics
    /// Never: a guard that owns a part of the mutex keeps it from being borrowed so.
    pub fn get_mut(&mut self) -> &mut T {
        Arc::get_mut(&mut self.inner).expect("no guard is left").get_mut()
    }

    /// The data.
    ///
    /// # Panics
    /// Never: a guard that owns a part of the mutex keeps it from being taken apart.
    pub fn into_inner(self) -> T {
        Arc::into_inner(self.inner).expect("no guard is left").into_inner()
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

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.held.wrote = true;
        &mut self.inner
    }
}

impl<T> Deref for OwnedMutexGuard<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for OwnedMutexGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.held.wrote = true;
        &mut self.inner
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for OwnedMutexGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for OwnedMutexGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
