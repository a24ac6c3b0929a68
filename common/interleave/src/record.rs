//! Recording real runs: the same events as in a check, from real threads, with the time of each.

use crate::engine::{Handle, next_era};
use crate::names::Names;
use crate::story::{Story, tell};
use crate::trace::{Event, Kind, Loc, NONE, ObjectInfo, Show, ThreadInfo, Trace};
use crate::watch;
use crate::why::Focus;
use ::std::cell::RefCell;
use ::std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering};
use ::std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use ::std::time::{Duration, Instant};

/// Who wants to hear of what real threads do. Relaxed: threads of the recording are started after it is set, and what
/// others log a moment too early or too late is theirs to lose.
static ON: AtomicU8 = AtomicU8::new(0);
/// Somebody records.
const RECORDING: u8 = 1;
/// Somebody watches.
const WATCHING: u8 = 2;
/// The era of the recording, which tells its object numbers from all others.
static ERA: AtomicU32 = AtomicU32::new(0);
/// How many events of each thread are kept. Relaxed: set before the recording begins, by the thread that begins it.
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);
static SHARED: Mutex<Shared> =
    Mutex::new(Shared { events: Vec::new(), left_out: 0, objects: Vec::new(), threads: Vec::new() });

/// What the threads of a recording hand in.
struct Shared {
    events: Vec<Event>,
    /// How many events were more than is kept of a thread.
    left_out: usize,
    objects: Vec<ObjectInfo>,
    threads: Vec<ThreadInfo>,
}

/// What one thread has logged and not handed in yet.
struct Buffer {
    era: u32,
    thread: usize,
    events: Vec<Event>,
    left_out: usize,
}

impl Buffer {
    fn new(era: u32, thread: usize) -> Buffer {
        let recording = ON.load(Ordering::Relaxed) & RECORDING != 0;
        Buffer { era, thread, events: Vec::with_capacity(if recording { 1_024 } else { 0 }), left_out: 0 }
    }
}

thread_local! {
    static BUFFER: RefCell<Buffer> = const { RefCell::new(Buffer { era: 0, thread: 0, events: Vec::new(), left_out: 0 }) };
}

fn shared() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether somebody records or watches: one relaxed load.
#[inline]
pub(crate) fn on() -> bool {
    ON.load(Ordering::Relaxed) & (RECORDING | WATCHING) != 0
}

/// Whether somebody watches, and so wants to hear of every wish, also of one that is granted at once.
#[inline]
pub(crate) fn watched() -> bool {
    ON.load(Ordering::Relaxed) & WATCHING != 0
}

/// Begins or ends watching. Objects and threads get numbers anew.
pub(crate) fn watch(on: bool) {
    if on {
        if ON.load(Ordering::SeqCst) & RECORDING == 0 {
            *shared() = Shared { events: Vec::new(), left_out: 0, objects: Vec::new(), threads: Vec::new() };
            ERA.store(next_era(), Ordering::SeqCst);
            let name = ::std::thread::current().name().unwrap_or("main").into();
            let thread = enter_thread(Some(name), None);
            BUFFER.with_borrow_mut(|buffer| *buffer = Buffer::new(era(), thread));
        }
        ON.fetch_or(WATCHING, Ordering::SeqCst);
    } else {
        ON.fetch_and(!WATCHING, Ordering::SeqCst);
    }
}

/// The era of the recording, or of the watch.
pub(crate) fn era() -> u32 {
    ERA.load(Ordering::Relaxed)
}

/// Who and what takes part, without what happened.
pub(crate) fn cast() -> Trace {
    let shared = shared();
    let (objects, threads) = (shared.objects.clone(), shared.threads.clone());
    Trace { events: Vec::new(), objects, threads, notes: Vec::new() }
}

fn nanoseconds() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Logs what the calling thread does.
pub(crate) fn log(kind: Kind, object: u32, value: u64, extra: u64, loc: Loc) {
    let at = nanoseconds();
    // A thread whose local storage is gone has nothing more to tell.
    let _ = BUFFER.try_with(|buffer| {
        let mut buffer = buffer.borrow_mut();
        let era = ERA.load(Ordering::Relaxed);
        if buffer.era != era {
            let name = ::std::thread::current().name().map(Into::into);
            let thread = enter_thread(name, None);
            *buffer = Buffer::new(era, thread);
        }
        let thread = buffer.thread;
        let on = ON.load(Ordering::Relaxed);
        if on & RECORDING != 0 && !matches!(kind, Kind::WantScope | Kind::WantSleep) {
            // How a thread ends is always told.
            if buffer.events.len() < MOST.load(Ordering::Relaxed) || matches!(kind, Kind::Exit | Kind::Panic)
            {
                buffer.events.push(Event { thread, kind, object, value, extra, loc, at });
            } else {
                buffer.left_out += 1;
            }
        }
        if on & WATCHING != 0 {
            watch::note(era, thread, kind, object, value, loc);
        }
    });
}

/// The number of an object in the recording.
pub(crate) fn object(handle: &Handle, what: &'static str, show: Show) -> u32 {
    handle.recorded(ERA.load(Ordering::Relaxed), || {
        let mut shared = shared();
        let (created, address) = (handle.created, ::std::ptr::from_ref(handle).addr());
        shared.objects.push(ObjectInfo { what, created, address, show });
        u32::try_from(shared.objects.len() - 1).unwrap_or(NONE)
    })
}

fn enter_thread(name: Option<String>, spawned: Option<Loc>) -> usize {
    let mut shared = shared();
    shared.threads.push(ThreadInfo { name, spawned });
    shared.threads.len() - 1
}

/// A thread about to be started, to be carried into it.
#[derive(Clone, Copy)]
pub(crate) struct Child {
    era: u32,
    pub(crate) thread: usize,
    spawned: Loc,
}

/// Logs that the calling thread starts another.
pub(crate) fn spawn(name: Option<String>, loc: Loc) -> Option<Child> {
    if !on() {
        return None;
    }
    let thread = enter_thread(name, Some(loc));
    log(Kind::Spawn, thread as u32, 0, 0, loc);
    Some(Child { era: ERA.load(Ordering::Relaxed), thread, spawned: loc })
}

/// Runs what a started thread runs, and hands its events in, also when it panics.
pub(crate) fn run<R>(child: Option<Child>, body: impl FnOnce() -> R) -> R {
    /// Hands in when it is dropped.
    struct HandIn(Child);
    impl Drop for HandIn {
        fn drop(&mut self) {
            let kind = if ::std::thread::panicking() { Kind::Panic } else { Kind::Exit };
            log(kind, NONE, 0, 0, self.0.spawned);
            hand_in();
        }
    }
    let Some(child) = child else { return body() };
    BUFFER.with_borrow_mut(|buffer| *buffer = Buffer::new(child.era, child.thread));
    log(Kind::Start, NONE, 0, 0, child.spawned);
    let _hand_in = HandIn(child);
    body()
}

fn hand_in() {
    let _ = BUFFER.try_with(|buffer| {
        let mut buffer = buffer.borrow_mut();
        if buffer.era == ERA.load(Ordering::Relaxed) {
            let mut shared = shared();
            shared.events.append(&mut buffer.events);
            shared.left_out += ::std::mem::take(&mut buffer.left_out);
        }
    });
}

/// What happened on real threads.
#[derive(Clone, Debug)]
pub struct Recording {
    trace: Trace,
    left_out: usize,
}

/// Runs `f` for real and records what its threads do with the items of this crate.
///
/// One recording at a time; another one waits. Threads that outlive `f` are not told of. Each event costs the thread
/// that logs it some tens of nanoseconds.
///
/// # Panics
/// If called inside a check.
pub fn record<R>(f: impl FnOnce() -> R) -> (R, Recording) {
    record_at_most(usize::MAX, f)
}

/// Like [`record`], but of each thread only the first `events` and its end are kept: enough to see how a program goes
/// that does the same thing a million times. [`Recording::left_out`] counts the others.
///
/// # Panics
/// If called inside a check.
pub fn record_at_most<R>(events: usize, f: impl FnOnce() -> R) -> (R, Recording) {
    /// Ends the recording, also when `f` panics.
    struct Off;
    impl Drop for Off {
        fn drop(&mut self) {
            ON.fetch_and(!RECORDING, Ordering::SeqCst);
        }
    }
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    assert!(!crate::engine::in_model(), "a check records by itself");
    let _mine = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    *shared() = Shared { events: Vec::new(), left_out: 0, objects: Vec::new(), threads: Vec::new() };
    ERA.store(next_era(), Ordering::SeqCst);
    MOST.store(events, Ordering::Relaxed);
    enter_thread(Some("main".into()), None);
    let result = {
        let _off = Off;
        ON.fetch_or(RECORDING, Ordering::SeqCst);
        BUFFER.with_borrow_mut(|buffer| *buffer = Buffer::new(ERA.load(Ordering::SeqCst), 0));
        f()
    };
    hand_in();
    let mut shared = shared();
    let mut events = ::std::mem::take(&mut shared.events);
    events.sort_by_key(|event| event.at);
    if let Some(start) = events.first().map(|event| event.at) {
        events.iter_mut().for_each(|event| event.at -= start);
    }
    let (objects, threads) = (shared.objects.clone(), shared.threads.clone());
    let left_out = shared.left_out;
    (result, Recording { trace: Trace { events, objects, threads, notes: Vec::new() }, left_out })
}

impl Recording {
    /// How many events there are.
    pub fn events(&self) -> usize {
        self.trace.events.len()
    }

    /// How many events were not kept, because their threads had too many.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// How long it took, from the first event to the last.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.trace.events.last().map_or(0, |event| event.at))
    }

    /// The run as a story, every step of it, in the order of time.
    pub fn story(&self) -> Story {
        let names = Names::new(&self.trace);
        let more = match self.left_out {
            0 => String::new(),
            more => format!(", and {more} that are not shown"),
        };
        Story {
            title: format!("A real run: {} events in {:.1?}{more}", self.events(), self.duration()),
            ..tell(&self.trace, &names, &Focus::default())
        }
    }
}
