//! e308_reentrant_lock, wrong: a mutex that is held as long as the guard lives, so the holder cannot even look.
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard};

/// A value for one thread at a time, which may lock it again while it holds it.
///
/// There may be two guards at once, so they only lend the value: `&T`, never `&mut T`.
pub struct ReentrantLock<T> {
    holder: Mutex<()>,
    value: T,
}

impl<T> ReentrantLock<T> {
    /// A lock that nobody holds.
    pub fn new(value: T) -> Self {
        ReentrantLock { holder: Mutex::new(()), value }
    }

    /// Waits until no other thread holds the lock, and gives a guard.
    pub fn lock(&self) -> Guard<'_, T> {
        Guard { lock: self, _held: self.holder.lock().unwrap() }
    }

    /// Gives a guard, unless another thread holds the lock.
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        Some(Guard { lock: self, _held: self.holder.try_lock().ok()? })
    }
}

/// The lock is held as long as there is one of these.
pub struct Guard<'a, T> {
    lock: &'a ReentrantLock<T>,
    _held: MutexGuard<'a, ()>,
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.lock.value
    }
}
