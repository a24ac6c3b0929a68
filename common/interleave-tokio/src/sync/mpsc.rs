//! `mpsc`: many senders, one receiver; with room for so many messages, or for any number.

use super::ends::{Sending, end_of_receiver};
use crate::executor::{Loc, poll_step, watch};
use crate::runtime::block_here;
use interleave::model::{Deed, Shared, Wish, tries};
use std::fmt;
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
pub use tokio::sync::mpsc::error;
use tokio::sync::mpsc::error::{SendError, TryRecvError, TrySendError};

/// [`tokio::sync::mpsc::Sender`].
pub struct Sender<T> {
    end: Sending,
    inner: tokio::sync::mpsc::Sender<T>,
}

/// [`tokio::sync::mpsc::UnboundedSender`].
pub struct UnboundedSender<T> {
    end: Sending,
    inner: tokio::sync::mpsc::UnboundedSender<T>,
}

/// [`tokio::sync::mpsc::Permit`].
#[must_use = "dropping a permit gives the room back"]
#[derive(Debug)]
pub struct Permit<'a, T> {
    place: Room<'a>,
    inner: tokio::sync::mpsc::Permit<'a, T>,
}

/// Room in a channel, kept for one message. Dropping it, before the room itself, says that it is given back.
#[derive(Debug)]
struct Room<'a> {
    shared: &'a Shared,
    at: Loc,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.shared.give_back();
    }
}

/// A channel with room for `buffer` messages.
///
/// # Panics
/// If that is 0.
#[track_caller]
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = tokio::sync::mpsc::channel(buffer);
    let shared = Arc::new(Shared::new("channel"));
    (Sender { end: Sending(shared.clone()), inner: sender }, Receiver { shared, inner: receiver })
}

/// A channel with room for any number of messages.
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let shared = Arc::new(Shared::new("channel"));
    (
        UnboundedSender { end: Sending(shared.clone()), inner: sender },
        UnboundedReceiver { shared, inner: receiver },
    )
}

impl<T> Sender<T> {
    /// Waits for room and sends. Cancelled, it has sent nothing, and lost its place in the queue.
    ///
    /// # Errors
    /// The message, if nobody can receive it.
    #[track_caller]
    pub fn send(&self, value: T) -> impl Future<Output = Result<(), SendError<T>>> {
        let at = Location::caller();
        async move {
            let sent = watch(&self.end.0, Wish::Room, at, self.inner.send(value)).await;
            self.end.sent(sent.is_ok(), at);
            sent
        }
    }

    /// Sends if there is room.
    ///
    /// # Errors
    /// The message, if there is none, or nobody can receive it.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let at = Location::caller();
        tries();
        self.end.0.step(at);
        let sent = self.inner.try_send(message);
        match &sent {
            Err(TrySendError::Full(_)) => self.end.0.did(Deed::FindsFull, at),
            other => self.end.sent(other.is_ok(), at),
        }
        sent
    }

    /// Sends, blocking the thread while there is no room.
    ///
    /// # Errors
    /// The message, if nobody can receive it.
    ///
    /// # Panics
    /// Inside a task.
    #[track_caller]
    pub fn blocking_send(&self, value: T) -> Result<(), SendError<T>> {
        if interleave::model::in_model() {
            block_here(self.send(value), Location::caller())
        } else {
            self.inner.blocking_send(value)
        }
    }

    /// Waits for room, and keeps it.
    ///
    /// # Errors
    /// If nobody can receive.
    #[track_caller]
    pub fn reserve(&self) -> impl Future<Output = Result<Permit<'_, T>, SendError<()>>> {
        let at = Location::caller();
        async move {
            let inner = watch(&self.end.0, Wish::Room, at, self.inner.reserve()).await?;
            Ok(Permit { place: Room { shared: &self.end.0, at }, inner })
        }
    }

    /// Waits until nobody can receive any more.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = ()> {
        watch(&self.end.0, Wish::Other, Location::caller(), self.inner.closed())
    }

    /// Whether nobody can receive any more.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.end.0.step(Location::caller());
        self.inner.is_closed()
    }

    /// For how many messages there is room now.
    #[track_caller]
    pub fn capacity(&self) -> usize {
        tries();
        self.end.0.step(Location::caller());
        self.inner.capacity()
    }

    /// For how many messages there is room at most.
    pub fn max_capacity(&self) -> usize {
        self.inner.max_capacity()
    }
}

impl<T> Permit<'_, T> {
    /// Sends, for which there is room.
    pub fn send(self, value: T) {
        let Permit { place, inner } = self;
        place.shared.step(place.at);
        inner.send(value);
        place.shared.did(Deed::Sends, place.at);
        std::mem::forget(place);
    }
}

impl<T> UnboundedSender<T> {
    /// Sends.
    ///
    /// # Errors
    /// The message, if nobody can receive it.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let at = Location::caller();
        self.end.0.step(at);
        let sent = self.inner.send(message);
        self.end.sent(sent.is_ok(), at);
        sent
    }

    /// Waits until nobody can receive any more.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = ()> {
        watch(&self.end.0, Wish::Other, Location::caller(), self.inner.closed())
    }

    /// Whether nobody can receive any more.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.end.0.step(Location::caller());
        self.inner.is_closed()
    }
}

macro_rules! receiver {
    ($(#[$doc:meta])* $receiver:ident, $sender:ident) => {
        $(#[$doc])*
        pub struct $receiver<T> {
            shared: Arc<Shared>,
            inner: tokio::sync::mpsc::$receiver<T>,
        }

        impl<T> $receiver<T> {
            /// Waits for a message; `None` when there is none and all senders are gone. Cancelled, it has taken none.
            #[track_caller]
            pub fn recv(&mut self) -> impl Future<Output = Option<T>> {
                let at = Location::caller();
                async move {
                    let received = watch(&self.shared, Wish::Message, at, self.inner.recv()).await;
                    let deed = if received.is_some() { Deed::Receives } else { Deed::FindsClosed };
                    self.shared.did(deed, at);
                    received
                }
            }

            /// Waits for messages, and takes up to `limit` of them.
            #[track_caller]
            pub fn recv_many<'a>(
                &'a mut self,
                buffer: &'a mut Vec<T>,
                limit: usize,
            ) -> impl Future<Output = usize> {
                let at = Location::caller();
                async move {
                    let wait = self.inner.recv_many(buffer, limit);
                    let received = watch(&self.shared, Wish::Message, at, wait).await;
                    let deed = if received > 0 { Deed::Receives } else { Deed::FindsClosed };
                    self.shared.did(deed, at);
                    received
                }
            }

            /// Takes a message if there is one.
            ///
            /// # Errors
            /// If there is none.
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
                        Err(TryRecvError::Disconnected) => Deed::FindsClosed,
                    },
                    at,
                );
                received
            }

            /// Waits for a message, blocking the thread.
            ///
            /// # Panics
            /// Inside a task.
            #[track_caller]
            pub fn blocking_recv(&mut self) -> Option<T> {
                if interleave::model::in_model() {
                    block_here(self.recv(), Location::caller())
                } else {
                    self.inner.blocking_recv()
                }
            }

            /// One poll of [`Self::recv`].
            #[track_caller]
            pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
                let at = Location::caller();
                let wait = pin!(std::future::poll_fn(|context| self.inner.poll_recv(context)));
                poll_step(&self.shared, Wish::Message, at, wait, context)
            }

            /// Takes no more messages; those on their way can still be received.
            #[track_caller]
            pub fn close(&mut self) {
                self.shared.step(Location::caller());
                self.inner.close();
            }

            /// Whether no message can come any more.
            #[track_caller]
            pub fn is_closed(&self) -> bool {
                tries();
                self.shared.step(Location::caller());
                self.inner.is_closed()
            }

            /// Whether there is no message.
            #[track_caller]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// How many messages there are.
            #[track_caller]
            pub fn len(&self) -> usize {
                tries();
                self.shared.step(Location::caller());
                self.inner.len()
            }
        }

        impl<T> Drop for $receiver<T> {
            fn drop(&mut self) {
                end_of_receiver(&self.shared);
            }
        }

        impl<T> Clone for $sender<T> {
            fn clone(&self) -> Self {
                $sender { end: self.end.clone(), inner: self.inner.clone() }
            }
        }

        impl<T> fmt::Debug for $sender<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($sender)).finish_non_exhaustive()
            }
        }

        impl<T> fmt::Debug for $receiver<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($receiver)).finish_non_exhaustive()
            }
        }
    };
}

receiver!(
    /// [`tokio::sync::mpsc::Receiver`].
    Receiver, Sender
);
receiver!(
    /// [`tokio::sync::mpsc::UnboundedReceiver`].
    UnboundedReceiver, UnboundedSender
);
