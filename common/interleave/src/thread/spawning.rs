//! `spawn`, `Builder` and `JoinHandle`.

use super::{Result, Thread};
use crate::engine::{self, Doing, Op, Tid, in_model, is_abandonment, payload_text, point};
use crate::record;
use crate::trace::{Kind, Loc};
use ::std::any::Any;
use ::std::fmt;
use ::std::io;
use ::std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use ::std::sync::{Arc, Mutex, PoisonError};
use ::std::thread as real;

/// Where a thread of the model leaves its result.
#[derive(Debug)]
pub(super) struct Slot<T>(Arc<Mutex<Option<Result<T>>>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Slot(self.0.clone())
    }
}

impl<T> Slot<T> {
    pub(super) fn new() -> Self {
        Slot(Arc::new(Mutex::new(None)))
    }

    fn put(&self, result: Result<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    pub(super) fn take(&self) -> Result<T> {
        let result = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Empty only when the execution was abandoned, and then nobody reads it.
        result.unwrap_or_else(|| Err(Box::new("the execution was abandoned")))
    }

    /// `f`, leaving its result here. A panic goes on to the engine; whoever joins gets a copy.
    pub(super) fn filled_by<F: FnOnce() -> T>(self, f: F) -> impl FnOnce() {
        move || match catch_unwind(AssertUnwindSafe(f)) {
            Ok(value) => self.put(Ok(value)),
            Err(payload) => {
                if !is_abandonment(&*payload) {
                    let copy: Box<dyn Any + Send> = Box::new(payload_text(&*payload));
                    self.put(Err(copy));
                }
                resume_unwind(payload)
            }
        }
    }
}

/// [`std::thread::JoinHandle`].
pub struct JoinHandle<T> {
    which: Which<T>,
    thread: Thread,
}

enum Which<T> {
    Real {
        handle: real::JoinHandle<T>,
        /// Its number in the recording, if it was started in one.
        child: Option<usize>,
    },
    Modelled {
        child: Tid,
        slot: Slot<T>,
    },
}

/// [`std::thread::spawn`].
///
/// # Panics
/// If the operating system has no thread to give.
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn_at(f, Location::caller()).expect("failed to spawn thread")
}

/// [`std::thread::Builder`].
#[derive(Debug, Default)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
}

impl Builder {
    /// A thread without a name, with the default stack.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the thread.
    pub fn name(mut self, name: String) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the size of the stack in bytes. Inside a check stacks keep their size.
    pub fn stack_size(mut self, size: usize) -> Self {
        self.stack_size = Some(size);
        self
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.spawn_at(f, Location::caller())
    }

    /// Starts the thread in a scope.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope super::Scope<'scope, 'env>,
        f: F,
    ) -> io::Result<super::ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        scope.spawn_at(self, f, Location::caller())
    }

    pub(super) fn name_now(&self) -> Option<String> {
        self.name.clone()
    }

    pub(super) fn into_name(self) -> Option<String> {
        self.name
    }

    pub(super) fn into_real(self) -> real::Builder {
        let mut builder = real::Builder::new();
        if let Some(name) = self.name {
            builder = builder.name(name);
        }
        if let Some(size) = self.stack_size {
            builder = builder.stack_size(size);
        }
        builder
    }

    fn spawn_at<F, T>(self, f: F, at: Loc) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        if !in_model() {
            let child = record::spawn(self.name.clone(), at);
            let handle = self.into_real().spawn(move || record::run(child, f))?;
            let thread = Thread::real(handle.thread().clone());
            return Ok(JoinHandle { which: Which::Real { handle, child: child.map(|c| c.thread) }, thread });
        }
        let slot = Slot::new();
        let name = self.into_name();
        // Without a number the execution is over and this thread unwinds: nobody joins number 0.
        let child = engine::spawn(name.clone(), Box::new(slot.clone().filled_by(f)), at).unwrap_or(0);
        Ok(JoinHandle { which: Which::Modelled { child, slot }, thread: Thread::modelled(child, name) })
    }
}

/// Joins a real thread, and writes that down if it is part of a recording.
pub(super) fn join_real<T>(child: Option<usize>, at: Loc, join: impl FnOnce() -> Result<T>) -> Result<T> {
    let Some(child) = child.filter(|_| record::on()) else { return join() };
    record::log(Kind::WantJoin, child as u32, 0, 0, at);
    let result = join();
    record::log(Kind::Join, child as u32, 0, 0, at);
    result
}

impl<T> JoinHandle<T> {
    /// Waits for the thread to end and returns what it returned.
    ///
    /// # Errors
    /// The panic, if it ended by one. Inside a check it is the panic's message, as a `String`.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        match self.which {
            Which::Real { handle, child } => join_real(child, Location::caller(), || handle.join()),
            Which::Modelled { child, slot } => {
                point(Op::Join(child), Location::caller(), |step| step.join(child));
                slot.take()
            }
        }
    }

    /// Whether the thread has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        match &self.which {
            Which::Real { handle, .. } => handle.is_finished(),
            Which::Modelled { child, .. } => {
                point(Op::Free(Doing::AsksForEnd(*child)), Location::caller(), |step| step.has_ended(*child))
                    .unwrap_or(true)
            }
        }
    }

    /// The thread itself.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}
