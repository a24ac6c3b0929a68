//! Polling a future to its end on one thread of the model: what `block_on` and every task do.

use crate::runtime::Shop;
use crate::time::Instant;
use interleave::model::{Shared, Token, Wish, yield_at};
use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

pub(crate) type Loc = &'static Location<'static>;

/// A real lock that nobody holds for longer than a moment: threads of a model run one at a time.
pub(crate) fn open<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// The futures being polled on this thread, the innermost last.
    static POLLING: RefCell<Vec<Arc<Polling>>> = const { RefCell::new(Vec::new()) };
    static LAST_YIELD: Cell<Option<Loc>> = const { Cell::new(None) };
}

/// A future that is being run.
pub(crate) struct Polling {
    token: Token,
    /// It is inside `poll`, and asked to be polled again: a polite yield rather than news.
    in_poll: AtomicBool,
    woke_itself: AtomicBool,
    timers: Mutex<Vec<Timer>>,
}

struct Timer {
    id: usize,
    deadline: Instant,
    waker: Waker,
}

impl Wake for Polling {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mine = POLLING.with_borrow(|stack| stack.last().is_some_and(|top| Arc::ptr_eq(top, self)));
        if mine && self.in_poll.load(Ordering::Relaxed) {
            self.woke_itself.store(true, Ordering::Relaxed);
        } else {
            self.token.set();
        }
    }
}

impl Polling {
    /// What the innermost future of this thread is run by.
    pub(crate) fn current() -> Option<Arc<Polling>> {
        POLLING.with_borrow(|stack| stack.last().cloned())
    }

    /// Has `waker` called when the model's time comes to `deadline`.
    pub(crate) fn set_timer(&self, id: usize, deadline: Instant, waker: &Waker) {
        let mut timers = open(&self.timers);
        timers.retain(|timer| timer.id != id);
        timers.push(Timer { id, deadline, waker: waker.clone() });
    }

    pub(crate) fn drop_timer(&self, id: usize) {
        open(&self.timers).retain(|timer| timer.id != id);
    }

    fn next_deadline(&self) -> Option<Instant> {
        open(&self.timers).iter().map(|timer| timer.deadline).min()
    }

    fn fire(&self) {
        let now = Instant::now();
        let (due, rest) =
            std::mem::take(&mut *open(&self.timers)).into_iter().partition(|t| t.deadline <= now);
        *open(&self.timers) = rest;
        let due: Vec<Timer> = due;
        due.into_iter().for_each(|timer| timer.waker.wake());
    }
}

/// Ends the innermost run of this thread, however it ends: threads of the model are used again.
struct Entered;

impl Drop for Entered {
    fn drop(&mut self) {
        POLLING.with_borrow_mut(Vec::pop);
    }
}

/// Who runs a future, and where.
pub(crate) struct Run<'a> {
    /// Where it was started: for waits that have no better place.
    pub(crate) at: Loc,
    /// Whose turns it takes, if there is only one thread to poll on.
    pub(crate) shop: Option<&'a Shop>,
    /// A task, which waits while nobody is in `block_on`; otherwise `block_on` itself.
    pub(crate) is_task: bool,
    /// Told when it can be cancelled, and asked whether it is.
    pub(crate) cancelled: &'a dyn Fn(Option<&Waker>) -> bool,
}

/// Runs `future` to its end. `None` when it was cancelled first; it is dropped by then either way.
pub(crate) fn run<F: Future>(future: F, run: &Run<'_>) -> Option<F::Output> {
    let polling = Arc::new(Polling {
        token: Token::new(),
        in_poll: AtomicBool::new(false),
        woke_itself: AtomicBool::new(false),
        timers: Mutex::default(),
    });
    let waker = Waker::from(polling.clone());
    let mut future = Box::pin(future);
    loop {
        let turn = run.shop.and_then(|shop| shop.turn(run.at));
        POLLING.with_borrow_mut(|stack| stack.push(polling.clone()));
        let entered = Entered;
        if (run.cancelled)(Some(&waker)) {
            drop(future);
            return None;
        }
        if run.is_task && run.shop.is_some_and(|shop| !shop.is_open(&waker)) {
            drop((entered, turn));
            polling.token.wait_at(run.at, None);
            continue;
        }
        LAST_YIELD.set(None);
        polling.woke_itself.store(false, Ordering::Relaxed);
        polling.in_poll.store(true, Ordering::Relaxed);
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        polling.in_poll.store(false, Ordering::Relaxed);
        if let Poll::Ready(output) = polled {
            drop(future);
            return Some(output);
        }
        drop((entered, turn));
        if polling.woke_itself.load(Ordering::Relaxed) {
            yield_at(LAST_YIELD.get().unwrap_or(run.at));
        } else {
            let now = Instant::now();
            let limit = polling.next_deadline().map(|deadline| deadline.saturating_duration_since(now));
            if !polling.token.wait_at(run.at, limit) {
                polling.fire();
            }
        }
    }
}

/// Remembers where the task let others run.
pub(crate) fn note_yield(at: Loc) {
    LAST_YIELD.set(Some(at));
}

/// Runs one of tokio's own futures: each poll is a step on `shared`, and while it is pending the task waits for that.
pub(crate) async fn watch<F: Future>(shared: &Shared, wish: Wish, at: Loc, future: F) -> F::Output {
    let mut future = pin!(future);
    // Dropped before the future, whose own drop gives back its place in the queue.
    let _place = Place(shared);
    std::future::poll_fn(|context| poll_step(shared, wish, at, future.as_mut(), context)).await
}

/// One poll of tokio's own future, as a step on `shared`.
pub(crate) fn poll_step<F: Future + ?Sized>(
    shared: &Shared,
    wish: Wish,
    at: Loc,
    future: Pin<&mut F>,
    context: &mut Context<'_>,
) -> Poll<F::Output> {
    shared.step(at);
    let polled = future.poll(context);
    if polled.is_pending() {
        shared.awaited(wish, at);
    }
    polled
}

/// A place in the queue for something.
pub(crate) struct Place<'a>(pub(crate) &'a Shared);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.touch();
    }
}
