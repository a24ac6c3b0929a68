//! One execution: handing the turn from thread to thread, and cleaning up when it is over.

use super::asking::{Answers, Nobody};
use super::clock::VectorClock;
use super::code;
use super::hash::mix;
use super::lock_order::Edge;
use super::notes::{FailureNote, Features, PanicNote};
use super::os_threads;
use super::schedule::Decision;
use super::search::Search;
use super::world::{Body, Spin, ThreadState, World};
use super::{Context, Op, Tid, Why};
use crate::failure::FailureKind;
use crate::trace::{Kind, Loc, NONE, ThreadInfo, Trace};
use ::std::any::Any;
use ::std::panic::{self, AssertUnwindSafe, Location};
use ::std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use ::std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use ::std::thread::Thread;
use ::std::time::{Duration, Instant};

/// Nobody's turn but the controller's.
const CONTROLLER: usize = usize::MAX;

/// What an execution needs to know of the [`crate::Checker`].
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) max_steps: usize,
    pub(crate) luck: u32,
    pub(crate) weak_memory: bool,
    pub(crate) merge: bool,
    pub(crate) fresh_threads: bool,
    pub(crate) patience: Duration,
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
    /// Whose turn it is: a thread's number, or the controller's.
    turn: AtomicUsize,
    /// The execution is over: every thread still in it unwinds.
    abandoned: AtomicBool,
    controller: Thread,
    /// Tells this execution's object numbers from those of all others.
    era: u32,
}

/// What unwinds the threads of an abandoned execution.
struct Abandoned;

impl Execution {
    /// Runs `body` once, along the search's path.
    pub(crate) fn run(
        body: Arc<dyn Fn() + Send + Sync>,
        search: Search,
        settings: Arc<Settings>,
        features: Features,
    ) -> Outcome {
        Execution::run_asking(body, search, settings, features, &mut Nobody)
    }

    /// As [`Execution::run`], answering what the search's player is asked meanwhile.
    pub(crate) fn run_asking(
        body: Arc<dyn Fn() + Send + Sync>,
        search: Search,
        settings: Arc<Settings>,
        features: Features,
        answers: &mut dyn Answers,
    ) -> Outcome {
        install_hook();
        let patience = settings.patience;
        let execution = Arc::new(Execution {
            world: Mutex::new(World::new(search, settings, features)),
            turn: AtomicUsize::new(0),
            abandoned: AtomicBool::new(false),
            controller: ::std::thread::current(),
            era: super::next_era(),
        });
        let main = Box::new(move || body());
        let clocks = (VectorClock::default(), VectorClock::default());
        let main = execution.start(None, None, clocks, main, Location::caller());
        execution.hand_over(execution.world(), main);
        let stuck = !execution.watch(patience, answers);
        execution.abandoned.store(true, Ordering::SeqCst);
        if !stuck {
            execution.unwind_the_rest();
        }
        let mut world = execution.world();
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

    /// Waits until nothing is left to run. `false` when a thread neither ends nor comes to its next operation.
    fn watch(&self, patience: Duration, answers: &mut dyn Answers) -> bool {
        let mut steps = 0;
        while !self.wait_for_controller(patience, answers) {
            let mut world = self.world();
            if world.steps != steps {
                steps = world.steps;
                continue;
            }
            let thread = self.turn.load(Ordering::SeqCst);
            let at = world.threads[thread].at;
            let message = format!(
                "{} neither ends nor comes to its next operation after {}:{} within {} s: an endless loop, or a wait that the model cannot see",
                world.thread_name(thread),
                at.file(),
                at.line(),
                patience.as_secs()
            );
            world.fail(FailureKind::Stuck, message, Some(thread));
            return false;
        }
        true
    }

    /// Unwinds whoever is left, the youngest first: a scoped thread borrows from an older one's stack.
    fn unwind_the_rest(self: &Arc<Self>) {
        loop {
            let mut world = self.world();
            let Some(next) = world.threads.iter().rposition(|t| !t.finished) else { return };
            if let Some(body) = world.threads[next].body.take() {
                drop(world);
                self.drop_unstarted(next, body);
                continue;
            }
            self.hand_over(world, next);
            if !self.wait_for_controller(Duration::from_secs(10), &mut Nobody) {
                // A destructor blocks or loops. Nobody may touch what it borrows: leave everything as it is.
                return;
            }
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn era(&self) -> u32 {
        self.era
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
                self.wait_for(me);
                world = self.world();
            }
            Decision::Over => {
                self.hand_over(world, CONTROLLER);
                self.wait_for(me);
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
        if to == CONTROLLER {
            drop(world);
            return self.controller.unpark();
        }
        let thread = &mut world.threads[to];
        if let Some(body) = thread.body.take() {
            let fresh = world.settings.fresh_threads;
            drop(world);
            let execution = self.clone();
            return os_threads::run(Box::new(move || execution.thread_main(to, body)), fresh);
        }
        let os = thread.os.clone();
        drop(world);
        // A thread that has had a turn has entered its OS thread.
        if let Some(os) = os {
            os.unpark();
        }
    }

    fn wait_for(&self, me: usize) {
        while self.turn.load(Ordering::SeqCst) != me {
            ::std::thread::park();
        }
    }

    fn wait_for_controller(&self, limit: Duration, answers: &mut dyn Answers) -> bool {
        let mut start = Instant::now();
        while self.turn.load(Ordering::SeqCst) != CONTROLLER {
            if answers.answer() {
                // Whoever thinks about an answer may take as long as they like.
                start = Instant::now();
            }
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
            body: Some(Body(body)),
            finished: false,
            panicked: false,
            joined: false,
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
    fn thread_main(self: Arc<Self>, me: Tid, body: Body) {
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
        self.world().threads[me].finished = true;
    }

    fn finish(self: &Arc<Self>, me: Tid, panicked: Option<String>, loc: Loc) {
        let mut world = self.world();
        world.threads[me].finished = true;
        world.threads[me].pending = None;
        if self.abandoned.load(Ordering::SeqCst) || world.failure.is_some() {
            return self.hand_over(world, CONTROLLER);
        }
        if let Some(message) = panicked {
            world.threads[me].panicked = true;
            let at = world.threads[me].at;
            world.event(me, Kind::Panic, NONE, 0, 0, at);
            world.event(me, Kind::Exit, NONE, 0, 0, loc);
            if me == 0 {
                world.fail_with_panic(0, message);
                return self.hand_over(world, CONTROLLER);
            }
        } else {
            world.event(me, Kind::Exit, NONE, 0, 0, loc);
        }
        match world.decide(me) {
            Decision::Run(next) => self.hand_over(world, next),
            Decision::Over => self.hand_over(world, CONTROLLER),
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

/// Notes panics of a model's threads instead of printing them: the report tells them.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let outer = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !super::in_model() {
                return outer(info);
            }
            let message = payload_text(info.payload());
            let place = info.location().map(|at| (at.file().to_string(), at.line()));
            super::with_context(|Context { execution, me }| {
                // A panic inside the engine itself holds the lock already; it is reported by its payload.
                if let Ok(mut world) = execution.world.try_lock() {
                    world.panics.push(PanicNote { thread: *me, message, place });
                }
            });
        }));
    });
}

pub(crate) fn payload_text(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).into()
    } else {
        "a panic without a message".into()
    }
}
