//! `RwLock`.

use crate::executor::{Loc, watch};
use interleave::model::{Deed, Hold, Shared, Wish, tries};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::Arc;
use tokio::sync::TryLockError;

/// [`tokio::sync::RwLock`].
pub struct RwLock<T> {
    shared: Arc<Shared>,
    /// Shared with the guards that own a part in it.
    inner: Arc<tokio::sync::RwLock<T>>,
}

/// That a task holds the lock. Dropping it says that it no longer does.
struct Held<'a> {
    shared: Which<'a>,
    hold: Option<Hold>,
    said: Deed,
    at: Loc,
}

enum Which<'a> {
    Borrowed(&'a Shared),
    Owned(Arc<Shared>),
}

impl Which<'_> {
    fn get(&self) -> &Shared {
        match self {
            Which::Borrowed(shared) => shared,
            Which::Owned(shared) => shared,
        }
    }
}

impl<'a> Held<'a> {
    fn reading(shared: Which<'a>, at: Loc) -> Self {
        Held::new(shared, Deed::LocksToRead, Deed::UnlocksAfterReading, at)
    }

    fn writing(shared: Which<'a>, at: Loc) -> Self {
        Held::new(shared, Deed::LocksToWrite, Deed::UnlocksAfterWriting, at)
    }

    fn new(shared: Which<'a>, does: Deed, said: Deed, at: Loc) -> Self {
        let hold = shared.get().hold(at);
        shared.get().did(does, at);
        Held { shared, hold, said, at }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let shared = self.shared.get();
        shared.give_back();
        shared.did(self.said, self.at);
        shared.let_go(self.hold.take());
    }
}

macro_rules! guard {
    ($(#[$doc:meta])* $name:ident $(<$life:lifetime>)?, $inner:ty, $held:ty) => {
        $(#[$doc])*
        #[must_use = "if unused the RwLock will immediately unlock"]
        pub struct $name<$($life,)? T> {
            // Dropped first, so that it is said before the lock is given back.
            #[expect(dead_code, reason = "dropping it says that the lock is given back")]
            held: $held,
            inner: $inner,
        }

        impl<$($life,)? T> Deref for $name<$($life,)? T> {
            type Target = T;
            fn deref(&self) -> &T {
                &self.inner
            }
        }

        impl<$($life,)? T: fmt::Debug> fmt::Debug for $name<$($life,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }

        impl<$($life,)? T: fmt::Display> fmt::Display for $name<$($life,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    };
}

guard!(
    /// [`tokio::sync::RwLockReadGuard`].
    RwLockReadGuard<'a>, tokio::sync::RwLockReadGuard<'a, T>, Held<'a>
);
guard!(
    /// [`tokio::sync::OwnedRwLockReadGuard`].
    OwnedRwLockReadGuard, tokio::sync::OwnedRwLockReadGuard<T>, Held<'static>
);

guard!(
    /// [`tokio::sync::RwLockWriteGuard`].
    RwLockWriteGuard<'a>, tokio::sync::RwLockWriteGuard<'a, T>, Held<'a>
);
guard!(
    /// [`tokio::sync::OwnedRwLockWriteGuard`].
    OwnedRwLockWriteGuard, tokio::sync::OwnedRwLockWriteGuard<T>, Held<'static>
);

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

impl<T> DerefMut for OwnedRwLockWriteGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

impl<T> RwLock<T> {
    /// An unlocked lock.
    #[track_caller]
    pub fn new(value: T) -> Self {
        RwLock { shared: Arc::new(Shared::new("RwLock")), inner: Arc::new(tokio::sync::RwLock::new(value)) }
    }

    /// Waits until nobody writes or waits to, and locks to read.
    #[track_caller]
    pub fn read(&self) -> impl Future<Output = RwLockReadGuard<'_, T>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.shared, Wish::ReadLock, at, self.inner.read()).await;
            RwLockReadGuard { held: Held::reading(Which::Borrowed(&self.shared), at), inner }
        }
    }

    /// Waits until nobody reads or writes, and locks to write.
    #[track_caller]
    pub fn write(&self) -> impl Future<Output = RwLockWriteGuard<'_, T>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.shared, Wish::WriteLock, at, self.inner.write()).await;
            RwLockWriteGuard { held: Held::writing(Which::Borrowed(&self.shared), at), inner }
        }
    }

    /// [`RwLock::read`], with a guard that borrows nothing.
    #[track_caller]
    pub fn read_owned(self: Arc<Self>) -> impl Future<Output = OwnedRwLockReadGuard<T>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.shared, Wish::ReadLock, at, self.inner.clone().read_owned()).await;
            OwnedRwLockReadGuard { held: Held::reading(Which::Owned(self.shared.clone()), at), inner }
        }
    }

    /// [`RwLock::write`], with a guard that borrows nothing.
    #[track_caller]
    pub fn write_owned(self: Arc<Self>) -> impl Future<Output = OwnedRwLockWriteGuard<T>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.shared, Wish::WriteLock, at, self.inner.clone().write_owned()).await;
            OwnedRwLockWriteGuard { held: Held::writing(Which::Owned(self.shared.clone()), at), inner }
        }
    }

    /// Locks to read if that needs no waiting.
    ///
    /// # Errors
    /// If it does.
    #[track_caller]
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        let at = Location::caller();
        tries();
        self.shared.step(at);
        let inner = self.inner.try_read().inspect_err(|_| self.shared.did(Deed::TriesInVain, at))?;
        Ok(RwLockReadGuard { held: Held::reading(Which::Borrowed(&self.shared), at), inner })
    }

    /// Locks to write if that needs no waiting.
    ///
    /// # Errors
    /// If it does.
    #[track_caller]
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        let at = Location::caller();
        tries();
        self.shared.step(at);
        let inner = self.inner.try_write().inspect_err(|_| self.shared.did(Deed::TriesInVain, at))?;
        Ok(RwLockWriteGuard { held: Held::writing(Which::Borrowed(&self.shared), at), inner })
    }

    /// The data, without locking: the borrow proves that nobody else can.
    ///
    /// # Panics
    /// If an owned guard still lives.
    pub fn get_mut(&mut self) -> &mut T {
        Arc::get_mut(&mut self.inner).expect("no guard is left").get_mut()
    }

    /// The data.
    ///
    /// # Panics
    /// If an owned guard still lives.
    pub fn into_inner(self) -> T {
        Arc::into_inner(self.inner).expect("no guard is left").into_inner()
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
