//! A future that is ready when the test says so.

use crate::executor::open;
use interleave::model::Notes;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// A future that is ready when it is opened, and keeps count of what is done to it.
///
/// Clones are the same gate: one is polled, the other opens it.
///
/// ```
/// use interleave_tokio::step::{Gate, Stepper};
///
/// let gate = Gate::new();
/// let mut waiting = Stepper::new(gate.clone());
/// assert!(waiting.poll().is_pending());
/// gate.open("done");
/// assert_eq!(waiting.until_stalled(), Some("done"));
/// assert_eq!(gate.polls(), 2);
/// ```
pub struct Gate<T>(Arc<Inside<T>>);

struct Inside<T> {
    /// Tells the model of each use.
    used: Notes<()>,
    state: Mutex<State<T>>,
}

struct State<T> {
    value: Option<T>,
    waker: Option<Waker>,
    polls: usize,
    was_ready: bool,
    polled_after_ready: bool,
}

impl<T> Clone for Gate<T> {
    fn clone(&self) -> Self {
        Gate(self.0.clone())
    }
}

impl<T> Default for Gate<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Gate<T> {
    /// Closed.
    pub fn new() -> Self {
        let state = State { value: None, waker: None, polls: 0, was_ready: false, polled_after_ready: false };
        Gate(Arc::new(Inside { used: Notes::new(()), state: Mutex::new(state) }))
    }

    fn with<R>(&self, f: impl FnOnce(&mut State<T>) -> R) -> R {
        self.0.used.with(|()| ());
        f(&mut open(&self.0.state))
    }

    /// Makes it ready with this value, and calls the newest waker.
    pub fn open(&self, value: T) {
        let waker = self.with(|state| {
            state.value = Some(value);
            state.waker.take()
        });
        // Whoever is woken may poll at once.
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// How often it was polled.
    pub fn polls(&self) -> usize {
        self.with(|state| state.polls)
    }

    /// Whether it was polled again after it had been ready. Most futures panic then; this one keeps silent.
    pub fn was_polled_after_ready(&self) -> bool {
        self.with(|state| state.polled_after_ready)
    }
}

impl<T> Future for Gate<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.with(|state| {
            state.polls += 1;
            state.polled_after_ready |= state.was_ready;
            match state.value.take() {
                Some(value) => {
                    state.was_ready = true;
                    Poll::Ready(value)
                }
                None => {
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

impl<T> fmt::Debug for Gate<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("polls", &self.polls()).finish_non_exhaustive()
    }
}
