//! `tokio::task`: inside a check, a task is a thread of the model that polls.

mod error;
mod handle;
mod join_set;
pub(crate) mod state;

use crate::executor::note_yield;
use crate::runtime::{Shop, modelled, no_runtime};
pub use error::JoinError;
pub use handle::{AbortHandle, JoinHandle};
use interleave::model::in_model;
pub use join_set::JoinSet;
use std::panic::Location;
use std::sync::Arc;
use std::task::Poll;

/// Starts a task. Dropping the handle detaches it.
///
/// # Panics
/// Outside a runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    if !in_model() {
        return JoinHandle::real(tokio::spawn(future));
    }
    match modelled() {
        Some(shop) => spawn_in(shop, future),
        None => no_runtime(),
    }
}

#[track_caller]
pub(crate) fn spawn_in<F>(shop: Arc<Shop>, future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    state::spawn_task(shop, future)
}

/// Runs `f` on a thread of its own, where it may block.
///
/// # Panics
/// Outside a runtime.
#[track_caller]
pub fn spawn_blocking<F, R>(f: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    if !in_model() {
        return JoinHandle::real(tokio::task::spawn_blocking(f));
    }
    match modelled() {
        Some(shop) => state::spawn_blocking_in(shop, f),
        None => no_runtime(),
    }
}

/// Lets other tasks run.
#[track_caller]
pub fn yield_now() -> impl Future<Output = ()> {
    let at = Location::caller();
    async move {
        if !in_model() {
            return tokio::task::yield_now().await;
        }
        let mut yielded = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            note_yield(at);
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
