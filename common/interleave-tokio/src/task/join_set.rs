//! `JoinSet`.

use super::state::{Task, abort};
use super::{AbortHandle, JoinError, JoinHandle, spawn, spawn_blocking};
use interleave::model::{Wish, in_model, point_here};
use std::fmt;
use std::future::poll_fn;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Poll};

/// [`tokio::task::JoinSet`].
pub struct JoinSet<T>(Which<T>);

enum Which<T> {
    Real(tokio::task::JoinSet<T>),
    Modelled(Tasks<T>),
}

/// Dropping these cancels them.
struct Tasks<T>(Vec<Arc<Task<T>>>);

impl<T> Drop for Tasks<T> {
    fn drop(&mut self) {
        if !self.0.is_empty() && !std::thread::panicking() {
            point_here();
        }
        self.0.iter().for_each(|task| task.cancel());
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> JoinSet<T> {
    /// No tasks.
    pub fn new() -> Self {
        JoinSet(if in_model() {
            Which::Modelled(Tasks(Vec::new()))
        } else {
            Which::Real(tokio::task::JoinSet::new())
        })
    }

    /// How many tasks have not been joined.
    pub fn len(&self) -> usize {
        match &self.0 {
            Which::Real(set) => set.len(),
            Which::Modelled(tasks) => tasks.0.len(),
        }
    }

    /// Whether all have been joined.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Send + 'static> JoinSet<T> {
    /// Starts a task, and keeps it here.
    ///
    /// # Panics
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
    {
        match &mut self.0 {
            Which::Real(set) => AbortHandle::real(set.spawn(future)),
            Which::Modelled(tasks) => tasks.keep(spawn(future)),
        }
    }

    /// Starts blocking work, and keeps it here.
    ///
    /// # Panics
    /// Outside a runtime.
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
    {
        match &mut self.0 {
            Which::Real(set) => AbortHandle::real(set.spawn_blocking(f)),
            Which::Modelled(tasks) => tasks.keep(spawn_blocking(f)),
        }
    }

    /// Waits for the next task to end; `None` when there is none. Nothing is lost if the wait is cancelled.
    #[track_caller]
    pub fn join_next(&mut self) -> impl Future<Output = Option<Result<T, JoinError>>> {
        let at = Location::caller();
        async move {
            match &mut self.0 {
                Which::Real(set) => set.join_next().await.map(|result| result.map_err(JoinError::from)),
                Which::Modelled(tasks) => poll_fn(|context| tasks.poll(context, at)).await,
            }
        }
    }

    /// A task that has ended, if there is one.
    #[track_caller]
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        match &mut self.0 {
            Which::Real(set) => set.try_join_next().map(|result| result.map_err(JoinError::from)),
            Which::Modelled(tasks) => {
                interleave::model::tries();
                match tasks.poll(&mut Context::from_waker(std::task::Waker::noop()), Location::caller()) {
                    Poll::Ready(result) => result,
                    Poll::Pending => None,
                }
            }
        }
    }

    /// Waits for all, and gives their outputs in the order in which they ended.
    ///
    /// # Panics
    /// If one of them panicked or was cancelled.
    #[track_caller]
    pub fn join_all(mut self) -> impl Future<Output = Vec<T>> {
        let at = Location::caller();
        async move {
            let mut outputs = Vec::with_capacity(self.len());
            loop {
                let next = match &mut self.0 {
                    Which::Real(set) => set.join_next().await.map(|result| result.map_err(JoinError::from)),
                    Which::Modelled(tasks) => poll_fn(|context| tasks.poll(context, at)).await,
                };
                match next {
                    None => return outputs,
                    Some(Ok(output)) => outputs.push(output),
                    Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    Some(Err(error)) => panic!("{error}"),
                }
            }
        }
    }

    /// Cancels all.
    #[track_caller]
    pub fn abort_all(&mut self) {
        match &mut self.0 {
            Which::Real(set) => set.abort_all(),
            Which::Modelled(tasks) => {
                let at = Location::caller();
                tasks.0.iter().for_each(|task| abort(&**task, at));
            }
        }
    }

    /// Cancels all, and waits until they are gone.
    #[track_caller]
    pub fn shutdown(&mut self) -> impl Future<Output = ()> {
        self.abort_all();
        let at = Location::caller();
        async move {
            match &mut self.0 {
                Which::Real(set) => set.shutdown().await,
                Which::Modelled(tasks) => while poll_fn(|context| tasks.poll(context, at)).await.is_some() {},
            }
        }
    }

    /// Lets all go on without it.
    pub fn detach_all(&mut self) {
        match &mut self.0 {
            Which::Real(set) => set.detach_all(),
            Which::Modelled(tasks) => tasks.0.drain(..).for_each(|task| task.detach()),
        }
    }
}

impl<T: Send + 'static> Tasks<T> {
    fn keep(&mut self, handle: JoinHandle<T>) -> AbortHandle {
        let aborts = handle.abort_handle();
        self.0.push(handle.into_task());
        aborts
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
        at: &'static Location<'static>,
    ) -> Poll<Option<Result<T, JoinError>>> {
        let Some(first) = self.0.first() else { return Poll::Ready(None) };
        first.shared.step(at);
        // Looking at the others is part of the same step.
        self.0[1..].iter().for_each(|task| task.shared.touch());
        let ended = self.0.iter().enumerate();
        let earliest = ended.filter_map(|(i, task)| Some((task.ended_or_wake(context.waker())?, i))).min();
        if let Some((_, i)) = earliest {
            return Poll::Ready(Some(self.0.remove(i).take_result()));
        }
        self.0[0].shared.awaited(Wish::End, at);
        Poll::Pending
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish()
    }
}
