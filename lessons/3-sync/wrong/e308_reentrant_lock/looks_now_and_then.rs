//! e308_reentrant_lock, wrong: wakes itself every millisecond to look, so nobody needs to notify.
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// How long to sleep before looking again.
const A_MOMENT: Duration = Duration::from_millis(1);

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
        let mut holder = self.holder.lock().unwrap();
        while holder.thread.is_some_and(|thread| thread != me) {
            holder = self.released.wait_timeout(holder, A_MOMENT).unwrap().0;
        }
        self.guard(&mut holder, me)
    }

    /// Gives a guard, unless another thread holds the lock.
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        let me = thread::current().id();
        let mut holder = self.holder.lock().unwrap();
        let others = holder.thread.is_some_and(|thread| thread != me);
        (!others).then(|| self.guard(&mut holder, me))
    }

    /// One guard more for `me`, who holds the lock or may take it.
    fn guard(&self, holder: &mut Holder, me: ThreadId) -> Guard<'_, T> {
        holder.thread = Some(me);
        holder.guards += 1;
        Guard { lock: self, _stays_here: PhantomData }
    }
}

/// The lock is held as long as there is one of these.
pub struct Guard<'a, T> {
    lock: &'a ReentrantLock<T>,
    /// A raw pointer may not be sent to another thread, so neither may what claims to have one.
    _stays_here: PhantomData<*const ()>,
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.lock.value
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        let mut holder = self.lock.holder.lock().unwrap();
        holder.guards -= 1;
        if holder.guards == 0 {
            // The last one: now it is anybody's, and one of those who wait can have it.
            holder.thread = None;
        }
    }
}
