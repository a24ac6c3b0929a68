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
//~ use std::sync::{Condvar, Mutex};
use std::sync::{Condvar, Mutex, MutexGuard};
//~ end
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
    //~ changed: Condvar,
    not_full: Condvar,
    not_empty: Condvar,
    //~ end
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
        //~ BoundedQueue { capacity, state, changed: Condvar::new() }
        BoundedQueue { capacity, state, not_full: Condvar::new(), not_empty: Condvar::new() }
        //~ end
    }

    /// Puts an item in, after waiting for a place: without a limit as long as it takes, else at most that long.
    /// A closed queue takes nothing, even if it has places.
    pub fn put(&self, item: T, limit: Option<Duration>) -> Result<(), PutError<T>> {
        //~ let _ = limit; // does not wait longer than this
        //~ let mut state = self.state.lock().unwrap();
        //~ while state.items.len() == self.capacity {
        //~     state = self.changed.wait(state).unwrap();
        //~ }
        //~ state.items.push_back(item);
        //~ self.changed.notify_one();
        //~ Ok(())
        let full = |state: &mut State<T>| state.items.len() == self.capacity && !state.closed;
        let mut state = wait_while(&self.not_full, self.state.lock().unwrap(), limit, full);
        if state.closed {
            return Err(PutError::Closed(item));
        }
        if state.items.len() == self.capacity {
            return Err(PutError::Full(item));
        }
        state.items.push_back(item);
        // Only consumers wait there, and each of them can use this.
        self.not_empty.notify_one();
        Ok(())
        //~ end
    }

    /// Takes the oldest item out, after waiting for one: without a limit as long as it takes, else at most that long.
    /// Of a closed queue it takes what is left, and then says that it is closed.
    pub fn get(&self, limit: Option<Duration>) -> Result<T, GetError> {
        //~ let _ = limit; // does not wait longer than this
        //~ let mut state = self.state.lock().unwrap();
        //~ while state.items.is_empty() {
        //~     state = self.changed.wait(state).unwrap();
        //~ }
        //~ let item = state.items.pop_front().unwrap();
        //~ self.changed.notify_one();
        //~ Ok(item)
        let empty = |state: &mut State<T>| state.items.is_empty() && !state.closed;
        let mut state = wait_while(&self.not_empty, self.state.lock().unwrap(), limit, empty);
        match state.items.pop_front() {
            Some(item) => {
                self.not_full.notify_one();
                Ok(item)
            }
            None if state.closed => Err(GetError::Closed),
            None => Err(GetError::Empty),
        }
        //~ end
    }

    /// Closes the queue: from now on nothing goes in, and nobody waits any more.
    pub fn close(&self) {
        //~ self.state.lock().unwrap().closed = true;
        self.state.lock().unwrap().closed = true;
        // All of them, on both sides: the news is for everybody.
        self.not_full.notify_all();
        self.not_empty.notify_all();
        //~ end
    }
}
//~

/// Waits on `condvar` while `condition` holds, at most as long as `limit` says.
fn wait_while<'a, T>(
    condvar: &Condvar,
    guard: MutexGuard<'a, State<T>>,
    limit: Option<Duration>,
    condition: impl FnMut(&mut State<T>) -> bool,
) -> MutexGuard<'a, State<T>> {
    match limit {
        None => condvar.wait_while(guard, condition).unwrap(),
        // Counts the time from the call on, however often it is woken up in between.
        Some(limit) => condvar.wait_timeout_while(guard, limit, condition).unwrap().0,
    }
}
//~ end
