//! `Notify`.

use crate::executor::{Loc, poll_step};
use interleave::model::{Deed, Shared, Wish};
use std::panic::Location;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// [`tokio::sync::Notify`].
#[derive(Debug)]
pub struct Notify {
    shared: Shared,
    /// Futures made and not finished: `notify_waiters` reaches these, and nobody who comes later.
    waiters: AtomicUsize,
    inner: tokio::sync::Notify,
}

/// [`tokio::sync::futures::Notified`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Notified<'a> {
    notify: &'a Notify,
    at: Loc,
    // In a box of its own, because it must not move, and this may.
    inner: Pin<Box<tokio::sync::futures::Notified<'a>>>,
    done: bool,
}

impl Default for Notify {
    #[track_caller]
    fn default() -> Self {
        Notify::new()
    }
}

impl Notify {
    /// Nobody notified yet.
    #[track_caller]
    pub fn new() -> Self {
        Notify {
            shared: Shared::new("Notify"),
            waiters: AtomicUsize::new(0),
            inner: tokio::sync::Notify::new(),
        }
    }

    /// Waits to be notified. `notify_waiters` counts from the moment this is called, `notify_one` from its first poll.
    #[track_caller]
    pub fn notified(&self) -> Notified<'_> {
        let at = Location::caller();
        self.shared.step(at);
        self.waiters.fetch_add(1, Ordering::Relaxed);
        Notified { notify: self, at, inner: Box::pin(self.inner.notified()), done: false }
    }

    /// Wakes one waiter, or whoever waits next.
    #[track_caller]
    pub fn notify_one(&self) {
        let at = Location::caller();
        self.shared.step(at);
        self.shared.say("notifies {}: one waiter, now or later", at);
        self.inner.notify_one();
    }

    /// Wakes the last waiter, or whoever waits next.
    #[track_caller]
    pub fn notify_last(&self) {
        let at = Location::caller();
        self.shared.step(at);
        self.shared.say("notifies {}: the last waiter, or the next", at);
        self.inner.notify_last();
    }

    /// Wakes whoever waits now. Nothing is kept for those who come later.
    #[track_caller]
    pub fn notify_waiters(&self) {
        let at = Location::caller();
        self.shared.step(at);
        self.shared.did(Deed::NotifiesAll(self.waiters.load(Ordering::Relaxed)), at);
        self.inner.notify_waiters();
    }
}

impl Notified<'_> {
    /// Waits from now on, without having been polled. Whether it has been notified already.
    pub fn enable(mut self: Pin<&mut Self>) -> bool {
        self.notify.shared.step(self.at);
        self.inner.as_mut().enable()
    }
}

impl Future for Notified<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let me = &mut *self;
        let polled = poll_step(&me.notify.shared, Wish::Notification, me.at, me.inner.as_mut(), context);
        if polled.is_ready() && !std::mem::replace(&mut me.done, true) {
            me.notify.waiters.fetch_sub(1, Ordering::Relaxed);
        }
        polled
    }
}

impl Drop for Notified<'_> {
    fn drop(&mut self) {
        // A notification that it was given goes on to the next.
        self.notify.shared.touch();
        if !self.done {
            self.notify.waiters.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
