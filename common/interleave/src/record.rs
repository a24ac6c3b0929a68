//! Recording real runs: the same events as in a check, from real threads, with the time of each.

use crate::engine::{Handle, next_era};
use crate::names::Names;
use crate::story::{Story, tell};
use crate::trace::{Event, Kind, Loc, NONE, ObjectInfo, Show, ThreadInfo, Trace};
use crate::why::Focus;
use ::std::cell::RefCell;
use ::std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use ::std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use ::std::time::{Duration, Instant};

/// Whether somebody records. Relaxed: threads of the recording are started after it is set, and what others log
/// a moment too early or too late is theirs to lose.
static ON: AtomicBool = AtomicBool::new(false);
/// The era of the recording, which tells its object numbers from all others.
static ERA: AtomicU32 = AtomicU32::new(0);
static SHARED: Mutex<Shared> =
    Mutex::new(Shared { events: Vec::new(), objects: Vec::new(), threads: Vec::new() });

/// What the threads of a recording hand in.
struct Shared {
    events: Vec<Event>,
    objects: Vec<ObjectInfo>,
    threads: Vec<ThreadInfo>,
}

/// What one thread has logged and not handed in yet.
struct Buffer {
    era: u32,
    thread: usize,
    events: Vec<Event>,
}

thread_local! {
    static BUFFER: RefCell<Buffer> = const { RefCell::new(Buffer { era: 0, thread: 0, events: Vec::new() }) };
}

fn shared() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a recording is going on: one relaxed load.
#[inline]
pub(crate) fn on() -> bool {
    ON.load(Ordering::Relaxed)
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
            *buffer = Buffer { era, thread, events: Vec::with_capacity(1_024) };
        }
        let thread = buffer.thread;
        buffer.events.push(Event { thread, kind, object, value, extra, loc, at });
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
    BUFFER.with_borrow_mut(|buffer| {
        *buffer = Buffer { era: child.era, thread: child.thread, events: Vec::with_capacity(1_024) };
    });
    log(Kind::Start, NONE, 0, 0, child.spawned);
    let _hand_in = HandIn(child);
    body()
}

fn hand_in() {
    let _ = BUFFER.try_with(|buffer| {
        let mut buffer = buffer.borrow_mut();
        if buffer.era == ERA.load(Ordering::Relaxed) {
            shared().events.append(&mut buffer.events);
        }
    });
}

/// What happened on real threads.
#[derive(Clone, Debug)]
pub struct Recording {
    trace: Trace,
}

/// Runs `f` for real and records what its threads do with the items of this crate.
///
/// One recording at a time; another one waits. Threads that outlive `f` are not told of. Each event costs the thread
/// that logs it some tens of nanoseconds.
///
/// # Panics
/// If called inside a check.
pub fn record<R>(f: impl FnOnce() -> R) -> (R, Recording) {
    /// Ends the recording, also when `f` panics.
    struct Off;
    impl Drop for Off {
        fn drop(&mut self) {
            ON.store(false, Ordering::SeqCst);
        }
    }
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    assert!(!crate::engine::in_model(), "a check records by itself");
    let _mine = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    *shared() = Shared { events: Vec::new(), objects: Vec::new(), threads: Vec::new() };
    ERA.store(next_era(), Ordering::SeqCst);
    enter_thread(Some("main".into()), None);
    BUFFER.with_borrow_mut(|buffer| {
        *buffer = Buffer { era: ERA.load(Ordering::SeqCst), thread: 0, events: Vec::with_capacity(1_024) };
    });
    let result = {
        let _off = Off;
        ON.store(true, Ordering::SeqCst);
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
    (result, Recording { trace: Trace { events, objects, threads, notes: Vec::new() } })
}

impl Recording {
    /// How many events there are.
    pub fn events(&self) -> usize {
        self.trace.events.len()
    }

    /// How long it took, from the first event to the last.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.trace.events.last().map_or(0, |event| event.at))
    }

    /// The run as a story, every step of it, in the order of time.
    pub fn story(&self) -> Story {
        let names = Names::new(&self.trace);
        Story {
            title: format!("A real run: {} events in {:?}", self.events(), self.duration()),
            ..tell(&self.trace, &names, &Focus::default())
        }
    }
}
