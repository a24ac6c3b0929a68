//! `Condvar`.

use super::{LockResult, MutexGuard, PoisonError, map_lock};
use crate::engine::{Contents, Doing, Handle, Oid, Op, State, in_model, point, quiet};
use crate::record;
use crate::trace::{Kind, Loc, Show};
use ::std::panic::Location;
use ::std::time::Duration;

/// [`std::sync::Condvar`]; inside a check, a wait may also end for no reason, and
/// `notify_one` may wake any waiter.
#[derive(Debug)]
pub struct Condvar {
    handle: Handle,
    inner: ::std::sync::Condvar,
}

/// [`std::sync::WaitTimeoutResult`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Whether the wait ended because its time was up.
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Condvar::new()
    }
}

impl Condvar {
    /// Creates a condition variable that nobody waits on.
    #[track_caller]
    pub const fn new() -> Self {
        Condvar { handle: Handle::new(), inner: ::std::sync::Condvar::new() }
    }

    fn id(&self) -> Oid {
        self.handle.id("Condvar", Contents::NONE, || State::Condvar { waiters: Vec::new() })
    }

    fn recorded(&self) -> u32 {
        record::object(&self.handle, "Condvar", Show::Unsigned)
    }

    pub(super) fn wait_in_model<'a, T: ?Sized>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Option<Duration>,
        at: Loc,
    ) -> (LockResult<MutexGuard<'a, T>>, bool) {
        let (lock, inner) = guard.into_parts();
        let (condvar, mutex) = (self.id(), lock.id());
        let limit = limit.filter(|limit| crate::time::ends(*limit));
        if let Some(limit) = limit {
            quiet(at, |step| step.deadline_in(limit));
        }
        // Letting go of the mutex and joining the queue is one step. A notification may come before it.
        point(Op::Free(Doing::BeginsToWait { condvar, mutex }), at, |step| {
            drop(inner);
            step.wait(condvar, mutex);
        });
        let back = Op::Wake { condvar, mutex, timed: limit.is_some() };
        let timed_out = point(back, at, |step| step.wake(condvar, mutex)).unwrap_or(false);
        (lock.take(), timed_out)
    }

    /// Lets go of the lock and waits for a notification; then takes the lock again.
    ///
    /// # Errors
    /// The guard, wrapped, if the mutex is poisoned.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        if in_model() {
            return self.wait_in_model(guard, None, Location::caller()).0;
        }
        let (lock, inner) = guard.into_parts();
        if !record::on() {
            return lock.wrap(self.inner.wait(inner));
        }
        let (id, mutex, at) = (self.recorded(), lock.recorded(), Location::caller());
        record::log(Kind::Wait, id, u64::from(mutex), 0, at);
        let result = self.inner.wait(inner);
        record::log(Kind::Wake, id, 0, 0, at);
        record::log(Kind::Lock, mutex, 0, 0, at);
        lock.wrap(result)
    }

    /// Waits until `condition` is false.
    ///
    /// # Errors
    /// The guard, wrapped, if the mutex is poisoned.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(guard.unwatched()) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits for a notification, at most `limit` long.
    ///
    /// # Errors
    /// The guard, wrapped, if the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        limit: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        if in_model() {
            let (guard, timed_out) = self.wait_in_model(guard, Some(limit), Location::caller());
            return map_lock(guard, |guard| (guard, WaitTimeoutResult(timed_out)));
        }
        let (lock, inner) = guard.into_parts();
        let wrap = |(inner, result): (_, ::std::sync::WaitTimeoutResult)| {
            let guard = match lock.wrap(Ok(inner)) {
                Ok(guard) => guard,
                Err(poison) => poison.into_inner(),
            };
            (guard, WaitTimeoutResult(result.timed_out()))
        };
        let recorded = record::on().then(|| (self.recorded(), lock.recorded(), Location::caller()));
        if let Some((id, mutex, at)) = recorded {
            record::log(Kind::Wait, id, u64::from(mutex), 0, at);
        }
        let result = match self.inner.wait_timeout(inner, limit) {
            Ok(pair) => Ok(wrap(pair)),
            Err(poison) => Err(PoisonError::new(wrap(poison.into_inner()))),
        };
        if let Some((id, mutex, at)) = recorded {
            let timed_out = result.as_ref().is_ok_and(|(_, result)| result.timed_out());
            let kind = if timed_out { Kind::TimedOut } else { Kind::Wake };
            record::log(kind, id, 0, 0, at);
            record::log(Kind::Lock, mutex, 0, 0, at);
        }
        result
    }

    /// Waits until `condition` is false, at most `limit` long in all.
    ///
    /// # Errors
    /// The guard, wrapped, if the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        limit: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let start = crate::time::Instant::now();
        loop {
            if !condition(guard.unwatched()) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            guard = self.wait_timeout(guard, left)?.0;
        }
    }

    /// Wakes one waiter, if there is one. A notification that nobody waits for is gone.
    #[track_caller]
    pub fn notify_one(&self) {
        if in_model() {
            let id = self.id();
            point(Op::Free(Doing::Notifies(id)), Location::caller(), |step| step.notify_one(id));
        } else {
            if record::on() {
                record::log(Kind::Notify, self.recorded(), 0, 0, Location::caller());
            }
            self.inner.notify_one();
        }
    }

    /// Wakes every waiter.
    #[track_caller]
    pub fn notify_all(&self) {
        self.notify_all_at(Location::caller());
    }

    pub(super) fn notify_all_at(&self, at: Loc) {
        if in_model() {
            let id = self.id();
            point(Op::Free(Doing::NotifiesAll(id)), at, |step| step.notify_all(id));
        } else {
            if record::on() {
                record::log(Kind::Notify, self.recorded(), 1, 0, at);
            }
            self.inner.notify_all();
        }
    }
}
