//! The engine: one execution at a time, one thread at a time, every choice written down.
//!
//! A thread announces its next operation ([`point`]); the engine looks at what every thread is about
//! to do, works out which of them can do it, and lets the search pick one. Blocking is therefore never
//! simulated by retrying: a `lock` on a held mutex is simply not offered, and a deadlock is a fact.

pub(crate) mod asking;
pub(crate) mod clock;
mod code;
mod deadlock;
pub(crate) mod driver;
mod effects;
mod execution;
mod foresight;
mod frontier;
mod hash;
pub(crate) mod lock_order;
mod notes;
mod os_threads;
mod panics;
pub(crate) mod random;
mod schedule;
pub(crate) mod search;
mod seat;
mod spin;
mod statics;
mod token;
mod world;

use crate::trace::Loc;
use ::std::cell::{Cell, RefCell};
use ::std::sync::Arc;
pub(crate) use ::std::sync::atomic::AtomicU64 as RealAtomicU64;
use ::std::sync::atomic::{AtomicU32, Ordering};
pub(crate) use deadlock::{Waiting, Want, circle};
pub(crate) use effects::{Received, Update, order_code};
pub(crate) use execution::{Outcome, Settings, is_abandonment};
pub(crate) use notes::{FailureNote, Features};
pub(crate) use panics::payload_text;
pub(crate) use statics::Contents;
pub(crate) use world::{State, Step, World};

/// A thread's number in its execution; 0 is the checked closure's own.
pub(crate) type Tid = usize;
/// An object's number in its execution.
pub(crate) type Oid = u32;

/// What kind of thing the turns of tasks on one thread are. Waiting for them is told only where nobody can move.
pub(crate) const TURNS: &str = "executor";

/// What a thread is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Start,
    Lock(Oid),
    ReadLock(Oid),
    WriteLock(Oid),
    /// Back from a condition variable: needs a reason to be awake, and the mutex.
    Wake {
        condvar: Oid,
        mutex: Oid,
        timed: bool,
    },
    Send(Oid),
    /// The sender of a rendezvous channel, until message number `u64` is taken.
    Taken(Oid, u64),
    Recv {
        channel: Oid,
        timed: bool,
    },
    Join(Tid),
    Park {
        timed: bool,
    },
    /// Until the token is set, which taking it undoes. Never for no reason.
    Token {
        token: Oid,
        timed: bool,
    },
    /// Until enough threads have come to the meeting.
    Meet(Oid),
    Sleep,
    Yield,
    /// Anything that can always happen: a load, a store, a notification, a `try_lock`.
    Free(Doing),
}

/// What exactly a thread is about to do that can always happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Reads(Oid),
    Writes(Oid),
    /// A read-modify-write, which may turn out to change nothing.
    Changes(Oid),
    Fences,
    /// Takes a lock if it is free.
    Tries(Oid),
    /// Gives back a lock, a permit or the end of a channel.
    GivesBack(Oid),
    TriesToSend(Oid),
    TriesToReceive(Oid),
    /// Looks at a lock or a cell without waiting for it.
    LooksAt(Oid),
    /// Lets go of the mutex and joins the queue.
    BeginsToWait {
        condvar: Oid,
        mutex: Oid,
    },
    Notifies(Oid),
    NotifiesAll(Oid),
    Unparks(Tid),
    /// Asks whether a thread has ended.
    AsksForEnd(Tid),
    /// Something that a stand-in for another library does.
    Uses(Oid),
    GoesOn,
}

/// Why a thread that could be blocked goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Why {
    #[default]
    Normal,
    Spurious,
    TimedOut,
}

#[derive(Clone)]
struct Context {
    execution: Arc<execution::Execution>,
    me: Tid,
}

thread_local! {
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
    static IN_MODEL: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is a thread of a check. One thread-local read.
#[inline]
pub(crate) fn in_model() -> bool {
    IN_MODEL.get()
}

fn with_context<R>(f: impl FnOnce(&Context) -> R) -> R {
    CONTEXT.with_borrow(|context| f(context.as_ref().expect("a thread of a check")))
}

fn enter(context: Context) {
    CONTEXT.set(Some(context));
    IN_MODEL.set(true);
}

fn leave() {
    IN_MODEL.set(false);
    CONTEXT.set(None);
}

/// Announces `op`, waits to be chosen, then runs `effect` as one indivisible step.
///
/// `None` when the execution is being abandoned while this thread unwinds; otherwise an abandoned
/// execution unwinds the thread from here.
pub(crate) fn point<R>(op: Op, loc: Loc, effect: impl FnOnce(&mut Step<'_>) -> R) -> Option<R> {
    with_context(|Context { execution, me }| {
        // The part that does not depend on `R` is compiled once.
        let mut world = execution.arrive(*me, op, loc)?;
        let era = execution.era();
        Some(effect(&mut Step { world: &mut world, me: *me, loc, era }))
    })
}

/// Changes the state without a scheduling point: giving something back never needs one.
///
/// `None` when the execution is being abandoned.
pub(crate) fn quiet<R>(loc: Loc, effect: impl FnOnce(&mut Step<'_>) -> R) -> Option<R> {
    with_context(|Context { execution, me }| {
        let mut world = execution.peek()?;
        let era = execution.era();
        Some(effect(&mut Step { world: &mut world, me: *me, loc, era }))
    })
}

/// Starts a thread of the model; it first runs when it is chosen.
pub(crate) fn spawn(name: Option<String>, body: Box<dyn FnOnce() + Send>, loc: Loc) -> Option<Tid> {
    with_context(|context| context.execution.spawn(context.me, name, body, loc))
}

/// The calling thread's number.
pub(crate) fn me() -> Tid {
    with_context(|context| context.me)
}

/// Reads something off the world, whatever state the execution is in.
pub(crate) fn inspect<R>(look: impl FnOnce(&mut World) -> R) -> R {
    with_context(|context| look(&mut context.execution.world()))
}

/// A number for an execution or a recording that no other has.
pub(crate) fn next_era() -> u32 {
    static ERA: AtomicU32 = AtomicU32::new(1);
    ERA.fetch_add(1, Ordering::Relaxed)
}

/// What a handle says of an object that was used outside any check: a number in era 0, which no execution has.
const USED: u64 = 1;

/// What a shared object carries to be known to an execution: where it was made, and its number there.
#[derive(Debug)]
pub(crate) struct Handle {
    /// The era of the execution in the upper half, the number in the lower. 0 before the first use, [`USED`] after one
    /// outside any check.
    id: RealAtomicU64,
    pub(crate) created: Loc,
}

impl Handle {
    #[track_caller]
    pub(crate) const fn new() -> Self {
        Handle { id: RealAtomicU64::new(0), created: ::std::panic::Location::caller() }
    }

    /// The object's number in a recording; it is entered there on first use.
    pub(crate) fn recorded(&self, era: u32, enter: impl FnOnce() -> Oid) -> Oid {
        // Relaxed: if two threads enter it at the same time it has two numbers, of which one is used no more.
        let known = self.id.load(Ordering::Relaxed);
        if known >> 32 == u64::from(era) {
            return known as u32;
        }
        let id = enter();
        self.id.store(u64::from(era) << 32 | u64::from(id), Ordering::Relaxed);
        id
    }

    /// A handle of an object that enters the execution anew.
    pub(crate) const fn made_at(created: Loc) -> Self {
        Handle { id: RealAtomicU64::new(0), created }
    }

    /// Outside any check: what the object owns from here on may be no constant, should it be a static.
    #[inline]
    pub(crate) fn note_use(&self) {
        // Relaxed: it is never undone.
        if self.id.load(Ordering::Relaxed) == 0 {
            self.id.store(USED, Ordering::Relaxed);
        }
    }

    /// Lets an object that is a static be in every run what it was in the first; see [`statics`].
    pub(crate) fn renew(&self, contents: &[Contents]) {
        let known = self.id.load(Ordering::Relaxed);
        with_context(|Context { execution, .. }| {
            if known >> 32 == u64::from(execution.era()) || execution.is_over() {
                return;
            }
            statics::renew(execution.check(), contents, || self.id.load(Ordering::Relaxed) != 0);
        });
    }

    /// The object's number in the current execution; it is entered there on first use.
    pub(crate) fn id(&self, what: &'static str, contents: Contents, make: impl FnOnce() -> State) -> Oid {
        // Relaxed: threads of a model run one at a time, handed over under a lock.
        let known = self.id.load(Ordering::Relaxed);
        let mine = with_context(|Context { execution, .. }| known >> 32 == u64::from(execution.era()));
        if mine {
            return known as u32;
        }
        self.renew(&[contents]);
        let register = |step: &mut Step<'_>| {
            let id = step.world.register(what, self.created, ::std::ptr::from_ref(self).addr(), make());
            self.id.store(u64::from(step.era) << 32 | u64::from(id), Ordering::Relaxed);
            id
        };
        quiet(self.created, register).unwrap_or(0)
    }
}
