//! `watch`: the newest value only.

use super::ends::{Sending, end_of_receiver};
use crate::executor::{Loc, watch as wait_for};
use interleave::model::{Deed, Shared, Wish};
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::{Arc, PoisonError};
pub use tokio::sync::watch::error;
use tokio::sync::watch::error::{RecvError, SendError};

/// What both ends know.
#[derive(Debug)]
struct Channel {
    shared: Arc<Shared>,
    /// The lock around the value, as the model sees it: whoever looks at the value keeps others from sending.
    value: interleave::sync::RwLock<()>,
}

impl Channel {
    #[track_caller]
    fn new() -> Arc<Self> {
        Arc::new(Channel { shared: Arc::new(Shared::new("watch")), value: interleave::sync::RwLock::new(()) })
    }

    /// Looks at the value.
    #[track_caller]
    fn look(&self) -> interleave::sync::RwLockReadGuard<'_, ()> {
        self.shared.touch();
        self.value.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the value.
    #[track_caller]
    fn change<R>(&self, change: impl FnOnce() -> R) -> R {
        let _lock = self.value.write().unwrap_or_else(PoisonError::into_inner);
        self.shared.touch();
        change()
    }
}

/// [`tokio::sync::watch::Sender`].
pub struct Sender<T> {
    end: Sending,
    channel: Arc<Channel>,
    inner: tokio::sync::watch::Sender<T>,
}

/// [`tokio::sync::watch::Receiver`].
pub struct Receiver<T> {
    channel: Arc<Channel>,
    inner: tokio::sync::watch::Receiver<T>,
}

/// [`tokio::sync::watch::Ref`]: nobody can send while it lives.
pub struct Ref<'a, T> {
    // Dropped before the model's lock: others come only then.
    inner: tokio::sync::watch::Ref<'a, T>,
    #[expect(dead_code, reason = "dropping it is what it is for")]
    lock: interleave::sync::RwLockReadGuard<'a, ()>,
}

impl<T> Ref<'_, T> {
    /// Whether the value had not been seen before.
    pub fn has_changed(&self) -> bool {
        self.inner.has_changed()
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A channel that holds one value, the newest.
#[track_caller]
pub fn channel<T>(init: T) -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = tokio::sync::watch::channel(init);
    let channel = Channel::new();
    let end = Sending(channel.shared.clone());
    (Sender { end, channel: channel.clone(), inner: sender }, Receiver { channel, inner: receiver })
}

impl<T> Sender<T> {
    /// Makes this the value.
    ///
    /// # Errors
    /// The value, if nobody can receive it.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        let at = Location::caller();
        let sent = self.channel.change(|| self.inner.send(value));
        self.end.sent(sent.is_ok(), at);
        sent
    }

    /// Changes the value. The closure must not use anything that the check schedules.
    #[track_caller]
    pub fn send_modify(&self, modify: impl FnOnce(&mut T)) {
        self.channel.change(|| self.inner.send_modify(modify));
        self.end.sent(true, Location::caller());
    }

    /// Changes the value, perhaps; receivers are told only if the closure says so.
    #[track_caller]
    pub fn send_if_modified(&self, modify: impl FnOnce(&mut T) -> bool) -> bool {
        self.channel.change(|| self.inner.send_if_modified(modify))
    }

    /// Makes this the value, whoever listens, and gives the old one.
    #[track_caller]
    pub fn send_replace(&self, value: T) -> T {
        let old = self.channel.change(|| self.inner.send_replace(value));
        self.end.sent(true, Location::caller());
        old
    }

    /// Looks at the value.
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        let lock = self.channel.look();
        Ref { inner: self.inner.borrow(), lock }
    }

    /// A new receiver, which has seen the present value.
    #[track_caller]
    pub fn subscribe(&self) -> Receiver<T> {
        self.channel.shared.step(Location::caller());
        Receiver { channel: self.channel.clone(), inner: self.inner.subscribe() }
    }

    /// Waits until there is no receiver.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = ()> {
        wait_for(&self.channel.shared, Wish::Other, Location::caller(), self.inner.closed())
    }

    /// Whether there is no receiver.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.channel.shared.step(Location::caller());
        self.inner.is_closed()
    }

    /// How many receivers there are.
    #[track_caller]
    pub fn receiver_count(&self) -> usize {
        self.channel.shared.step(Location::caller());
        self.inner.receiver_count()
    }
}

impl<T> Receiver<T> {
    /// Looks at the value. It counts as seen only by [`Receiver::borrow_and_update`].
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        let lock = self.channel.look();
        Ref { inner: self.inner.borrow(), lock }
    }

    /// Looks at the value, which counts as seen from here on.
    #[track_caller]
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        let lock = self.channel.look();
        Ref { inner: self.inner.borrow_and_update(), lock }
    }

    /// Whether there is a value not seen yet.
    ///
    /// # Errors
    /// If the sender is gone.
    #[track_caller]
    pub fn has_changed(&self) -> Result<bool, RecvError> {
        interleave::model::tries();
        self.channel.shared.step(Location::caller());
        self.inner.has_changed()
    }

    /// Waits for a value not seen yet, which then counts as seen.
    ///
    /// # Errors
    /// If the sender is gone.
    #[track_caller]
    pub fn changed(&mut self) -> impl Future<Output = Result<(), RecvError>> {
        let at = Location::caller();
        async move {
            let changed = wait_for(&self.channel.shared, Wish::Message, at, self.inner.changed()).await;
            self.channel.told(changed.is_ok(), at);
            changed
        }
    }

    /// Waits for a value that will do. The closure must not use anything that the check schedules.
    ///
    /// # Errors
    /// If the sender is gone.
    #[track_caller]
    pub fn wait_for(
        &mut self,
        mut will_do: impl FnMut(&T) -> bool,
    ) -> impl Future<Output = Result<Ref<'_, T>, RecvError>> {
        let at = Location::caller();
        async move {
            loop {
                let lock = self.channel.value.read().unwrap_or_else(PoisonError::into_inner);
                self.channel.shared.touch();
                if will_do(&self.inner.borrow_and_update()) {
                    return Ok(Ref { inner: self.inner.borrow(), lock });
                }
                drop(lock);
                wait_for(&self.channel.shared, Wish::Message, at, self.inner.changed()).await?;
            }
        }
    }

    /// Makes the present value count as not seen.
    pub fn mark_changed(&mut self) {
        self.inner.mark_changed();
    }

    /// Makes the present value count as seen.
    #[track_caller]
    pub fn mark_unchanged(&mut self) {
        self.channel.shared.step(Location::caller());
        self.inner.mark_unchanged();
    }
}

impl Channel {
    fn told(&self, changed: bool, at: Loc) {
        self.shared.did(if changed { Deed::Receives } else { Deed::FindsClosed }, at);
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender { end: self.end.clone(), channel: self.channel.clone(), inner: self.inner.clone() }
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Receiver { channel: self.channel.clone(), inner: self.inner.clone() }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        end_of_receiver(&self.channel.shared);
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
