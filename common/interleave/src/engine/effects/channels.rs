//! Channels: unbounded, bounded and rendezvous.

use crate::engine::code;
use crate::engine::world::{ChannelState, State, Step};
use crate::engine::{Oid, Op};
use crate::trace::Kind;

/// What a receive found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    Message,
    /// Every sender is gone.
    Closed,
    /// Nothing there, or not in time.
    Nothing,
}

impl Step<'_> {
    fn channel(&mut self, channel: Oid) -> &mut ChannelState {
        match &mut self.object(channel).state {
            State::Channel(state) => state,
            other => unreachable!("{other:?} is no channel"),
        }
    }

    /// Queues a message that there is room for. `None` when nobody can receive it, else its number.
    pub(crate) fn send(&mut self, channel: Oid) -> Option<u64> {
        self.depend(code::SEND, channel, true);
        let clock = self.thread().clock.clone();
        let state = self.channel(channel);
        if !state.receiver {
            self.log(Kind::Send, channel, 0, 1);
            return None;
        }
        state.length += 1;
        state.sent += 1;
        state.clocks.push_back(clock);
        let number = state.sent;
        self.log(Kind::Send, channel, number, 0);
        Some(number)
    }

    /// The receiver has taken the message of a rendezvous. That the sender knows is a step of its own: without it, the
    /// states before and after would be the same.
    pub(crate) fn taken(&mut self, channel: Oid) {
        self.depend(code::TAKEN, channel, false);
    }

    /// Whether a message that will not wait finds no room.
    pub(crate) fn is_full(&mut self, channel: Oid) -> bool {
        self.features().tries_channels = true;
        // A rendezvous channel has room only while somebody waits to receive.
        let waited_for = self
            .world
            .threads
            .iter()
            .any(|t| matches!(t.pending, Some(Op::Recv { channel: c, .. }) if c == channel));
        let state = self.channel(channel);
        let room = |most: usize| if most == 0 { usize::from(waited_for) } else { most };
        let full = state.receiver && state.capacity.is_some_and(|most| state.length >= room(most));
        if full {
            self.depend(code::SEND_FULL, channel, true);
            self.log(Kind::SendFull, channel, 0, 0);
        }
        full
    }

    pub(crate) fn recv(&mut self, channel: Oid) -> Received {
        self.depend(code::RECV, channel, true);
        let state = self.channel(channel);
        if let Some(clock) = state.clocks.pop_front() {
            state.length -= 1;
            state.taken += 1;
            let number = state.taken;
            self.thread().clock.join(&clock);
            self.log(Kind::Recv, channel, number, 0);
            Received::Message
        } else if state.senders == 0 {
            self.log(Kind::RecvClosed, channel, 0, 0);
            Received::Closed
        } else {
            self.log(Kind::RecvEmpty, channel, 0, 0);
            Received::Nothing
        }
    }

    /// Nothing waits for its turn to receive: whether a channel is empty can be seen from here on.
    pub(crate) fn tries_channel(&mut self) {
        self.features().tries_channels = true;
    }

    pub(crate) fn add_sender(&mut self, channel: Oid) {
        self.depend(code::SENDERS, channel, true);
        self.channel(channel).senders += 1;
    }

    pub(crate) fn drop_sender(&mut self, channel: Oid) {
        self.depend(code::SENDERS, channel, true);
        let state = self.channel(channel);
        state.senders = state.senders.saturating_sub(1);
        let left = state.senders as u64;
        self.log(Kind::DropSender, channel, left, 0);
    }

    pub(crate) fn drop_receiver(&mut self, channel: Oid) {
        self.depend(code::DROP_RECEIVER, channel, true);
        let state = self.channel(channel);
        state.receiver = false;
        if state.senders > 0 {
            self.features().drops_receivers = true;
        }
        self.log(Kind::DropReceiver, channel, 0, 0);
    }
}
