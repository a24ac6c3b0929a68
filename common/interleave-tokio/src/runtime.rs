//! `tokio::runtime`: inside a check, a runtime has as many threads as it has tasks, or one for all of them.

mod builder;
mod shop;

use crate::executor::{Loc, Run, open, run};
use crate::task::state;
use crate::task::{JoinHandle, spawn_in};
pub use builder::Builder;
use interleave::model::{in_model, point_here};
pub(crate) use shop::Shop;
use std::cell::RefCell;
use std::fmt;
use std::io;
use std::panic::Location;
use std::sync::{Arc, Weak};
use std::task::Waker;
pub use tokio::runtime::{RuntimeFlavor, TryCurrentError};

thread_local! {
    static CURRENT: RefCell<Vec<Handle>> = const { RefCell::new(Vec::new()) };
    static BLOCKING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// [`tokio::runtime::Runtime`].
pub struct Runtime(Which);

enum Which {
    Real(tokio::runtime::Runtime),
    Modelled(Owner),
}

/// [`tokio::runtime::Handle`].
#[derive(Clone)]
pub struct Handle(Inner);

#[derive(Clone)]
enum Inner {
    Real(tokio::runtime::Handle),
    Modelled(Arc<Shop>),
}

/// [`tokio::runtime::EnterGuard`].
#[must_use = "the context ends when the guard is dropped"]
pub struct EnterGuard<'a>(Option<tokio::runtime::EnterGuard<'a>>);

impl Drop for EnterGuard<'_> {
    fn drop(&mut self) {
        if self.0.is_none() {
            CURRENT.with_borrow_mut(Vec::pop);
        }
    }
}

/// The calling thread is in `block_on`, or runs a task.
pub(crate) struct Busy(bool);

impl Drop for Busy {
    fn drop(&mut self) {
        BLOCKING.set(self.0);
    }
}

impl Handle {
    /// The runtime that the caller runs in.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn current() -> Handle {
        if in_model() {
            match modelled() {
                Some(shop) => Handle(Inner::Modelled(shop)),
                None => no_runtime(),
            }
        } else {
            Handle(Inner::Real(tokio::runtime::Handle::current()))
        }
    }

    /// The runtime that the caller runs in, if there is one.
    ///
    /// # Errors
    /// If there is none.
    pub fn try_current() -> Result<Handle, TryCurrentError> {
        match modelled() {
            Some(shop) if in_model() => Ok(Handle(Inner::Modelled(shop))),
            // Inside a check tokio knows of no runtime either, and says so.
            _ => Ok(Handle(Inner::Real(tokio::runtime::Handle::try_current()?))),
        }
    }

    /// Runs `future` to its end on the calling thread.
    ///
    /// # Panics
    /// If the calling thread runs a task or is in `block_on` already.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.0 {
            Inner::Real(handle) => handle.block_on(future),
            Inner::Modelled(shop) => block_on(shop, future, Location::caller()),
        }
    }

    /// [`crate::spawn`], from anywhere.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        match &self.0 {
            Inner::Real(handle) => JoinHandle::real(handle.spawn(future)),
            Inner::Modelled(shop) => spawn_in(shop.clone(), future),
        }
    }

    /// [`crate::task::spawn_blocking`], from anywhere.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, f: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        match &self.0 {
            Inner::Real(handle) => JoinHandle::real(handle.spawn_blocking(f)),
            Inner::Modelled(shop) => state::spawn_blocking_in(shop.clone(), f),
        }
    }

    /// Makes this the runtime of whatever the calling thread does until the guard is dropped.
    pub fn enter(&self) -> EnterGuard<'_> {
        match &self.0 {
            Inner::Real(handle) => EnterGuard(Some(handle.enter())),
            Inner::Modelled(shop) => enter(shop),
        }
    }

    /// Which kind of runtime it is.
    pub fn runtime_flavor(&self) -> RuntimeFlavor {
        match &self.0 {
            Inner::Real(handle) => handle.runtime_flavor(),
            Inner::Modelled(shop) if shop.current_thread => RuntimeFlavor::CurrentThread,
            Inner::Modelled(_) => RuntimeFlavor::MultiThread,
        }
    }
}

fn enter(shop: &Arc<Shop>) -> EnterGuard<'static> {
    CURRENT.with_borrow_mut(|stack| stack.push(Handle(Inner::Modelled(shop.clone()))));
    EnterGuard(None)
}

/// Enters the runtime for as long as a task of it runs on this thread; `polls` is false for blocking work.
pub(crate) fn enter_task(shop: &Arc<Shop>, polls: bool) -> (EnterGuard<'static>, Busy) {
    (enter(shop), Busy(BLOCKING.replace(polls)))
}

/// The runtime of the calling thread of a check.
pub(crate) fn modelled() -> Option<Arc<Shop>> {
    CURRENT.with_borrow(|stack| {
        stack.iter().rev().find_map(|handle| match &handle.0 {
            Inner::Modelled(shop) => Some(shop.clone()),
            Inner::Real(_) => None,
        })
    })
}

#[track_caller]
pub(crate) fn no_runtime() -> ! {
    panic!("there is no reactor running, must be called from the context of a Tokio 1.x runtime")
}

#[track_caller]
fn block_on<F: Future>(shop: &Arc<Shop>, future: F, at: Loc) -> F::Output {
    assert!(
        !BLOCKING.get(),
        "Cannot start a runtime from within a runtime. This happens because a function (like `block_on`) attempted to \
         block the current thread while the thread is being used to drive asynchronous tasks."
    );
    let _entered = enter_task(shop, true);
    let inside = Inside::new(shop);
    let turns = shop.current_thread.then_some(&**shop);
    let how = Run { at, shop: turns, is_task: false, cancelled: &|_| false };
    let output = run(future, &how);
    drop(inside);
    output.expect("nobody can cancel it")
}

/// Runs `future` to its end on a thread that may block: no task's.
#[track_caller]
pub(crate) fn block_here<F: Future>(future: F, at: Loc) -> F::Output {
    assert!(
        !BLOCKING.get(),
        "Cannot block the current thread from within a runtime. This happens because a function attempted to block the \
         current thread while the thread is being used to drive asynchronous tasks."
    );
    let how = Run { at, shop: None, is_task: false, cancelled: &|_| false };
    run(future, &how).expect("nobody can cancel it")
}

/// Tasks of a runtime with one thread run while somebody is in here.
struct Inside<'a>(&'a Shop);

impl<'a> Inside<'a> {
    fn new(shop: &'a Shop) -> Self {
        let waiting = {
            let mut doors = open(&shop.doors);
            doors.inside += 1;
            std::mem::take(&mut doors.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
        Inside(shop)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        open(&self.0.doors).inside -= 1;
    }
}

impl Runtime {
    fn real(runtime: tokio::runtime::Runtime) -> Self {
        Runtime(Which::Real(runtime))
    }

    fn modelled(shop: Arc<Shop>) -> Self {
        let handle = Handle(Inner::Modelled(shop.clone()));
        Runtime(Which::Modelled(Owner { handle, shop, waits: true }))
    }

    /// A runtime of many threads.
    ///
    /// # Errors
    /// If the operating system refuses what it needs.
    #[track_caller]
    pub fn new() -> io::Result<Runtime> {
        Builder::new_multi_thread().enable_all().build()
    }

    /// Runs `future` to its end on the calling thread, with the runtime's tasks beside it.
    ///
    /// # Panics
    /// If the calling thread runs a task or is in `block_on` already.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.0 {
            Which::Real(runtime) => runtime.block_on(future),
            Which::Modelled(owner) => owner.handle.block_on(future),
        }
    }

    /// [`Handle::spawn`].
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        match &self.0 {
            Which::Real(runtime) => JoinHandle::real(runtime.spawn(future)),
            Which::Modelled(owner) => owner.handle.spawn(future),
        }
    }

    /// [`Handle::spawn_blocking`].
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, f: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        match &self.0 {
            Which::Real(runtime) => JoinHandle::real(runtime.spawn_blocking(f)),
            Which::Modelled(owner) => owner.handle.spawn_blocking(f),
        }
    }

    /// [`Handle::enter`].
    pub fn enter(&self) -> EnterGuard<'_> {
        match &self.0 {
            Which::Real(runtime) => EnterGuard(Some(runtime.enter())),
            Which::Modelled(owner) => owner.handle.enter(),
        }
    }

    /// A handle to it.
    pub fn handle(&self) -> Handle {
        match &self.0 {
            Which::Real(runtime) => Handle(Inner::Real(runtime.handle().clone())),
            Which::Modelled(owner) => owner.handle.clone(),
        }
    }

    /// Cancels every task, and does not wait for any.
    pub fn shutdown_background(self) {
        match self.0 {
            Which::Real(runtime) => runtime.shutdown_background(),
            Which::Modelled(mut owner) => owner.waits = false,
        }
    }
}

/// Whoever drops it drops the runtime: every task is cancelled where it waits.
struct Owner {
    handle: Handle,
    shop: Arc<Shop>,
    /// Until they are gone.
    waits: bool,
}

impl Drop for Owner {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            point_here();
        }
        let tasks = std::mem::take(&mut open(&self.shop.doors).tasks);
        let tasks: Vec<_> = tasks.iter().filter_map(Weak::upgrade).collect();
        tasks.iter().for_each(|task| task.stop());
        if self.waits && !std::thread::panicking() {
            tasks.iter().for_each(|task| task.wait_for_end());
        }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl fmt::Debug for EnterGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnterGuard").finish_non_exhaustive()
    }
}
