//! Mutexes and read-write locks.

use crate::engine::code;
use crate::engine::lock_order::Edge;
use crate::engine::world::{Held, State, Step};
use crate::engine::{Oid, Tid};
use crate::trace::Kind;

impl Step<'_> {
    /// Takes a free mutex.
    pub(crate) fn lock(&mut self, mutex: Oid) {
        self.depend(code::LOCK, mutex, true);
        let me = self.me;
        if let State::Mutex { owner } = &mut self.object(mutex).state {
            debug_assert!(owner.is_none(), "a held mutex is not offered");
            *owner = Some(me);
        }
        self.acquire(mutex);
        self.hold(mutex);
        self.log(Kind::Lock, mutex, 0, 0);
    }

    /// Takes the mutex if it is free.
    pub(crate) fn try_lock(&mut self, mutex: Oid) -> bool {
        self.features().tries_locks = true;
        let free = matches!(self.object(mutex).state, State::Mutex { owner: None });
        if free {
            self.lock(mutex);
        } else {
            self.depend(code::TRY_LOCK_FAIL, mutex, true);
            self.log(Kind::TryLockFail, mutex, 0, 0);
        }
        free
    }

    pub(crate) fn unlock(&mut self, mutex: Oid) {
        self.depend(code::UNLOCK, mutex, true);
        if let State::Mutex { owner } = &mut self.object(mutex).state {
            *owner = None;
        }
        self.release(mutex);
        let wrote = self.drop_held(mutex).is_some_and(|h| h.wrote);
        self.log(Kind::Unlock, mutex, u64::from(wrote), 0);
    }

    /// The data behind a held mutex was borrowed mutably.
    pub(crate) fn wrote(&mut self, mutex: Oid) {
        if let Some(held) = self.thread().held.iter_mut().rfind(|h| h.object == mutex) {
            held.wrote = true;
        }
    }

    /// Takes a read-write lock that can be taken.
    pub(crate) fn rw_lock(&mut self, lock: Oid, write: bool) {
        self.depend(if write { code::WRITE } else { code::READ }, lock, true);
        let me = self.me;
        if let State::RwLock { writer, readers } = &mut self.object(lock).state {
            if write {
                *writer = Some(me);
            } else {
                readers.push(me);
            }
        }
        self.acquire(lock);
        self.hold(lock);
        self.log(if write { Kind::Write } else { Kind::Read }, lock, 0, 0);
    }

    /// Takes a read-write lock if it can be taken.
    pub(crate) fn try_rw_lock(&mut self, lock: Oid, write: bool) -> bool {
        self.features().tries_locks = true;
        let free = match &self.object(lock).state {
            State::RwLock { writer, readers } => writer.is_none() && (!write || readers.is_empty()),
            _ => false,
        };
        if free {
            self.rw_lock(lock, write);
        } else {
            self.depend(code::RW_TRY_FAIL, lock, true);
            self.log(Kind::TryLockFail, lock, 0, 0);
        }
        free
    }

    pub(crate) fn rw_unlock(&mut self, lock: Oid, write: bool) {
        self.depend(code::RW_UNLOCK, lock, true);
        let me = self.me;
        if let State::RwLock { writer, readers } = &mut self.object(lock).state {
            if write {
                *writer = None;
            } else if let Some(i) = readers.iter().position(|t: &Tid| *t == me) {
                readers.swap_remove(i);
            }
        }
        self.release(lock);
        self.drop_held(lock);
        self.log(if write { Kind::WriteUnlock } else { Kind::ReadUnlock }, lock, 0, 0);
    }

    /// The writer becomes a reader.
    pub(crate) fn rw_downgrade(&mut self, lock: Oid) {
        self.rw_unlock(lock, true);
        self.rw_lock(lock, false);
    }

    fn hold(&mut self, object: Oid) {
        let (me, since) = (self.me, self.loc);
        let thread = self.thread();
        let all: Vec<Oid> = thread.held.iter().map(|h| h.object).collect();
        let when = thread.fork_clock.clone();
        for held in &all {
            let gates = all.iter().copied().filter(|gate| gate != held).collect();
            let edge = Edge { thread: me, held: *held, taken: object, at: since, gates, when: when.clone() };
            self.world.lock_edges.push(edge);
        }
        self.thread().held.push(Held { object, since, wrote: false });
    }

    pub(super) fn drop_held(&mut self, object: Oid) -> Option<Held> {
        let held = &mut self.thread().held;
        let i = held.iter().rposition(|h| h.object == object)?;
        Some(held.remove(i))
    }
}
