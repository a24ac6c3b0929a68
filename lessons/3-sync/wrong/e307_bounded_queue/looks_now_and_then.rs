//! e307_bounded_queue, wrong: whoever has no limit wakes itself every millisecond to look.
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// How long to sleep before looking again.
const A_MOMENT: Duration = Duration::from_millis(1);

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
    not_full: Condvar,
    not_empty: Condvar,
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
        BoundedQueue { capacity, state, not_full: Condvar::new(), not_empty: Condvar::new() }
    }

    /// Puts an item in, after waiting for a place: without a limit as long as it takes, else at most that long.
    /// A closed queue takes nothing, even if it has places.
    pub fn put(&self, item: T, limit: Option<Duration>) -> Result<(), PutError<T>> {
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
    }

    /// Takes the oldest item out, after waiting for one: without a limit as long as it takes, else at most that long.
    /// Of a closed queue it takes what is left, and then says that it is closed.
    pub fn get(&self, limit: Option<Duration>) -> Result<T, GetError> {
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
    }

    /// Closes the queue: from now on nothing goes in, and nobody waits any more.
    pub fn close(&self) {
        self.state.lock().unwrap().closed = true;
        // All of them, on both sides: the news is for everybody.
        self.not_full.notify_all();
        self.not_empty.notify_all();
    }
}

/// Waits on `condvar` while `condition` holds, at most as long as `limit` says.
fn wait_while<'a, T>(
    condvar: &Condvar,
    mut guard: MutexGuard<'a, State<T>>,
    limit: Option<Duration>,
    mut condition: impl FnMut(&mut State<T>) -> bool,
) -> MutexGuard<'a, State<T>> {
    match limit {
        None => {
            while condition(&mut guard) {
                guard = condvar.wait_timeout(guard, A_MOMENT).unwrap().0;
            }
            guard
        }
        // Counts the time from the call on, however often it is woken up in between.
        Some(limit) => condvar.wait_timeout_while(guard, limit, condition).unwrap().0,
    }
}
