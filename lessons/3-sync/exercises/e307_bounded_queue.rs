//! e307_bounded_queue: a queue with few places, in which nobody sleeps for ever.
//!
//! `put` waits while the queue is full, `get` waits while it is empty. What you find below is a well-known Python example
//! in Rust, with its mistake: with several producers and consumers it comes to a standstill. Mend it, and let it do the
//! rest of what its text says. However the threads take turns:
//!
//! * nobody sleeps while there is something for them to do, and nobody looks again and again instead of sleeping;
//! * items come out in the order in which they went in, each once, and never more than `capacity` wait inside;
//! * who has a limit gives up when that much time has passed since the call, no earlier and no later;
//! * `close` ends all waiting; what is inside can still be taken out.
//!
//! The judge runs two and three threads through every order of their steps, and five through every order with at most two
//! unlucky moments.
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Why an item did not go in; it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutError<T> {
    /// Still full when the time was up.
    Full(T),
    /// The queue is closed.
    Closed(T),
}

/// Why no item came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GetError {
    /// Still empty when the time was up.
    Empty,
    /// The queue is closed, and everything was taken out.
    Closed,
}

/// A queue with `capacity` places. Add what you need.
pub struct BoundedQueue<T> {
    capacity: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T> BoundedQueue<T> {
    /// An open, empty queue with at least one place.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "a queue needs a place");
        let state = Mutex::new(State { items: VecDeque::new(), closed: false });
        BoundedQueue { capacity, state, changed: Condvar::new() }
    }

    /// Puts an item in, after waiting for a place: without a limit as long as it takes, else at most that long.
    /// A closed queue takes nothing, even if it has places.
    pub fn put(&self, item: T, limit: Option<Duration>) -> Result<(), PutError<T>> {
        let _ = limit; // does not wait longer than this
        let mut state = self.state.lock().unwrap();
        while state.items.len() == self.capacity {
            state = self.changed.wait(state).unwrap();
        }
        state.items.push_back(item);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the oldest item out, after waiting for one: without a limit as long as it takes, else at most that long.
    /// Of a closed queue it takes what is left, and then says that it is closed.
    pub fn get(&self, limit: Option<Duration>) -> Result<T, GetError> {
        let _ = limit; // does not wait longer than this
        let mut state = self.state.lock().unwrap();
        while state.items.is_empty() {
            state = self.changed.wait(state).unwrap();
        }
        let item = state.items.pop_front().unwrap();
        self.changed.notify_one();
        Ok(item)
    }

    /// Closes the queue: from now on nothing goes in, and nobody waits any more.
    pub fn close(&self) {
        self.state.lock().unwrap().closed = true;
    }
}
