//! What a client has still to be sent: filled by everybody who talks, emptied by that client's writer.
//!
//! Nobody who fills it ever waits. That is what keeps a slow client from stalling the rest: when its outbox is full, it is
//! the slow one who has to go, not the others who have to wait.
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

const TOO_SLOW: &str = "* You are too slow: too much was waiting for you, and more was said. Goodbye.\n";

/// A bounded buffer of bytes with one writer.
pub struct Outbox {
    state: Mutex<State>,
    /// Only the writer waits here: for something to send, for the end, and for the end of the reader.
    changed: Condvar,
    /// How many bytes may wait.
    limit: usize,
}

struct State {
    /// Whole lines, one behind the other. One buffer and not a list of lines: the writer takes all of it and sends it with
    /// one call of the system, however many lines came while it was busy. The busier the room, the more lines a call.
    waiting: Vec<u8>,
    /// Set once: nothing more is taken in, and the writer ends when all is sent.
    closed: bool,
    /// Whether it was closed because this client is too slow.
    slow: bool,
    /// Whether the writer sleeps. Waking somebody who is awake is a call of the system for nothing, and under load the
    /// writer is nearly always awake.
    writer_sleeps: bool,
    /// Whether the client's other thread has ended.
    reader_is_gone: bool,
}

impl Outbox {
    /// An empty one in which `limit` bytes may wait.
    pub fn new(limit: usize) -> Outbox {
        let state = State {
            waiting: Vec::new(),
            closed: false,
            slow: false,
            writer_sleeps: false,
            reader_is_gone: false,
        };
        Outbox { state: Mutex::new(state), changed: Condvar::new(), limit }
    }

    /// Puts one or more whole lines in. `false` when the outbox is closed: it was already, or it was full and this has closed it.
    ///
    /// A client that is too slow gets what was waiting and one last line that says so, but nothing of this. So what it has
    /// seen is the beginning of the talk, without a gap.
    pub fn push(&self, lines: &str) -> bool {
        let mut state = self.state();
        if state.closed {
            return false;
        }
        let full = state.waiting.len() + lines.len() > self.limit;
        let lines = if full { TOO_SLOW } else { lines };
        state.waiting.extend_from_slice(lines.as_bytes());
        (state.closed, state.slow) = (full, full);
        self.wake(state);
        !full
    }

    /// Waits until there is something to send, and exchanges it for `batch`, whose room is used again. `false` when the
    /// outbox is closed and all was sent.
    pub fn take(&self, batch: &mut Vec<u8>) -> bool {
        batch.clear();
        let mut state = self.state();
        // Without the loop, a wake-up for no reason would send nothing and take it for the end.
        while state.waiting.is_empty() && !state.closed {
            state.writer_sleeps = true;
            state = self.changed.wait(state).expect("nobody panics with an outbox locked");
        }
        state.writer_sleeps = false;
        mem::swap(&mut state.waiting, batch);
        !batch.is_empty()
    }

    /// Lets nothing more in.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.wake(state);
    }

    /// The same, because the client does not take what it is sent.
    pub fn give_up(&self) {
        let mut state = self.state();
        state.slow |= !state.closed;
        state.closed = true;
        self.wake(state);
    }

    /// Whether it was closed because the client is too slow.
    pub fn is_slow(&self) -> bool {
        self.state().slow
    }

    /// Whether nothing more is let in.
    pub fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Says that the reader has ended.
    pub fn reader_is_gone(&self) {
        self.state().reader_is_gone = true;
        // Once in the life of a client, so there is no need to know whether the writer sleeps.
        self.changed.notify_one();
    }

    /// Waits until the reader has ended, but not longer than that.
    pub fn wait_for_reader(&self, patience: Duration) {
        let waited = self.changed.wait_timeout_while(self.state(), patience, |state| !state.reader_is_gone);
        drop(waited.expect("nobody panics with an outbox locked"));
    }

    /// Wakes the writer if it sleeps.
    fn wake(&self, mut state: MutexGuard<State>) {
        let sleeps = mem::take(&mut state.writer_sleeps);
        // Let go first: whoever is woken wants the lock.
        drop(state);
        if sleeps {
            self.changed.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The few lines under this lock cannot panic, so nobody ever finds it poisoned.
        self.state.lock().expect("nobody panics with an outbox locked")
    }
}
