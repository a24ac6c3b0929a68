//! `broadcast`: every receiver gets every message, unless it lags behind.

use super::ends::{Sending, end_of_receiver};
use crate::executor::watch;
use interleave::model::{Deed, Shared, Wish, tries};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
pub use tokio::sync::broadcast::error;
use tokio::sync::broadcast::error::{RecvError, SendError, TryRecvError};

/// [`tokio::sync::broadcast::Sender`].
pub struct Sender<T> {
    end: Sending,
    inner: tokio::sync::broadcast::Sender<T>,
}

/// [`tokio::sync::broadcast::Receiver`].
pub struct Receiver<T> {
    shared: Arc<Shared>,
    inner: tokio::sync::broadcast::Receiver<T>,
}

/// A channel that keeps the last `capacity` messages, rounded up to a power of two.
///
/// # Panics
/// If that is 0.
#[track_caller]
pub fn channel<T: Clone>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = tokio::sync::broadcast::channel(capacity);
    let shared = Arc::new(Shared::new("broadcast"));
    (Sender { end: Sending(shared.clone()), inner: sender }, Receiver { shared, inner: receiver })
}

impl<T> Sender<T> {
    /// Sends to how many receivers there are.
    ///
    /// # Errors
    /// The message, if there is none.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<usize, SendError<T>> {
        let at = Location::caller();
        self.end.0.step(at);
        let sent = self.inner.send(value);
        self.end.sent(sent.is_ok(), at);
        sent
    }

    /// A new receiver, of what is sent from here on.
    #[track_caller]
    pub fn subscribe(&self) -> Receiver<T> {
        self.end.0.step(Location::caller());
        Receiver { shared: self.end.0.clone(), inner: self.inner.subscribe() }
    }

    /// How many receivers there are.
    #[track_caller]
    pub fn receiver_count(&self) -> usize {
        self.end.0.step(Location::caller());
        self.inner.receiver_count()
    }
}

impl<T: Clone> Receiver<T> {
    /// Waits for the next message. Cancelled, it has taken none.
    ///
    /// # Errors
    /// If messages were overwritten before they were seen, or all senders are gone.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Result<T, RecvError>> {
        let at = Location::caller();
        async move {
            let received = watch(&self.shared, Wish::Message, at, self.inner.recv()).await;
            match &received {
                Ok(_) => self.shared.did(Deed::Receives, at),
                Err(RecvError::Closed) => self.shared.did(Deed::FindsClosed, at),
                Err(RecvError::Lagged(n)) => self.shared.say(format!("has missed {n} of {{}}"), at),
            }
            received
        }
    }

    /// Takes the next message if there is one.
    ///
    /// # Errors
    /// If there is none, if messages were overwritten before they were seen, or all senders are gone.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let at = Location::caller();
        tries();
        self.shared.step(at);
        let received = self.inner.try_recv();
        match &received {
            Ok(_) => self.shared.did(Deed::Receives, at),
            Err(TryRecvError::Empty) => self.shared.did(Deed::FindsEmpty, at),
            Err(TryRecvError::Closed) => self.shared.did(Deed::FindsClosed, at),
            Err(TryRecvError::Lagged(n)) => self.shared.say(format!("has missed {n} of {{}}"), at),
        }
        received
    }

    /// A new receiver, of what is sent from here on.
    #[track_caller]
    pub fn resubscribe(&self) -> Self {
        self.shared.step(Location::caller());
        Receiver { shared: self.shared.clone(), inner: self.inner.resubscribe() }
    }
}

impl<T> Receiver<T> {
    /// How many messages it has not seen.
    #[track_caller]
    pub fn len(&self) -> usize {
        tries();
        self.shared.step(Location::caller());
        self.inner.len()
    }

    /// Whether it has seen them all.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        end_of_receiver(&self.shared);
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender { end: self.end.clone(), inner: self.inner.clone() }
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
