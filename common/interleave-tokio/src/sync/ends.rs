//! The ends of channels: what dropping them does can be seen at the other end.

use crate::executor::Loc;
use interleave::model::{Deed, Shared};
use std::sync::Arc;

/// A sender's part in a channel. A field before the sender itself, so that it is dropped first.
#[derive(Clone, Debug)]
pub(super) struct Sending(pub(super) Arc<Shared>);

impl Sending {
    /// Tells of a message sent, to somebody or to nobody.
    pub(super) fn sent(&self, received: bool, at: Loc) {
        self.0.did(if received { Deed::Sends } else { Deed::SendsToNobody }, at);
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// Before a receiver is dropped: whether a message was sent before or after can be told from the send's result.
#[track_caller]
pub(super) fn end_of_receiver(shared: &Shared) {
    if std::thread::panicking() {
        shared.touch();
    } else {
        shared.step(std::panic::Location::caller());
    }
}
