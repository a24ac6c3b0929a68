//! `JoinHandle` and `AbortHandle`.

use super::JoinError;
use super::state::{Stop, Task, abort};
use interleave::model::Wish;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// [`tokio::task::JoinHandle`].
pub struct JoinHandle<T>(Which<T>);

enum Which<T> {
    Real(tokio::task::JoinHandle<T>),
    Modelled(Arc<Task<T>>),
}

impl<T> JoinHandle<T> {
    pub(crate) fn real(handle: tokio::task::JoinHandle<T>) -> Self {
        JoinHandle(Which::Real(handle))
    }

    pub(crate) fn modelled(task: Arc<Task<T>>) -> Self {
        JoinHandle(Which::Modelled(task))
    }

    pub(crate) fn into_task(self) -> Arc<Task<T>> {
        match &self.0 {
            Which::Modelled(task) => task.clone(),
            Which::Real(_) => unreachable!("only a check asks for the task"),
        }
    }
}

impl<T: Send + 'static> JoinHandle<T> {
    /// Cancels the task at its next await.
    #[track_caller]
    pub fn abort(&self) {
        match &self.0 {
            Which::Real(handle) => handle.abort(),
            Which::Modelled(task) => abort(&**task, Location::caller()),
        }
    }

    /// Whether the task has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        match &self.0 {
            Which::Real(handle) => handle.is_finished(),
            Which::Modelled(task) => {
                interleave::model::tries();
                task.shared.step(Location::caller());
                task.ended().is_some()
            }
        }
    }

    /// Something that can cancel the task, and not wait for it.
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle(match &self.0 {
            Which::Real(handle) => Aborts::Real(handle.abort_handle()),
            Which::Modelled(task) => Aborts::Modelled(task.clone()),
        })
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            Which::Real(handle) => Pin::new(handle).poll(context).map_err(JoinError::from),
            Which::Modelled(task) => {
                let at = Location::caller();
                task.shared.step(at);
                if task.ended_or_wake(context.waker()).is_some() {
                    return Poll::Ready(task.take_result());
                }
                task.shared.awaited(Wish::End, at);
                Poll::Pending
            }
        }
    }
}

/// [`tokio::task::AbortHandle`].
#[derive(Clone)]
pub struct AbortHandle(Aborts);

#[derive(Clone)]
enum Aborts {
    Real(tokio::task::AbortHandle),
    Modelled(Arc<dyn Stop>),
}

impl AbortHandle {
    pub(crate) fn real(handle: tokio::task::AbortHandle) -> Self {
        AbortHandle(Aborts::Real(handle))
    }

    /// Cancels the task at its next await.
    #[track_caller]
    pub fn abort(&self) {
        match &self.0 {
            Aborts::Real(handle) => handle.abort(),
            Aborts::Modelled(task) => abort(&**task, Location::caller()),
        }
    }

    /// Whether the task has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        match &self.0 {
            Aborts::Real(handle) => handle.is_finished(),
            Aborts::Modelled(task) => {
                interleave::model::tries();
                task.shared().step(Location::caller());
                task.has_ended()
            }
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").finish_non_exhaustive()
    }
}
