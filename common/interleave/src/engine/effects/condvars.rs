//! Condition variables.

use crate::engine::asking::RawWay;
use crate::engine::code;
use crate::engine::world::{State, Step, World};
use crate::engine::{Oid, Why};
use crate::trace::{Kind, NONE};
use ::std::time::Duration;

impl Step<'_> {
    /// Lets go of the mutex and joins the queue, in one step.
    pub(crate) fn wait(&mut self, condvar: Oid, mutex: Oid) {
        self.depend(code::WAIT, condvar, true);
        self.depend(code::WAIT_MUTEX, mutex, true);
        if let State::Mutex { owner } = &mut self.object(mutex).state {
            *owner = None;
        }
        self.release(mutex);
        let wrote = self.drop_held(mutex).is_some_and(|h| h.wrote);
        let me = self.me;
        if let State::Condvar { waiters } = &mut self.object(condvar).state {
            waiters.push(me);
        }
        self.thread().notified = false;
        self.log(Kind::Wait, condvar, u64::from(mutex), u64::from(wrote));
    }

    /// Leaves the queue and takes the mutex back. Returns whether the wait timed out.
    pub(crate) fn wake(&mut self, condvar: Oid, mutex: Oid) -> bool {
        let (me, why) = (self.me, self.thread().why);
        self.depend(code::WAKE + why as u64, condvar, true);
        if let State::Condvar { waiters } = &mut self.object(condvar).state {
            waiters.retain(|t| *t != me);
        }
        self.thread().notified = false;
        let kind = match why {
            Why::Normal => Kind::Wake,
            Why::Spurious => Kind::SpuriousWake,
            Why::TimedOut => Kind::TimedOut,
        };
        self.log(kind, condvar, 0, 0);
        self.lock(mutex);
        why == Why::TimedOut
    }

    pub(crate) fn notify_all(&mut self, condvar: Oid) {
        self.depend(code::NOTIFY_ALL, condvar, true);
        let waiters = self.take_waiters(condvar);
        for waiter in &waiters {
            self.world.threads[*waiter].notified = true;
        }
        self.log(Kind::NotifyAll, condvar, waiters.len() as u64, 0);
    }

    /// Which waiter wakes is the operating system's choice, so each is tried. That is not bad luck,
    /// only unspecified: it costs nothing.
    pub(crate) fn notify_one(&mut self, condvar: Oid) {
        self.depend(code::NOTIFY_ONE, condvar, true);
        let mut waiters = self.take_waiters(condvar);
        if waiters.is_empty() {
            return self.log(Kind::NotifyOne, condvar, 0, u64::from(NONE));
        }
        let pick = match waiters.len() {
            1 => 0,
            n => {
                let ways = |_: &World| waiters.iter().map(|thread| RawWay::Wakes(*thread)).collect();
                self.world.choose(self.me, &vec![0; n], ways)
            }
        };
        let woken = waiters.remove(pick);
        self.depend(code::NOTIFY_PICK + pick as u64, condvar, true);
        self.world.threads[woken].notified = true;
        if let State::Condvar { waiters: queue } = &mut self.object(condvar).state {
            *queue = waiters;
        }
        self.log(Kind::NotifyOne, condvar, 1, woken as u64);
    }

    fn take_waiters(&mut self, condvar: Oid) -> Vec<usize> {
        match &mut self.object(condvar).state {
            State::Condvar { waiters } => ::std::mem::take(waiters),
            _ => Vec::new(),
        }
    }

    /// Sets when a timed wait ends.
    pub(crate) fn deadline_in(&mut self, limit: Duration) {
        let nanoseconds = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        self.thread().deadline = self.world.now.saturating_add(nanoseconds);
    }
}
