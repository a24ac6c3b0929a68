//! `scope`: threads that may borrow, because they end before the scope does.
#![expect(unsafe_code, reason = "a scoped thread's borrows outlive no scope, which the compiler cannot see")]

use super::spawning::{Slot, join_real};
use super::{Builder, Result, Thread};
use crate::engine::{self, Doing, Op, Tid, in_model, point};
use crate::record;
use crate::trace::{Kind, Loc, NONE};
use ::std::fmt;
use ::std::io;
use ::std::marker::PhantomData;
use ::std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use ::std::sync::{Mutex, PoisonError};
use ::std::thread as real;

/// [`std::thread::Scope`].
pub struct Scope<'scope, 'env: 'scope> {
    /// `None` inside a check.
    inner: Option<&'scope real::Scope<'scope, 'env>>,
    /// The threads of the model started here, and whether each was joined by hand.
    children: Mutex<Vec<(Tid, bool)>>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// [`std::thread::ScopedJoinHandle`].
pub struct ScopedJoinHandle<'scope, T> {
    which: Which<'scope, T>,
    thread: Thread,
}

enum Which<'scope, T> {
    Real {
        handle: real::ScopedJoinHandle<'scope, T>,
        /// Its number in the recording, if it was started in one.
        child: Option<usize>,
    },
    Modelled {
        child: Tid,
        slot: Slot<T>,
        children: &'scope Mutex<Vec<(Tid, bool)>>,
    },
}

/// [`std::thread::scope`].
///
/// # Panics
/// If a thread that was not joined by hand panicked.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let at = Location::caller();
    if !in_model() {
        return real::scope(|inner| {
            let scope = Scope::new(Some(inner));
            // SAFETY: `scope` is dropped when this closure returns, and holds nothing but a reference
            // that lives longer. What borrows it for `'scope` beyond that, a handle of one of its
            // threads, does not use it: `Which::Real` has no reference to it.
            let result = f(unsafe { &*::std::ptr::from_ref(&scope) });
            if record::watched() {
                record::log(Kind::WantScope, NONE, 0, 0, at);
            }
            result
        });
    }
    let scope = Scope::new(None);
    // SAFETY: `scope` lives until the end of this function, and every thread started in it has ended
    // by then: they are joined below, however `f` ends. When the execution is abandoned, the engine
    // unwinds younger threads before older ones, so they end before this frame does.
    let result = catch_unwind(AssertUnwindSafe(|| f(unsafe { &*::std::ptr::from_ref(&scope) })));
    let mut panicked = false;
    let children = ::std::mem::take(&mut *scope.children());
    for (child, joined) in children {
        if !joined {
            point(Op::Join(child), at, |step| step.join(child));
            panicked |= engine::inspect(|world| world.ended_by_panic(child));
        }
    }
    match result {
        Ok(_) if panicked => panic!("a scoped thread panicked"),
        Ok(value) => value,
        Err(payload) => resume_unwind(payload),
    }
}

impl<'scope, 'env> Scope<'scope, 'env> {
    fn new(inner: Option<&'scope real::Scope<'scope, 'env>>) -> Self {
        Scope { inner, children: Mutex::default(), scope: PhantomData, env: PhantomData }
    }

    fn children(&self) -> ::std::sync::MutexGuard<'_, Vec<(Tid, bool)>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a thread that ends before the scope does.
    ///
    /// # Panics
    /// If the operating system has no thread to give.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.spawn_at(Builder::new(), f, Location::caller()).expect("failed to spawn thread")
    }

    pub(super) fn spawn_at<F, T>(
        &'scope self,
        builder: Builder,
        f: F,
        at: Loc,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        if let Some(inner) = self.inner {
            let child = record::spawn(builder.name_now(), at);
            let handle = builder.into_real().spawn_scoped(inner, move || record::run(child, f))?;
            let thread = Thread::real(handle.thread().clone());
            let which = Which::Real { handle, child: child.map(|c| c.thread) };
            return Ok(ScopedJoinHandle { which, thread });
        }
        let slot = Slot::new();
        let name = builder.into_name();
        let body: Box<dyn FnOnce() + Send + 'scope> = Box::new(slot.clone().filled_by(f));
        // SAFETY: only the lifetime changes. `scope` joins the thread before `'scope` ends, and an
        // abandoned execution unwinds it before the frame it borrows from.
        let body: Box<dyn FnOnce() + Send + 'static> = unsafe { ::std::mem::transmute(body) };
        let child = engine::spawn(name.clone(), body, at);
        if let Some(child) = child {
            self.children().push((child, false));
        }
        let child = child.unwrap_or(0);
        let which = Which::Modelled { child, slot, children: &self.children };
        Ok(ScopedJoinHandle { which, thread: Thread::modelled(child, name) })
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Waits for the thread to end and returns what it returned.
    ///
    /// # Errors
    /// The panic, if it ended by one. Inside a check it is the panic's message, as a `String`.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        match self.which {
            Which::Real { handle, child } => join_real(child, Location::caller(), || handle.join()),
            Which::Modelled { child, slot, children } => {
                let mut children = children.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(entry) = children.iter_mut().find(|(number, _)| *number == child) {
                    entry.1 = true;
                }
                drop(children);
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

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
