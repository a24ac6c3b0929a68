//! The state of one execution: its threads, its objects, and what has happened so far.

use super::clock::VectorClock;
use super::code;
use super::execution::Settings;
use super::foresight::Stride;
use super::hash::mix;
use super::lock_order::Edge;
use super::notes::{FailureNote, Features, PanicNote};
use super::search::Search;
use super::spin::Spin;
use super::{Oid, Op, Tid, Want, Why};
use crate::failure::FailureKind;
use crate::names;
use crate::trace::{Event, Kind, Loc, NONE, ObjectInfo, Show, ThreadInfo, Trace};
use ::std::collections::VecDeque;
use ::std::fmt;
use ::std::sync::Arc;
use ::std::thread::Thread;
use ::std::time::Duration;

/// A lock or permit a thread holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) object: Oid,
    pub(crate) since: Loc,
    /// For a mutex: whether its data was borrowed mutably under this guard.
    pub(crate) wrote: bool,
}

/// What a task waits for, through whatever stand-in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Awaits {
    pub(super) object: Oid,
    pub(super) want: Want,
    pub(super) at: Loc,
}

/// What a thread runs.
pub(super) struct Body(pub(super) Box<dyn FnOnce() + Send>);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

/// What the engine knows of one thread.
#[derive(Debug)]
pub(super) struct ThreadState {
    /// The operation it has announced; `None` while it runs or when it has ended.
    pub(super) pending: Option<Op>,
    /// Where it announced it.
    pub(super) at: Loc,
    /// At which step it announced it.
    pub(super) since: usize,
    /// At which step it last went on.
    pub(super) last_step: usize,
    /// How often in a row another one went on when it could have.
    pub(super) passed_over: usize,
    /// What it will run, until its first turn.
    pub(super) body: Option<Body>,
    pub(super) finished: bool,
    pub(super) panicked: bool,
    /// Somebody saw how it ended.
    pub(super) joined: bool,
    /// Somebody asked whether it had ended, and it had.
    pub(super) seen_ended: bool,
    pub(super) os: Option<Thread>,
    pub(super) clock: VectorClock,
    /// Its clock, as far as starting and joining threads moves it.
    pub(super) fork_clock: VectorClock,
    /// What its relaxed loads have seen; an acquire fence takes it over.
    pub(super) unacquired: VectorClock,
    /// Its clock at its last release fence.
    pub(super) release_fence: VectorClock,
    /// Notified, and not yet awake.
    pub(super) notified: bool,
    /// The token of `unpark`, with what it hands over.
    pub(super) token: bool,
    pub(super) token_clock: VectorClock,
    pub(super) token_hash: u64,
    pub(super) deadline: u64,
    /// What it will have waited for, when it comes to wait for its token.
    pub(super) awaits: Option<Awaits>,
    /// Its hash when it last took its token: while that stays, it has done nothing since.
    pub(super) woken: Option<u64>,
    pub(super) why: Why,
    /// Hash of everything that happened before its last step.
    pub(super) hash: u64,
    pub(super) held: Vec<Held>,
    pub(super) spin: Spin,
}

/// One store in an atomic's modification order.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) value: u64,
    pub(super) by: Tid,
    /// The storing thread's own clock then.
    pub(super) at: u32,
    /// What an acquire load that reads it learns; `None` for a relaxed store.
    pub(super) release: Option<VectorClock>,
    /// Per thread, its own clock when it first read this store; 0 for never.
    pub(super) read_at: Vec<u32>,
}

/// The last accesses to a piece of plain memory.
pub(super) type Access = (Tid, u32, Loc);

/// What an object is, and how it stands.
#[derive(Debug)]
pub(crate) enum State {
    Mutex {
        owner: Option<Tid>,
    },
    RwLock {
        writer: Option<Tid>,
        readers: Vec<Tid>,
    },
    Condvar {
        waiters: Vec<Tid>,
    },
    Atomic(AtomicState),
    Channel(ChannelState),
    Plain(PlainState),
    /// What wakes a task: set or not, and by whom, at which place, after how many events.
    Token {
        set: bool,
        by: Option<(Tid, Loc, usize)>,
    },
    /// A meeting of this many threads, and how many have come.
    Meeting {
        wanted: usize,
        arrived: usize,
    },
    /// Something that a stand-in's tasks share, and who has it.
    Shared {
        holders: Vec<Tid>,
    },
    /// Something touched without a scheduling point, whose order matters all the same.
    Log,
}

#[derive(Debug)]
pub(crate) struct AtomicState {
    pub(super) stores: Vec<Store>,
    /// The newest store that a sequentially consistent operation has written or read.
    pub(super) sequential: usize,
    pub(super) show: Show,
}

#[derive(Debug)]
pub(crate) struct ChannelState {
    pub(super) length: usize,
    pub(super) capacity: Option<usize>,
    pub(super) senders: usize,
    pub(super) receiver: bool,
    pub(super) sent: u64,
    pub(super) taken: u64,
    /// What each queued message's receiver learns.
    pub(super) clocks: VecDeque<VectorClock>,
}

#[derive(Debug, Default)]
pub(crate) struct PlainState {
    pub(super) write: Option<Access>,
    pub(super) reads: Vec<Access>,
}

impl State {
    pub(crate) fn atomic(value: u64, show: Show) -> Self {
        // The first store belongs to nobody: every thread has seen it.
        let first = Store { value, by: 0, at: 0, release: None, read_at: Vec::new() };
        State::Atomic(AtomicState { stores: vec![first], sequential: 0, show })
    }

    pub(crate) fn channel(capacity: Option<usize>) -> Self {
        State::Channel(ChannelState {
            length: 0,
            capacity,
            senders: 1,
            receiver: true,
            sent: 0,
            taken: 0,
            clocks: VecDeque::new(),
        })
    }
}

#[derive(Debug)]
pub(super) struct Object {
    pub(super) state: State,
    info: ObjectInfo,
    /// What whoever takes it next learns.
    pub(super) clock: VectorClock,
    pub(super) write_hash: u64,
    read_hash: u64,
    first_user: Option<Tid>,
    shared: bool,
}

impl Object {
    /// All that has happened to it.
    pub(super) fn hashes(&self) -> u64 {
        mix(self.write_hash, self.read_hash)
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(super) threads: Vec<ThreadState>,
    pub(super) infos: Vec<ThreadInfo>,
    pub(super) objects: Vec<Object>,
    pub(super) events: Vec<Event>,
    /// The words of the events that have their own.
    pub(super) notes: Vec<String>,
    pub(super) search: Search,
    pub(super) settings: Arc<Settings>,
    pub(super) features: Features,
    pub(super) hash: u64,
    pub(super) steps: usize,
    /// Who ran last, and how many steps in a row before.
    pub(super) in_a_row: (Tid, usize),
    /// Model time in nanoseconds.
    pub(super) now: u64,
    /// Spurious wake-ups and early time-outs still allowed.
    pub(super) luck: u32,
    /// What sequentially consistent fences hand to each other.
    pub(super) fence_clock: VectorClock,
    /// Their place among all sequentially consistent operations, for the happens-before hash: the last fence, and
    /// what came after it.
    pub(super) fence_order: (u64, u64),
    pub(super) failure: Option<FailureNote>,
    pub(super) panics: Vec<PanicNote>,
    /// Who takes the step that is being taken, and the happens-before hash before it.
    pub(super) began: (Tid, u64),
    /// What is being learned about the step that is being taken.
    pub(super) stride: Stride,
    pub(super) lock_edges: Vec<Edge>,
    pub(super) joins: usize,
    pub(super) most_alive: usize,
}

impl World {
    pub(super) fn new(search: Search, settings: Arc<Settings>, features: Features) -> Self {
        let luck = settings.luck;
        World {
            threads: Vec::new(),
            infos: Vec::new(),
            objects: Vec::new(),
            events: Vec::with_capacity(64),
            notes: Vec::new(),
            search,
            settings,
            features,
            hash: 0,
            steps: 0,
            in_a_row: (0, 0),
            now: 0,
            luck,
            fence_clock: VectorClock::default(),
            fence_order: (0, 0),
            failure: None,
            panics: Vec::new(),
            began: (0, 0),
            stride: Stride::default(),
            lock_edges: Vec::new(),
            joins: 0,
            most_alive: 0,
        }
    }

    pub(super) fn event(&mut self, thread: Tid, kind: Kind, object: u32, value: u64, extra: u64, loc: Loc) {
        let at = self.events.len() as u64;
        self.events.push(Event { thread, kind, object, value, extra, loc, at });
    }

    pub(super) fn register(&mut self, what: &'static str, created: Loc, address: usize, state: State) -> Oid {
        let show = if let State::Atomic(a) = &state { a.show } else { Show::Unsigned };
        // No identity goes into the hash: an object is known by who touches it, which does not depend
        // on the order in which objects were numbered.
        self.objects.push(Object {
            state,
            info: ObjectInfo { what, created, address, show },
            clock: VectorClock::default(),
            write_hash: 0,
            read_hash: 0,
            first_user: None,
            shared: false,
        });
        u32::try_from(self.objects.len() - 1).expect("fewer than 4 billion objects")
    }

    /// Whether an object is the turns of tasks on one thread.
    pub(super) fn is_turns(&self, object: u32) -> bool {
        self.objects.get(object as usize).is_some_and(|o| o.info.what == super::TURNS)
    }

    /// Folds an operation of `thread` on `object` into the happens-before hash.
    pub(super) fn depend(&mut self, thread: Tid, code: u64, object: u32, write: bool) {
        let of_object = match self.objects.get(object as usize) {
            None => 0,
            Some(o) if write => o.hashes(),
            Some(o) => o.write_hash,
        };
        let hash = mix(mix(self.threads[thread].hash, code), of_object);
        self.threads[thread].hash = hash;
        self.stride_touches(object);
        if let Some(o) = self.objects.get_mut(object as usize) {
            if write {
                o.write_hash = hash;
                o.read_hash = 0;
            } else {
                // Reads commute: their order must not matter.
                o.read_hash = o.read_hash.wrapping_add(hash);
            }
            match o.first_user {
                None => o.first_user = Some(thread),
                Some(first) => o.shared |= first != thread,
            }
        }
        self.hash = self.hash.wrapping_add(hash);
    }

    /// Folds in whether a sequentially consistent operation came before or after each fence of that kind. Only fences
    /// are told apart by their order: operations on different atomics commute.
    pub(super) fn depend_on_fences(&mut self, thread: Tid, fence: bool) {
        let (last, since) = self.fence_order;
        let hash = mix(self.threads[thread].hash, if fence { mix(last, since) } else { last });
        self.threads[thread].hash = hash;
        self.fence_order = if fence { (hash, 0) } else { (last, since.wrapping_add(hash)) };
        self.hash = self.hash.wrapping_add(hash);
    }

    pub(super) fn fail(&mut self, kind: FailureKind, message: String, thread: Option<Tid>) {
        if self.failure.is_some() {
            return;
        }
        let unfinished = (0..self.threads.len()).filter(|t| !self.threads[*t].finished).collect();
        let earlier = match kind {
            FailureKind::Panic => Vec::new(),
            _ => self.panics.iter().map(|p| self.panic_sentence(p)).collect(),
        };
        self.failure = Some(FailureNote { earlier, thread, unfinished, ..FailureNote::of(kind, message) });
    }

    fn panic_sentence(&self, note: &PanicNote) -> String {
        let message = note.message.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{} had panicked before: {message}", self.thread_name(note.thread))
    }

    pub(super) fn thread_name(&self, thread: Tid) -> String {
        names::of_thread(&self.infos, thread)
    }

    pub(super) fn shared_objects(&self) -> usize {
        self.objects.iter().filter(|o| o.shared && !matches!(o.state, State::Log)).count() + self.joins
    }

    pub(super) fn trace(&mut self) -> Trace {
        let (events, notes) = (::std::mem::take(&mut self.events), ::std::mem::take(&mut self.notes));
        Trace { events, notes, ..self.names() }
    }

    /// A trace of what has happened so far.
    pub(super) fn trace_so_far(&self) -> Trace {
        Trace { events: self.events.clone(), notes: self.notes.clone(), ..self.names() }
    }

    /// A trace in which nothing happens.
    fn names(&self) -> Trace {
        let objects = self.objects.iter().map(|o| o.info.clone()).collect();
        Trace { objects, threads: self.infos.clone(), ..Trace::default() }
    }

    /// What has happened so far.
    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    /// Spawned threads that have not ended, other than `me`.
    pub(crate) fn live_threads(&self, me: Tid) -> usize {
        self.threads.iter().enumerate().skip(1).filter(|(t, s)| *t != me && !s.finished).count()
    }

    /// Spawned threads of which nobody knows that they have ended, other than `me`.
    pub(crate) fn unjoined_threads(&self, me: Tid) -> usize {
        let known = |s: &ThreadState| s.finished && (s.joined || s.seen_ended);
        self.threads.iter().enumerate().skip(1).filter(|(t, s)| *t != me && !known(s)).count()
    }

    /// What the code was seen to use.
    pub(crate) fn features(&self) -> Features {
        self.features
    }

    /// Model time since the beginning of the execution.
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(self.now)
    }

    /// The checked code wants to end the process.
    pub(crate) fn note_exit(&mut self, me: Tid, code: i32, at: Loc) {
        self.event(me, Kind::ExitProcess, NONE, u64::from(code.unsigned_abs()), 0, at);
        let message = format!("{} ends the whole process with code {code}", self.thread_name(me));
        self.fail(FailureKind::Exits, message, Some(me));
    }

    pub(crate) fn name_of(&self, thread: Tid) -> Option<String> {
        self.infos[thread].name.clone()
    }

    /// Whether `thread` ended by a panic; asking counts as having looked.
    pub(crate) fn ended_by_panic(&mut self, thread: Tid) -> bool {
        self.threads[thread].joined = true;
        self.threads[thread].panicked
    }
}

/// The world while one thread takes one step.
pub(crate) struct Step<'a> {
    pub(super) world: &'a mut World,
    pub(super) me: Tid,
    pub(super) loc: Loc,
    pub(super) era: u32,
}

impl Step<'_> {
    pub(crate) fn log(&mut self, kind: Kind, object: u32, value: u64, extra: u64) {
        self.world.event(self.me, kind, object, value, extra, self.loc);
    }

    pub(super) fn depend(&mut self, code: u64, object: u32, write: bool) {
        self.world.depend(self.me, code, object, write);
    }

    pub(super) fn thread(&mut self) -> &mut ThreadState {
        &mut self.world.threads[self.me]
    }

    pub(super) fn object(&mut self, object: Oid) -> &mut Object {
        &mut self.world.objects[object as usize]
    }

    /// This thread learns what the object's last holder knew.
    pub(super) fn acquire(&mut self, object: Oid) {
        let clock = self.world.objects[object as usize].clock.clone();
        self.thread().clock.join(&clock);
    }

    /// The object's next holder learns what this thread knows.
    pub(super) fn release(&mut self, object: Oid) {
        let clock = self.world.threads[self.me].clock.clone();
        self.object(object).clock.join(&clock);
    }

    pub(crate) fn features(&mut self) -> &mut Features {
        &mut self.world.features
    }

    /// Whether this execution is on the way it was told, for objects that are not in the model.
    pub(crate) fn touch(&mut self, object: Oid) {
        self.depend(code::TOUCH, object, true);
    }

    /// Learns what the object's last holder knew, without taking it.
    pub(crate) fn peek_at(&mut self, object: Oid) {
        self.depend(code::PEEK, object, false);
        self.acquire(object);
    }

    pub(super) fn none_depend(&mut self, code: u64) {
        self.depend(code, NONE, true);
    }
}
