//! `std::sync::mpsc`: unbounded, bounded and rendezvous channels.
//!
//! A channel belongs to where it was made: one made inside a check is the model's, one made outside is
//! the real one.

use crate::engine::{
    Contents, Doing, Features, Handle, Oid, Op, Received, State, in_model, inspect, point, quiet,
};
use crate::record;
use crate::trace::{Kind, Loc, Show};
use ::std::collections::VecDeque;
use ::std::fmt;
use ::std::panic::Location;
pub use ::std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use ::std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use ::std::time::Duration;

/// A channel of the model: the messages; who may go on is the engine's business.
struct Modelled<T> {
    handle: Handle,
    queue: Mutex<VecDeque<T>>,
    capacity: Option<usize>,
}

impl<T> Modelled<T> {
    fn new(capacity: Option<usize>, at: Loc) -> Arc<Self> {
        Arc::new(Modelled { handle: Handle::made_at(at), queue: Mutex::default(), capacity })
    }

    fn id(&self) -> Oid {
        self.handle.id("channel", Contents::NONE, || State::channel(self.capacity))
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, message: T, at: Loc) -> Result<(), SendError<T>> {
        let id = self.id();
        let mut message = Some(message);
        let sent = point(Op::Send(id), at, |step| {
            let number = step.send(id);
            if number.is_some() {
                self.queue().extend(message.take());
            }
            number
        });
        match (message, sent.flatten()) {
            (Some(unsent), _) => Err(SendError(unsent)),
            (None, Some(number)) if self.capacity == Some(0) => {
                point(Op::Taken(id, number), at, |step| step.taken(id));
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    fn try_send(&self, message: T, at: Loc) -> Result<(), TrySendError<T>> {
        let id = self.id();
        let mut message = Some(message);
        let full = point(Op::Free(Doing::TriesToSend(id)), at, |step| {
            if step.is_full(id) {
                return true;
            }
            if step.send(id).is_some() {
                self.queue().extend(message.take());
            }
            false
        });
        match message {
            None => Ok(()),
            Some(unsent) if full == Some(true) => Err(TrySendError::Full(unsent)),
            Some(unsent) => Err(TrySendError::Disconnected(unsent)),
        }
    }

    fn recv(&self, op: impl FnOnce(Oid) -> Op, tries: bool, at: Loc) -> Result<T, Received> {
        let id = self.id();
        let found = point(op(id), at, |step| {
            if tries {
                step.tries_channel();
            }
            (step.recv(id), self.queue().pop_front())
        });
        match found {
            Some((Received::Message, Some(message))) => Ok(message),
            Some((other, _)) => Err(other),
            // The execution is over, and this thread is unwinding.
            None => Err(Received::Closed),
        }
    }

    /// Before an end of the channel is dropped, where others can see whether that was before or after what they do.
    fn before_drop(&self, is_seen: impl Fn(Features) -> bool) {
        if !::std::thread::panicking() && inspect(|world| is_seen(world.features())) {
            point(Op::Free(Doing::GivesBack(self.id())), self.handle.created, |_| ());
        }
    }

    fn drop_sender(&self) {
        if in_model() {
            self.before_drop(|features| features.tries_channels);
            let id = self.id();
            quiet(self.handle.created, |step| step.drop_sender(id));
        }
    }
}

/// [`std::sync::mpsc::Sender`].
pub struct Sender<T>(Tx<mpsc::Sender<T>, T>);

/// [`std::sync::mpsc::SyncSender`].
pub struct SyncSender<T>(Tx<mpsc::SyncSender<T>, T>);

/// [`std::sync::mpsc::Receiver`].
pub struct Receiver<T>(Rx<T>);

enum Tx<R, T> {
    /// With what a recording knows it by.
    Real(R, Arc<Handle>),
    Modelled(Arc<Modelled<T>>),
}

enum Rx<T> {
    Real(mpsc::Receiver<T>, Arc<Handle>),
    /// The cell keeps a receiver from being shared between threads, as the real one does.
    Modelled(Arc<Modelled<T>>, ::std::marker::PhantomData<::std::cell::Cell<()>>),
}

/// Writes down what happens to a real channel in a recording. Only called while one goes on: what comes before the
/// call then costs one load, and leaves messages in registers.
#[cold]
fn log(handle: &Handle, kind: Kind, at: Loc) {
    record::log(kind, record::object(handle, "channel", Show::Unsigned), 0, 0, at);
}

fn received(message: bool, closed: bool) -> Kind {
    match (message, closed) {
        (true, _) => Kind::Recv,
        (false, true) => Kind::RecvClosed,
        (false, false) => Kind::RecvEmpty,
    }
}

/// [`std::sync::mpsc::channel`].
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    if in_model() {
        let channel = Modelled::new(None, Location::caller());
        return (Sender(Tx::Modelled(channel.clone())), Receiver(Rx::modelled(channel)));
    }
    let (sender, receiver) = mpsc::channel();
    let handle = Arc::new(Handle::new());
    (Sender(Tx::Real(sender, Arc::clone(&handle))), Receiver(Rx::Real(receiver, handle)))
}

/// [`std::sync::mpsc::sync_channel`].
#[track_caller]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    if in_model() {
        let channel = Modelled::new(Some(bound), Location::caller());
        return (SyncSender(Tx::Modelled(channel.clone())), Receiver(Rx::modelled(channel)));
    }
    let (sender, receiver) = mpsc::sync_channel(bound);
    let handle = Arc::new(Handle::new());
    (SyncSender(Tx::Real(sender, Arc::clone(&handle))), Receiver(Rx::Real(receiver, handle)))
}

impl<R: Clone, T> Clone for Tx<R, T> {
    fn clone(&self) -> Self {
        match self {
            Tx::Real(sender, handle) => Tx::Real(sender.clone(), Arc::clone(handle)),
            Tx::Modelled(channel) => {
                let id = channel.id();
                quiet(channel.handle.created, |step| step.add_sender(id));
                Tx::Modelled(channel.clone())
            }
        }
    }
}

impl<R, T> Drop for Tx<R, T> {
    fn drop(&mut self) {
        if let Tx::Modelled(channel) = self {
            channel.drop_sender();
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender(self.0.clone())
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        SyncSender(self.0.clone())
    }
}

impl<T> Sender<T> {
    /// Queues a message.
    ///
    /// # Errors
    /// The message, when the receiver is gone.
    #[track_caller]
    #[inline]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match &self.0 {
            Tx::Real(sender, handle) => {
                if record::on() {
                    // Before, so that no receiver is told of it first.
                    log(handle, Kind::Send, Location::caller());
                }
                sender.send(message)
            }
            Tx::Modelled(channel) => channel.send(message, Location::caller()),
        }
    }
}

impl<T> SyncSender<T> {
    /// Queues a message as soon as there is room.
    ///
    /// # Errors
    /// The message, when the receiver is gone.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match &self.0 {
            Tx::Real(sender, handle) if record::on() => {
                let at = Location::caller();
                match sender.try_send(message) {
                    Ok(()) => {
                        log(handle, Kind::Send, at);
                        Ok(())
                    }
                    Err(TrySendError::Disconnected(message)) => Err(SendError(message)),
                    Err(TrySendError::Full(message)) => {
                        log(handle, Kind::WantSend, at);
                        let result = sender.send(message);
                        log(handle, Kind::Send, at);
                        result
                    }
                }
            }
            Tx::Real(sender, _) => sender.send(message),
            Tx::Modelled(channel) => channel.send(message, Location::caller()),
        }
    }

    /// Queues a message if there is room.
    ///
    /// # Errors
    /// The message, when there is none or the receiver is gone.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        match &self.0 {
            Tx::Real(sender, handle) => {
                let result = sender.try_send(message);
                if record::on() {
                    let full = matches!(result, Err(TrySendError::Full(_)));
                    log(handle, if full { Kind::SendFull } else { Kind::Send }, Location::caller());
                }
                result
            }
            Tx::Modelled(channel) => channel.try_send(message, Location::caller()),
        }
    }
}

impl<T> Rx<T> {
    fn modelled(channel: Arc<Modelled<T>>) -> Self {
        Rx::Modelled(channel, ::std::marker::PhantomData)
    }
}

impl<T> Receiver<T> {
    /// Waits for a message.
    ///
    /// # Errors
    /// When none is left and every sender is gone.
    #[track_caller]
    #[inline]
    pub fn recv(&self) -> Result<T, RecvError> {
        match &self.0 {
            Rx::Real(receiver, _) if !record::on() => receiver.recv(),
            Rx::Real(receiver, handle) => {
                log(handle, Kind::WantRecv, Location::caller());
                let result = receiver.recv();
                log(handle, received(result.is_ok(), true), Location::caller());
                result
            }
            Rx::Modelled(channel, _) => {
                let op = |channel| Op::Recv { channel, timed: false };
                channel.recv(op, false, Location::caller()).map_err(|_| RecvError)
            }
        }
    }

    /// Waits for a message, at most `limit` long.
    ///
    /// # Errors
    /// When time is up, or none is left and every sender is gone.
    #[track_caller]
    pub fn recv_timeout(&self, limit: Duration) -> Result<T, RecvTimeoutError> {
        match &self.0 {
            Rx::Real(receiver, _) if !record::on() => receiver.recv_timeout(limit),
            Rx::Real(receiver, handle) => {
                log(handle, Kind::WantRecv, Location::caller());
                let result = receiver.recv_timeout(limit);
                let closed = matches!(result, Err(RecvTimeoutError::Disconnected));
                log(handle, received(result.is_ok(), closed), Location::caller());
                result
            }
            Rx::Modelled(channel, _) => {
                let at = Location::caller();
                quiet(at, |step| step.deadline_in(limit));
                let timed = crate::time::ends(limit);
                let op = |channel| Op::Recv { channel, timed };
                channel.recv(op, timed, at).map_err(|found| match found {
                    Received::Nothing => RecvTimeoutError::Timeout,
                    Received::Closed | Received::Message => RecvTimeoutError::Disconnected,
                })
            }
        }
    }

    /// Takes a message if there is one.
    ///
    /// # Errors
    /// When there is none.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        match &self.0 {
            Rx::Real(receiver, _) if !record::on() => receiver.try_recv(),
            Rx::Real(receiver, handle) => {
                let result = receiver.try_recv();
                let closed = matches!(result, Err(TryRecvError::Disconnected));
                log(handle, received(result.is_ok(), closed), Location::caller());
                result
            }
            Rx::Modelled(channel, _) => channel
                .recv(|c| Op::Free(Doing::TriesToReceive(c)), true, Location::caller())
                .map_err(|found| match found {
                    Received::Nothing => TryRecvError::Empty,
                    Received::Closed | Received::Message => TryRecvError::Disconnected,
                }),
        }
    }

    /// The messages, until every sender is gone.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self)
    }

    /// The messages that are there now.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter(self)
    }
}

impl<T> Drop for Rx<T> {
    fn drop(&mut self) {
        if let Rx::Modelled(channel, _) = self
            && in_model()
        {
            channel.before_drop(|features| features.tries_channels || features.drops_receivers);
            let id = channel.id();
            quiet(channel.handle.created, |step| step.drop_receiver(id));
            // As with the real one, messages nobody can receive any more are dropped now.
            let rest = ::std::mem::take(&mut *channel.queue());
            drop(rest);
        }
    }
}

/// [`std::sync::mpsc::Iter`].
#[derive(Debug)]
pub struct Iter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for Iter<'_, T> {
    type Item = T;
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

/// [`std::sync::mpsc::TryIter`].
#[derive(Debug)]
pub struct TryIter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

/// [`std::sync::mpsc::IntoIter`].
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>);

impl<T> Iterator for IntoIter<T> {
    type Item = T;
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;
    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self)
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;
    fn into_iter(self) -> Iter<'a, T> {
        Iter(self)
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
