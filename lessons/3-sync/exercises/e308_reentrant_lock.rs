//! e308_reentrant_lock: a lock that its holder may lock again.
//!
//! Python calls it `RLock`. It knows two things that a mutex does not: which thread holds it, and how often. Write
//! `lock`, `try_lock` and the `drop` of the guard so that, however the threads take turns:
//!
//! * the holder gets as many guards as it asks for; every other thread waits, asleep, until the last of them is dropped,
//!   in whatever order they are dropped;
//! * `try_lock` never waits: it gives a guard to the holder, and to anybody when nobody holds the lock;
//! * a guard cannot be handed to another thread, which does not hold the lock and so must not release it: the compiler
//!   should refuse that.
//!
//! The judge runs two threads through every order of their steps, and three through every order with at most two unlucky
//! moments.
use std::ops::Deref;
use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};

/// A value for one thread at a time, which may lock it again while it holds it.
///
/// There may be two guards at once, so they only lend the value: `&T`, never `&mut T`.
pub struct ReentrantLock<T> {
    holder: Mutex<Holder>,
    released: Condvar,
    value: T,
}

/// Who holds the lock, and how many guards there are.
#[derive(Debug, Default)]
struct Holder {
    thread: Option<ThreadId>,
    guards: usize,
}

impl<T> ReentrantLock<T> {
    /// A lock that nobody holds.
    pub fn new(value: T) -> Self {
        ReentrantLock { holder: Mutex::default(), released: Condvar::new(), value }
    }

    /// Waits until no other thread holds the lock, and gives a guard.
    pub fn lock(&self) -> Guard<'_, T> {
        let me = thread::current().id();
        todo!("{me:?} waits on {:?} for {:?}", self.released, self.holder)
    }

    /// Gives a guard, unless another thread holds the lock.
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        todo!("a guard, if there is no other holder")
    }
}

/// The lock is held as long as there is one of these.
pub struct Guard<'a, T> {
    lock: &'a ReentrantLock<T>,
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.lock.value
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        let Holder { thread, guards } = &*self.lock.holder.lock().unwrap();
        todo!("one guard less of {guards}, held by {thread:?}")
    }
}
