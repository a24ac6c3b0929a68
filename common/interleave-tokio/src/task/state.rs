//! A modelled task: the thread that runs it, how it ended, and who waits for that.

use super::{JoinError, JoinHandle};
use crate::executor::{Loc, Run, open, run};
use crate::runtime::{Shop, enter_task};
use interleave::model::{Shared, Token, Wish};
use std::panic::Location;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Wake, Waker};

/// What is shared by a task, its handle, and its runtime.
pub(crate) struct Task<T> {
    pub(crate) shared: Shared,
    state: Mutex<State<T>>,
    thread: Mutex<Option<interleave::thread::JoinHandle<()>>>,
}

struct State<T> {
    /// It has ended: as the so-manieth of all, which tells the order in which they did.
    ended: Option<usize>,
    output: Option<T>,
    aborted: bool,
    /// Wakes the task itself.
    task: Option<Waker>,
    joiner: Option<Waker>,
    /// Whoever drops the runtime, until the task is gone.
    closer: Option<Waker>,
}

/// What a runtime can do to a task, whatever its output.
pub(crate) trait Stop: Send + Sync {
    /// Cancels it at its next await.
    fn stop(&self);
    /// Waits, on a thread of the model, until it has ended.
    fn wait_for_end(&self);
    fn has_ended(&self) -> bool;
    fn shared(&self) -> &Shared;
}

impl<T> Task<T> {
    #[track_caller]
    fn new() -> Self {
        let state =
            State { ended: None, output: None, aborted: false, task: None, joiner: None, closer: None };
        Task { shared: Shared::new("task"), state: Mutex::new(state), thread: Mutex::default() }
    }

    /// The so-manieth to end, if it has. Otherwise calls `joiner` when it does.
    pub(crate) fn ended_or_wake(&self, joiner: &Waker) -> Option<usize> {
        let mut state = open(&self.state);
        if state.ended.is_none() {
            state.joiner = Some(joiner.clone());
        }
        state.ended
    }

    pub(crate) fn ended(&self) -> Option<usize> {
        open(&self.state).ended
    }

    /// How it ended, once it has.
    #[track_caller]
    pub(crate) fn take_result(&self) -> Result<T, JoinError> {
        let thread = open(&self.thread).take().expect("a task is joined once");
        thread.join().map_err(JoinError::panic)?;
        open(&self.state).output.take().ok_or_else(JoinError::cancelled)
    }

    /// Has it cancelled at its next await.
    pub(crate) fn cancel(&self) {
        self.shared.touch();
        let mut state = open(&self.state);
        state.aborted = true;
        let task = state.task.take();
        drop(state);
        if let Some(task) = task {
            task.wake();
        }
    }

    /// The thread ends by itself.
    pub(crate) fn detach(&self) {
        drop(open(&self.thread).take());
    }
}

impl<T: Send> Stop for Task<T> {
    fn stop(&self) {
        self.cancel();
    }

    fn wait_for_end(&self) {
        let token = Arc::new(Bell(Token::new()));
        loop {
            self.shared.touch();
            let mut state = open(&self.state);
            if state.ended.is_some() {
                return;
            }
            state.closer = Some(Waker::from(token.clone()));
            drop(state);
            self.shared.awaited(Wish::End, Location::caller());
            token.0.wait();
        }
    }

    fn has_ended(&self) -> bool {
        self.ended().is_some()
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }
}

struct Bell(Token);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.set();
    }
}

/// Says that the task has ended, however it does.
struct Ending<T>(Arc<Task<T>>);

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        self.0.shared.give_back();
        let mut state = open(&self.0.state);
        state.ended = Some(next_in_order());
        let wakers = [state.joiner.take(), state.closer.take()];
        drop(state);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

/// Only the order of these numbers within one execution is looked at.
fn next_in_order() -> usize {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

#[track_caller]
pub(crate) fn spawn_task<F>(shop: Arc<Shop>, future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let at = Location::caller();
    let task = Arc::new(Task::new());
    let mine = task.clone();
    let my_shop = shop.clone();
    let body = move || {
        let _entered = enter_task(&my_shop, true);
        let ending = Ending(mine.clone());
        let cancelled = |waker: Option<&Waker>| {
            mine.shared.touch();
            let mut state = open(&mine.state);
            state.task = waker.cloned();
            state.aborted
        };
        let how = Run { at, shop: Some(&my_shop), is_task: true, cancelled: &cancelled };
        let output = run(future, &how);
        open(&mine.state).output = output;
        drop(ending);
    };
    started(shop, task, interleave::thread::spawn(body))
}

#[track_caller]
pub(crate) fn spawn_blocking_in<F, R>(shop: Arc<Shop>, f: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    let task = Arc::new(Task::new());
    let mine = task.clone();
    let my_shop = shop.clone();
    let body = move || {
        let _entered = enter_task(&my_shop, false);
        let ending = Ending(mine.clone());
        mine.shared.touch();
        // What has begun to block cannot be cancelled.
        if !open(&mine.state).aborted {
            let output = f();
            open(&mine.state).output = Some(output);
        }
        drop(ending);
    };
    started(shop, task, interleave::thread::spawn(body))
}

fn started<T: Send + 'static>(
    shop: Arc<Shop>,
    task: Arc<Task<T>>,
    thread: interleave::thread::JoinHandle<()>,
) -> JoinHandle<T> {
    task.shared.is_end_of(thread.thread());
    *open(&task.thread) = Some(thread);
    let known: Weak<dyn Stop> = Arc::downgrade(&(task.clone() as Arc<dyn Stop>));
    shop.enter(known);
    JoinHandle::modelled(task)
}

/// Aborts a task of the model, as seen by others.
pub(crate) fn abort(task: &dyn Stop, at: Loc) {
    task.shared().step(at);
    if !task.has_ended() {
        task.shared().say("aborts {}", at);
    }
    task.stop();
}
