//! `oneshot`: one message.

use super::ends::{Sending, end_of_receiver};
use crate::executor::{poll_step, watch};
use crate::runtime::block_here;
use interleave::model::{Deed, Shared, Wish, tries};
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
pub use tokio::sync::oneshot::error;
use tokio::sync::oneshot::error::{RecvError, TryRecvError};

/// [`tokio::sync::oneshot::Sender`].
#[derive(Debug)]
pub struct Sender<T> {
    end: Sending,
    inner: tokio::sync::oneshot::Sender<T>,
}

/// [`tokio::sync::oneshot::Receiver`].
#[derive(Debug)]
pub struct Receiver<T> {
    shared: Arc<Shared>,
    inner: tokio::sync::oneshot::Receiver<T>,
}

/// A channel for one message.
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let shared = Arc::new(Shared::new("oneshot"));
    (Sender { end: Sending(shared.clone()), inner: sender }, Receiver { shared, inner: receiver })
}

impl<T> Sender<T> {
    /// Sends.
    ///
    /// # Errors
    /// The message, if nobody can receive it.
    #[track_caller]
    pub fn send(self, value: T) -> Result<(), T> {
        let at = Location::caller();
        let Sender { end, inner } = self;
        end.0.step(at);
        let sent = inner.send(value);
        end.sent(sent.is_ok(), at);
        sent
    }

    /// Waits until nobody can receive any more.
    #[track_caller]
    pub fn closed(&mut self) -> impl Future<Output = ()> {
        watch(&self.end.0, Wish::Other, Location::caller(), self.inner.closed())
    }

    /// Whether nobody can receive any more.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.end.0.step(Location::caller());
        self.inner.is_closed()
    }
}

impl<T> Receiver<T> {
    /// Takes the message if it is there.
    ///
    /// # Errors
    /// If it is not, or never will be.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let at = Location::caller();
        tries();
        self.shared.step(at);
        let received = self.inner.try_recv();
        self.shared.did(
            match &received {
                Ok(_) => Deed::Receives,
                Err(TryRecvError::Empty) => Deed::FindsEmpty,
                Err(TryRecvError::Closed) => Deed::FindsClosed,
            },
            at,
        );
        received
    }

    /// Takes no message any more, except one that was sent already.
    #[track_caller]
    pub fn close(&mut self) {
        self.shared.step(Location::caller());
        self.inner.close();
    }

    /// Waits for the message, blocking the thread.
    ///
    /// # Errors
    /// If the sender is gone.
    ///
    /// # Panics
    /// Inside a task.
    #[track_caller]
    pub fn blocking_recv(self) -> Result<T, RecvError> {
        // Outside a check too: waiting for one message is the same with any executor.
        block_here(self, Location::caller())
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let at = Location::caller();
        let me = &mut *self;
        let polled = poll_step(&me.shared, Wish::Message, at, Pin::new(&mut me.inner), context);
        if let Poll::Ready(received) = &polled {
            me.shared.did(if received.is_ok() { Deed::Receives } else { Deed::FindsClosed }, at);
        }
        polled
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        end_of_receiver(&self.shared);
    }
}
