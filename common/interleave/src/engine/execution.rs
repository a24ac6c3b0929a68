//! One execution: handing the turn from thread to thread, and cleaning up when it is over.

use super::clock::VectorClock;
use super::code;
use super::driver::Program;
use super::hash::mix;
use super::lock_order::Edge;
use super::notes::{FailureNote, Features, PanicNote};
use super::os_threads;
use super::panics::{self, payload_text};
use super::schedule::Decision;
use super::search::Search;
use super::seat::Core;
use super::spin::Spin;
use super::world::{Body, ThreadState, World};
use super::{Context, Op, Tid, Why};
use crate::failure::FailureKind;
use crate::names;
use crate::trace::{Kind, Loc, NONE, ThreadInfo, Trace};
use ::std::any::Any;
use ::std::panic::{self, AssertUnwindSafe, Location};
use ::std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use ::std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ::std::thread::Thread;
use ::std::time::{Duration, Instant};

/// Nobody's turn but the driver's.
const DRIVER: usize = usize::MAX;
/// A turn that never comes.
const NOBODY: usize = usize::MAX - 1;

/// What an execution needs to know of the [`crate::Checker`].
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) max_steps: usize,
    pub(crate) luck: u32,
    pub(crate) weak_memory: bool,
    pub(crate) merge: bool,
    pub(crate) fresh_threads: bool,
    pub(crate) one_core: bool,
    pub(crate) patience: Duration,
}

/// On which OS threads an execution runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Threads {
    /// Every thread has one on which nothing ran before.
    pub(super) clean: bool,
    /// Thread 0 has one of its own, which is not the driver.
    pub(super) apart: bool,
}

/// What came out of one execution.
pub(crate) struct Outcome {
    pub(crate) search: Search,
    pub(crate) failure: Option<FailureNote>,
    pub(crate) trace: Trace,
    pub(crate) features: Features,
    /// Equal for two runs of the same schedule, if the code depends on nothing else.
    pub(crate) fingerprint: (u64, usize),
    pub(crate) most_alive: usize,
    pub(crate) steps: usize,
    pub(crate) shared_objects: usize,
    pub(crate) lock_edges: Vec<Edge>,
}

#[derive(Debug)]
pub(crate) struct Execution {
    world: Mutex<World>,
    /// Whose turn it is: a thread's number, or the driver's.
    turn: AtomicUsize,
    /// The execution is over: every thread still in it unwinds.
    abandoned: AtomicBool,
    driver: Thread,
    /// Where its threads run.
    core: Core,
    threads: Threads,
    /// Tells this execution's object numbers from those of all others.
    era: u32,
    /// The check that it is part of.
    check: u32,
}

/// What unwinds the threads of an abandoned execution.
pub(super) struct Abandoned;

impl Execution {
    /// An execution that has not begun. The calling thread is its driver.
    pub(super) fn new(
        search: Search,
        settings: Arc<Settings>,
        features: Features,
        threads: Threads,
        core: Core,
        check: u32,
    ) -> Arc<Self> {
        panics::install_hook();
        Arc::new(Execution {
            world: Mutex::new(World::new(search, settings, features)),
            turn: AtomicUsize::new(0),
            abandoned: AtomicBool::new(false),
            driver: ::std::thread::current(),
            core,
            threads,
            era: super::next_era(),
            check,
        })
    }

    /// Runs `program`, until nobody can go on.
    pub(super) fn run(self: &Arc<Self>, program: Program) {
        let clocks = (VectorClock::default(), VectorClock::default());
        let main = self.start(None, None, clocks, Box::new(move || program()), Location::caller());
        let mut world = self.world();
        if self.threads.apart {
            self.hand_over(world, main);
        } else if let Some(body) = world.threads[main].body.take() {
            drop(world);
            self.thread_main(main, body);
        }
        self.wait_for(DRIVER);
    }

    /// A new OS thread stays until the execution is over: what the next one gets must not lie where this one's
    /// thread-locals are, whose address some code takes for the thread's identity.
    fn keep_thread(&self) {
        while self.threads.clean && !self.abandoned.load(Ordering::SeqCst) {
            ::std::thread::park();
        }
    }

    /// The execution is over, and those that were kept may go.
    fn abandon_all(&self) {
        self.abandoned.store(true, Ordering::SeqCst);
        if self.threads.clean {
            let world = self.world();
            let kept = world.threads.iter().filter(|thread| thread.finished);
            kept.filter_map(|thread| thread.os.as_ref()).for_each(Thread::unpark);
        }
    }

    /// Unwinds whoever is left, and tells what happened.
    pub(super) fn end(self: &Arc<Self>) -> Outcome {
        self.abandon_all();
        self.unwind_down_to(0);
        self.outcome()
    }

    fn outcome(&self) -> Outcome {
        let mut world = self.world();
        Outcome {
            failure: world.failure.take(),
            trace: world.trace(),
            features: world.features,
            fingerprint: (world.hash, world.steps),
            most_alive: world.most_alive,
            steps: world.steps,
            shared_objects: world.shared_objects(),
            lock_edges: ::std::mem::take(&mut world.lock_edges),
            search: ::std::mem::take(&mut world.search),
        }
    }

    /// Changes as long as its threads get anywhere. `None` while it is being looked at, which is progress too.
    pub(super) fn progress(&self) -> Option<(u32, usize)> {
        self.world.try_lock().ok().map(|world| (self.era, world.steps))
    }

    /// A thread neither ends nor comes to its next operation: tells which, and leaves everything as it is.
    pub(super) fn give_up(&self) -> Outcome {
        let mut world = self.world();
        let turn = self.turn.load(Ordering::SeqCst);
        // Between two turns, or while the rest unwinds, it is whoever is left that does not end.
        let thread = if turn < world.threads.len() { turn } else { 0 };
        let at = world.threads[thread].at;
        let message = format!(
            "{} neither ends nor comes to its next operation after {} within {} s: an endless loop, or a wait that the model cannot see",
            world.thread_name(thread),
            names::short(at),
            world.settings.patience.as_secs()
        );
        world.event(thread, Kind::Stuck, NONE, 0, 0, at);
        world.fail(FailureKind::Stuck, message, Some(thread));
        drop(world);
        self.abandon_all();
        self.outcome()
    }

    /// Unwinds whoever is left, the youngest first, from this thread on: a scoped thread borrows from an older one's
    /// stack. `false` if one does not end: nobody may touch what it borrows then, and everything must stay as it is.
    fn unwind_down_to(self: &Arc<Self>, oldest: Tid) -> bool {
        loop {
            let mut world = self.world();
            let left = world.threads.iter().rposition(|t| !t.finished);
            let Some(next) = left.filter(|thread| *thread >= oldest) else { return true };
            if let Some(body) = world.threads[next].body.take() {
                self.turn.store(next, Ordering::SeqCst);
                drop(world);
                let execution = self.clone();
                let job = move || execution.drop_unstarted(next, body);
                os_threads::run(Box::new(job), self.threads.clean, self.core);
            } else {
                self.hand_over(world, next);
            }
            if !self.wait_for_driver(Duration::from_secs(10)) {
                // A destructor blocks or loops.
                return false;
            }
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A panic inside the engine itself holds the lock already; it is reported by its payload.
    pub(super) fn note_panic(&self, note: PanicNote) {
        if let Ok(mut world) = self.world.try_lock() {
            world.panics.push(note);
        }
    }

    pub(super) fn era(&self) -> u32 {
        self.era
    }

    /// The check that it is part of.
    pub(super) fn check(&self) -> u32 {
        self.check
    }

    pub(super) fn is_over(&self) -> bool {
        self.abandoned.load(Ordering::SeqCst)
    }

    /// The world, unless the execution is over.
    pub(super) fn peek(&self) -> Option<MutexGuard<'_, World>> {
        if self.abandoned.load(Ordering::SeqCst) {
            return None;
        }
        let world = self.world();
        world.failure.is_none().then_some(world)
    }

    /// Announces an operation and waits to be chosen.
    pub(super) fn arrive(self: &Arc<Self>, me: Tid, op: Op, loc: Loc) -> Option<MutexGuard<'_, World>> {
        let Some(mut world) = self.peek() else { return abandon() };
        world.announce(me, op, loc);
        match world.decide(me) {
            Decision::Run(next) if next == me => {}
            Decision::Run(next) => {
                self.hand_over(world, next);
                self.wait_for_turn(me);
                world = self.world();
            }
            Decision::Over => {
                self.hand_over(world, DRIVER);
                self.wait_for_turn(me);
                world = self.world();
            }
        }
        if self.abandoned.load(Ordering::SeqCst) {
            drop(world);
            return abandon();
        }
        world.threads[me].pending = None;
        world.threads[me].clock.bump(me);
        Some(world)
    }

    fn hand_over(self: &Arc<Self>, mut world: MutexGuard<'_, World>, to: usize) {
        self.turn.store(to, Ordering::SeqCst);
        if to == DRIVER {
            drop(world);
            return self.driver.unpark();
        }
        let thread = &mut world.threads[to];
        if let Some(body) = thread.body.take() {
            drop(world);
            let execution = self.clone();
            let job = move || {
                execution.thread_main(to, body);
                execution.keep_thread();
            };
            return os_threads::run(Box::new(job), self.threads.clean, self.core);
        }
        let os = thread.os.clone();
        drop(world);
        // A thread that has had a turn has entered its OS thread.
        if let Some(os) = os {
            os.unpark();
        }
    }

    /// Waits to be chosen. Thread 0, whose OS thread is the driver too, may see the execution end instead: then it unwinds
    /// the others, and is to unwind itself.
    fn wait_for_turn(self: &Arc<Self>, me: Tid) {
        if me > 0 || self.threads.apart {
            return self.wait_for(me);
        }
        loop {
            match self.turn.load(Ordering::SeqCst) {
                0 => return,
                DRIVER => {
                    self.abandoned.store(true, Ordering::SeqCst);
                    if !self.unwind_down_to(1) {
                        // Whoever called sees no progress, and tells the failure.
                        self.wait_for(NOBODY);
                    }
                    return;
                }
                _ => ::std::thread::park(),
            }
        }
    }

    fn wait_for(&self, me: usize) {
        while self.turn.load(Ordering::SeqCst) != me {
            ::std::thread::park();
        }
    }

    fn wait_for_driver(&self, limit: Duration) -> bool {
        let start = Instant::now();
        while self.turn.load(Ordering::SeqCst) != DRIVER {
            if start.elapsed() > limit {
                return false;
            }
            ::std::thread::park_timeout(limit);
        }
        true
    }

    pub(super) fn spawn(
        &self,
        me: Tid,
        name: Option<String>,
        body: Box<dyn FnOnce() + Send>,
        loc: Loc,
    ) -> Option<Tid> {
        let clocks = {
            let Some(mut world) = self.peek() else { return abandon() };
            let parent = &mut world.threads[me];
            parent.clock.bump(me);
            let clocks = (parent.clock.clone(), parent.fork_clock.clone());
            // What the parent does from here on is not before the child.
            parent.fork_clock.bump(me);
            clocks
        };
        let child = self.start(name, Some(loc), clocks, body, loc);
        let mut world = self.world();
        world.depend(me, code::SPAWN, NONE, true);
        // The child is known by its ancestry, not by its number.
        world.threads[child].hash = mix(world.threads[me].hash, code::CHILD);
        world.event(me, Kind::Spawn, child as u32, 0, 0, loc);
        Some(child)
    }

    /// Enters a thread; an OS thread takes it up at its first turn.
    fn start(
        &self,
        name: Option<String>,
        spawned: Option<Loc>,
        (mut clock, mut fork_clock): (VectorClock, VectorClock),
        body: Box<dyn FnOnce() + Send>,
        loc: Loc,
    ) -> Tid {
        let mut world = self.world();
        let me = world.threads.len();
        clock.bump(me);
        fork_clock.bump(me);
        world.threads.push(ThreadState {
            pending: Some(Op::Start),
            at: loc,
            since: 0,
            last_step: 0,
            passed_over: 0,
            body: Some(Body(body)),
            finished: false,
            panicked: false,
            joined: false,
            seen_ended: false,
            os: None,
            clock,
            fork_clock,
            unacquired: VectorClock::default(),
            release_fence: VectorClock::default(),
            notified: false,
            token: false,
            token_clock: VectorClock::default(),
            token_hash: 0,
            deadline: 0,
            awaits: None,
            woken: None,
            why: Why::Normal,
            hash: mix(code::START, me as u64),
            held: Vec::new(),
            spin: Spin::default(),
        });
        world.infos.push(ThreadInfo { name, spawned });
        let alive = world.threads.iter().filter(|t| !t.finished).count();
        world.most_alive = world.most_alive.max(alive);
        me
    }

    /// What an OS thread does for a thread of the model, from its first turn to its last.
    fn thread_main(self: &Arc<Self>, me: Tid, body: Body) {
        let mut world = self.world();
        let loc = world.threads[me].at;
        world.threads[me].os = Some(::std::thread::current());
        world.threads[me].pending = None;
        world.depend(me, code::START, NONE, true);
        world.event(me, Kind::Start, NONE, 0, 0, loc);
        drop(world);
        super::enter(Context { execution: self.clone(), me });
        let ended = panic::catch_unwind(AssertUnwindSafe(body.0));
        super::leave();
        let panicked = match ended {
            Ok(()) => None,
            Err(payload) if payload.is::<Abandoned>() => None,
            Err(payload) => Some(payload_text(&*payload)),
        };
        self.finish(me, panicked, loc);
    }

    /// Drops what a thread that never ran would have run. The code's own destructors may run.
    fn drop_unstarted(self: &Arc<Self>, me: Tid, body: Body) {
        super::enter(Context { execution: self.clone(), me });
        // A destructor that comes to an operation is unwound, as everything in an abandoned execution is.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(body)));
        super::leave();
        let mut world = self.world();
        world.threads[me].finished = true;
        self.hand_over(world, DRIVER);
    }

    fn finish(self: &Arc<Self>, me: Tid, panicked: Option<String>, loc: Loc) {
        if me > 0 && !self.threads.clean {
            // The driver goes on; any other OS thread can take up the next one's work.
            os_threads::nearly_done();
        }
        let mut world = self.world();
        world.threads[me].finished = true;
        world.threads[me].pending = None;
        if self.abandoned.load(Ordering::SeqCst) || world.failure.is_some() {
            return self.hand_over(world, DRIVER);
        }
        if let Some(message) = panicked {
            world.threads[me].panicked = true;
            let at = world.threads[me].at;
            world.event(me, Kind::Panic, NONE, 0, 0, at);
            world.event(me, Kind::Exit, NONE, 0, 0, loc);
            if me == 0 {
                world.fail_with_panic(0, message);
                return self.hand_over(world, DRIVER);
            }
        } else {
            world.event(me, Kind::Exit, NONE, 0, 0, loc);
        }
        match world.decide(me) {
            Decision::Run(next) => self.hand_over(world, next),
            Decision::Over => self.hand_over(world, DRIVER),
        }
    }
}

/// The execution is over: unwinds the calling thread, unless it is unwinding already.
fn abandon<R>() -> Option<R> {
    if ::std::thread::panicking() {
        return None;
    }
    panic::resume_unwind(Box::new(Abandoned))
}

/// Whether a caught panic is only the end of an abandoned execution, which must go on unwinding.
pub(crate) fn is_abandonment(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Abandoned>()
}
