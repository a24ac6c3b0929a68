//! A runtime that takes one step when it is told to: for plain futures, and for what must hold between two polls.
//!
//! [`Stepper`] polls a future by hand and knows what became of each waker it gave. [`Gate`] is a future that is ready
//! when the test says so. The functions are properties that every future must have: each gives a [`Violation`] that
//! says what went wrong. None of it needs tokio, and all of it works inside a check and outside.
//!
//! ```
//! use interleave_tokio::step::{Gate, Stepper, finds_lost_wakers};
//! use std::task::Poll;
//!
//! let gate = Gate::new();
//! let opened_by = gate.clone();
//! let mut double = Stepper::new(async move { 2 * gate.await });
//! assert_eq!(double.poll(), Poll::Pending);
//! assert!(!double.woken());
//!
//! opened_by.open(21);
//! assert!(double.woken());
//! assert_eq!(double.poll(), Poll::Ready(42));
//!
//! // A future that tells nobody how to call it back.
//! let forgets = || std::future::poll_fn(|_| Poll::<()>::Pending);
//! let violation = finds_lost_wakers(forgets).unwrap_err();
//! assert!(violation.to_string().contains("nobody would ever poll it again"));
//! ```

mod gate;
mod properties;

pub use gate::Gate;
use interleave::model::{Notes, tries};
pub use properties::{
    Violation, ViolationKind, cancel_at_every_await, finds_lost_wakers, polled_after_ready,
    polls_do_not_block,
};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// Polls a future by hand.
///
/// Each poll brings a waker of its own, as when a task moves from thread to thread: only the newest counts.
///
/// ```
/// use interleave_tokio::step::Stepper;
///
/// let mut future = Stepper::new(async { 6 * 7 });
/// assert_eq!(future.until_stalled(), Some(42));
/// assert_eq!((future.polls(), future.is_done()), (1, true));
/// ```
pub struct Stepper<F: Future> {
    /// `None` when it is done, so that nobody polls it again.
    future: Option<Pin<Box<F>>>,
    wakes: Vec<Arc<Wakes>>,
    /// How many wakes of the last poll [`Stepper::woken`] has told of.
    seen: usize,
}

/// What became of one waker.
struct Wakes(Notes<usize>);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.with(|count| *count += 1);
    }
}

impl<F: Future> Stepper<F> {
    /// A future that nobody has polled.
    pub fn new(future: F) -> Self {
        // What a future waits for can be seen between two polls.
        tries();
        Stepper { future: Some(Box::pin(future)), wakes: Vec::new(), seen: 0 }
    }

    /// One poll, with a new waker.
    ///
    /// # Panics
    /// If the future was ready before.
    #[track_caller]
    pub fn poll(&mut self) -> Poll<F::Output> {
        let Some(future) = &mut self.future else { panic!("a future that was ready is not polled again") };
        let wakes = Arc::new(Wakes(Notes::new(0)));
        self.wakes.push(wakes.clone());
        self.seen = 0;
        let waker = Waker::from(wakes);
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_ready() {
            self.future = None;
        }
        polled
    }

    /// Whether the waker of the last poll was called since this was asked last.
    pub fn woken(&mut self) -> bool {
        let now = self.wakes_of_last_poll();
        std::mem::replace(&mut self.seen, now) < now
    }

    /// How often the waker of the last poll was called.
    pub fn wakes_of_last_poll(&self) -> usize {
        self.wakes.last().map_or(0, |wakes| wakes.0.with(|count| *count))
    }

    /// How often the waker of each poll was called.
    pub fn wakes(&self) -> Vec<usize> {
        self.wakes.iter().map(|wakes| wakes.0.with(|count| *count)).collect()
    }

    /// Whether somebody keeps the waker of the last poll, to call it later.
    pub fn waker_is_kept(&self) -> bool {
        self.wakes.last().is_some_and(|wakes| Arc::strong_count(wakes) > 1)
    }

    /// How often it was polled.
    pub fn polls(&self) -> usize {
        self.wakes.len()
    }

    /// Whether it was ready.
    pub fn is_done(&self) -> bool {
        self.future.is_none()
    }

    /// Polls it now, and again as long as somebody has called the newest waker. `None` when nobody has.
    ///
    /// # Panics
    /// If the future was ready before, or asks to be polled again a thousand times in a row.
    #[track_caller]
    pub fn until_stalled(&mut self) -> Option<F::Output> {
        for _ in 0..1_000 {
            if let Poll::Ready(output) = self.poll() {
                return Some(output);
            }
            if self.wakes_of_last_poll() == 0 {
                return None;
            }
        }
        panic!("the future asked to be polled again a thousand times, and nothing came of it")
    }

    /// Drops the future where it stands. Whether there was one to drop.
    pub fn cancel(&mut self) -> bool {
        self.future.take().is_some()
    }
}

impl<F: Future> fmt::Debug for Stepper<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stepper").field("polls", &self.polls()).field("is_done", &self.is_done()).finish()
    }
}
