//! `Semaphore`.

use crate::executor::{Loc, watch};
use interleave::model::{Hold, Shared, Wish, tries};
use std::panic::Location;
use std::sync::Arc;
use tokio::sync::{AcquireError, TryAcquireError};

/// [`tokio::sync::Semaphore`].
#[derive(Debug)]
pub struct Semaphore {
    shared: Arc<Shared>,
    /// Shared with the permits that own a part in it.
    inner: Arc<tokio::sync::Semaphore>,
}

/// [`tokio::sync::SemaphorePermit`].
#[must_use = "dropping a permit gives it back"]
#[derive(Debug)]
pub struct SemaphorePermit<'a> {
    // Said before the permit is given back: fields are dropped in order.
    held: Held,
    inner: tokio::sync::SemaphorePermit<'a>,
}

/// [`tokio::sync::OwnedSemaphorePermit`].
#[must_use = "dropping a permit gives it back"]
#[derive(Debug)]
pub struct OwnedSemaphorePermit {
    held: Held,
    inner: tokio::sync::OwnedSemaphorePermit,
}

/// That a task holds permits. Dropping it says that it gives them back, unless they are forgotten.
#[derive(Debug)]
struct Held {
    shared: Arc<Shared>,
    hold: Option<Hold>,
    forgotten: bool,
    at: Loc,
}

impl Held {
    fn new(shared: &Arc<Shared>, permits: u32, at: Loc) -> Self {
        let hold = shared.hold(at);
        shared.say(
            if permits == 1 {
                "takes a permit of {}".into()
            } else {
                format!("takes {permits} permits of {{}}")
            },
            at,
        );
        Held { shared: shared.clone(), hold, forgotten: false, at }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shared.give_back();
        let words = if self.forgotten { "forgets its permit of {}" } else { "gives its permit of {} back" };
        self.shared.say(words, self.at);
        self.shared.let_go(self.hold.take());
    }
}

impl Semaphore {
    /// The most permits there can be.
    pub const MAX_PERMITS: usize = tokio::sync::Semaphore::MAX_PERMITS;

    /// So many permits.
    #[track_caller]
    pub fn new(permits: usize) -> Self {
        Semaphore {
            shared: Arc::new(Shared::new("Semaphore")),
            inner: Arc::new(tokio::sync::Semaphore::new(permits)),
        }
    }

    /// How many permits are free.
    #[track_caller]
    pub fn available_permits(&self) -> usize {
        tries();
        self.shared.step(Location::caller());
        self.inner.available_permits()
    }

    /// Adds permits.
    #[track_caller]
    pub fn add_permits(&self, n: usize) {
        let at = Location::caller();
        self.shared.step(at);
        self.shared.say(format!("adds {n} to {{}}"), at);
        self.inner.add_permits(n);
    }

    /// Waits for a permit and takes it.
    ///
    /// # Errors
    /// If the semaphore is closed.
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Result<SemaphorePermit<'_>, AcquireError>> {
        self.acquire_many(1)
    }

    /// Waits for `n` permits and takes them at once.
    ///
    /// # Errors
    /// If the semaphore is closed.
    #[track_caller]
    pub fn acquire_many(&self, n: u32) -> impl Future<Output = Result<SemaphorePermit<'_>, AcquireError>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.shared, Wish::Lock, at, self.inner.acquire_many(n)).await?;
            Ok(SemaphorePermit { held: Held::new(&self.shared, n, at), inner })
        }
    }

    /// [`Semaphore::acquire`], with a permit that borrows nothing.
    ///
    /// # Errors
    /// If the semaphore is closed.
    #[track_caller]
    pub fn acquire_owned(
        self: Arc<Self>,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> {
        self.acquire_many_owned(1)
    }

    /// [`Semaphore::acquire_many`], with permits that borrow nothing.
    ///
    /// # Errors
    /// If the semaphore is closed.
    #[track_caller]
    pub fn acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> {
        let at = Location::caller();
        async move {
            let wait = self.inner.clone().acquire_many_owned(n);
            let inner = watch(&self.shared, Wish::Lock, at, wait).await?;
            Ok(OwnedSemaphorePermit { held: Held::new(&self.shared, n, at), inner })
        }
    }

    /// Takes a permit if one is free.
    ///
    /// # Errors
    /// If none is, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        let at = Location::caller();
        tries();
        self.shared.step(at);
        let inner = self.inner.try_acquire().inspect_err(|_| self.shared.say("tries {} in vain", at))?;
        Ok(SemaphorePermit { held: Held::new(&self.shared, 1, at), inner })
    }

    /// [`Semaphore::try_acquire`], with a permit that borrows nothing.
    ///
    /// # Errors
    /// If none is free, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        let at = Location::caller();
        tries();
        self.shared.step(at);
        let tried = self.inner.clone().try_acquire_owned();
        let inner = tried.inspect_err(|_| self.shared.say("tries {} in vain", at))?;
        Ok(OwnedSemaphorePermit { held: Held::new(&self.shared, 1, at), inner })
    }

    /// No more permits: whoever waits for one gets an error.
    #[track_caller]
    pub fn close(&self) {
        let at = Location::caller();
        self.shared.step(at);
        self.shared.say("closes {}", at);
        self.inner.close();
    }

    /// Whether it is closed.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.shared.step(Location::caller());
        self.inner.is_closed()
    }
}

impl SemaphorePermit<'_> {
    /// Never gives the permit back.
    pub fn forget(mut self) {
        self.held.forgotten = true;
        self.inner.forget();
    }
}

impl OwnedSemaphorePermit {
    /// Never gives the permit back.
    pub fn forget(mut self) {
        self.held.forgotten = true;
        self.inner.forget();
    }
}
