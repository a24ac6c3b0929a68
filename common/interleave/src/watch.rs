//! Watching real threads at work: what each holds and waits for at the moment, and how often it did what and where.
//!
//! For those who judge code that they did not write. A check knows all this by itself; here the same questions are
//! asked of a real run. Watching costs every operation some tens of nanoseconds.

use crate::engine::{in_model, inspect};
use crate::failure::Blocked;
use crate::names::Names;
use crate::record;
use crate::trace::{Event, Kind, Loc, NONE};
use ::std::cell::RefCell;
use ::std::collections::BTreeMap;
use ::std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ::std::time::{Duration, Instant};

/// Something that threads do and that costs something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Deed {
    /// Starts a thread.
    Spawns,
    /// Joins a thread.
    Joins,
    /// Takes a lock: a mutex, or a lock for reading or writing. Taking it back after a wait is part of the wait.
    Locks,
    /// Waits on a condition variable, or parks.
    Waits,
    /// Comes back from such a wait, for whatever reason.
    Wakes,
    /// Notifies waiters, or unparks a thread.
    Notifies,
    /// Reads an atomic.
    Loads,
    /// Writes an atomic.
    Stores,
    /// Reads and writes an atomic in one step, or tries to.
    Updates,
    /// Sends a message.
    Sends,
    /// Receives a message.
    Receives,
    /// Sleeps.
    Sleeps,
    /// Lets others run.
    Yields,
}

impl Deed {
    fn of(kind: Kind) -> Option<Deed> {
        Some(match kind {
            Kind::Spawn => Deed::Spawns,
            Kind::Join => Deed::Joins,
            Kind::Lock | Kind::Read | Kind::Write => Deed::Locks,
            Kind::Wait | Kind::WantUnpark => Deed::Waits,
            Kind::Wake | Kind::SpuriousWake | Kind::TimedOut | Kind::Parked => Deed::Wakes,
            Kind::Notify | Kind::NotifyOne | Kind::NotifyAll | Kind::Unpark => Deed::Notifies,
            Kind::Load | Kind::StaleLoad => Deed::Loads,
            Kind::Store => Deed::Stores,
            Kind::Update | Kind::ExchangeFail => Deed::Updates,
            Kind::Send => Deed::Sends,
            Kind::Recv => Deed::Receives,
            Kind::Sleep => Deed::Sleeps,
            Kind::Yield => Deed::Yields,
            _ => return None,
        })
    }
}

/// How often each thing was done at each place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    times: BTreeMap<(Deed, &'static str, u32), u64>,
}

impl Tally {
    fn add(&mut self, deed: Deed, at: Loc, times: u64) {
        *self.times.entry((deed, at.file(), at.line())).or_default() += times;
    }

    /// What was done, in which file, on which line, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (Deed, &'static str, u32, u64)> {
        self.times.iter().map(|((deed, file, line), times)| (*deed, *file, *line, *times))
    }

    /// This without what `before` had already.
    fn since(mut self, before: &Tally) -> Tally {
        for (key, times) in &before.times {
            if let Some(now) = self.times.get_mut(key) {
                *now = now.saturating_sub(*times);
            }
        }
        self.times.retain(|_, times| *times > 0);
        self
    }
}

/// Runs `f` and counts what is done meanwhile with the items of this crate, by any thread: of the check, if this is
/// called inside one, else of the process.
///
/// In a check the counts are those of one schedule. In a real run what a thread does that outlives `f` counts as far as
/// it was done by then.
pub fn tally<R>(f: impl FnOnce() -> R) -> (R, Tally) {
    if in_model() {
        let before = inspect(|world| world.events().len());
        let result = f();
        return (result, inspect(|world| of_events(world.events().get(before..).unwrap_or_default())));
    }
    let _watching = start();
    let before = totals();
    let result = f();
    (result, totals().since(&before))
}

fn of_events(events: &[Event]) -> Tally {
    let mut tally = Tally::default();
    // The last event of each thread, to tell a lock that is taken back.
    let mut last: BTreeMap<usize, Kind> = BTreeMap::new();
    for event in events {
        let before = last.insert(event.thread, event.kind);
        if let Some(deed) = counted(before, event.kind) {
            tally.add(deed, event.loc, 1);
        }
    }
    tally
}

/// What is to be counted of an event that comes after `before` in its thread.
fn counted(before: Option<Kind>, kind: Kind) -> Option<Deed> {
    let awake = matches!(before, Some(Kind::Wake | Kind::SpuriousWake | Kind::TimedOut));
    Deed::of(kind).filter(|_| !(kind == Kind::Lock && awake))
}

/// What a thread has in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Its number among the threads seen.
    pub thread: usize,
    /// Its name.
    pub name: String,
    /// The number that the system gave it; 0 where the system does not tell.
    pub task: u64,
    /// What it waits for, and for how long already.
    pub waits: Option<(Blocked, Duration)>,
    /// The locks that it holds, each with the place where it took it.
    pub holds: Vec<(String, crate::Place)>,
    /// Where it did something last.
    pub last: Option<crate::Place>,
    /// How many things it has done: if this stands still, so does it, or it computes.
    pub deeds: u64,
}

#[derive(Debug)]
struct Desk {
    thread: usize,
    task: u64,
    now: Mutex<Now>,
}

/// What is on a thread's desk. `era` tells objects of one recording from those of another.
#[derive(Debug, Default)]
struct Now {
    era: u32,
    holds: Vec<(u32, Loc)>,
    waits: Option<(Kind, u32, Loc, Instant)>,
    last: Option<Loc>,
    before: Option<Kind>,
    deeds: u64,
    tally: Vec<(Deed, Loc, u64)>,
    ended: bool,
}

static DESKS: Mutex<Vec<Arc<Desk>>> = Mutex::new(Vec::new());
/// How many watch, and what those have counted whose threads are gone.
static WATCHERS: Mutex<usize> = Mutex::new(0);

thread_local! {
    static DESK: RefCell<Option<(u32, Arc<Desk>)>> = const { RefCell::new(None) };
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watching goes on as long as this lives.
#[derive(Debug)]
#[must_use = "watching ends when this is dropped"]
pub struct Watching(());

/// Begins to watch, if nobody does already.
///
/// # Panics
/// Inside a check, which is watched as it is.
#[track_caller]
pub fn start() -> Watching {
    assert!(!in_model(), "a check needs no watching");
    let mut watchers = locked(&WATCHERS);
    if *watchers == 0 {
        locked(&DESKS).clear();
        record::watch(true);
        // The one who begins has a seat from the beginning, whatever it does next.
        record::log(Kind::Start, NONE, 0, 0, ::std::panic::Location::caller());
    }
    *watchers += 1;
    Watching(())
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut watchers = locked(&WATCHERS);
        *watchers -= 1;
        if *watchers == 0 {
            record::watch(false);
        }
    }
}

/// Notes what the calling thread, whose number is `thread`, does.
pub(crate) fn note(era: u32, thread: usize, kind: Kind, object: u32, value: u64, at: Loc) {
    // A thread whose local storage is gone has nothing more to tell.
    let _ = DESK.try_with(|desk| {
        let mut desk = desk.borrow_mut();
        if desk.as_ref().is_none_or(|(known, desk)| *known != era || desk.thread != thread) {
            let new = Arc::new(Desk { thread, task: my_task(), now: Mutex::default() });
            locked(&new.now).era = era;
            locked(&DESKS).push(Arc::clone(&new));
            *desk = Some((era, new));
        }
        let Some((_, desk)) = &*desk else { return };
        locked(&desk.now).note(kind, object, value, at);
    });
}

impl Now {
    fn let_go(&mut self, object: u32) {
        if let Some(place) = self.holds.iter().rposition(|(held, _)| *held == object) {
            self.holds.remove(place);
        }
    }

    fn note(&mut self, kind: Kind, object: u32, value: u64, at: Loc) {
        let before = self.before.replace(kind);
        self.deeds += 1;
        self.waits = is_wish(kind).then(|| (kind, object, at, Instant::now()));
        match kind {
            Kind::Lock | Kind::Read | Kind::Write => self.holds.push((object, at)),
            // The lock's own place says nothing of where the thread is.
            Kind::Unlock | Kind::ReadUnlock | Kind::WriteUnlock => return self.let_go(object),
            // The value is the mutex that is let go of meanwhile.
            Kind::Wait => self.let_go(u32::try_from(value).unwrap_or(NONE)),
            Kind::Exit | Kind::Panic => self.ended = true,
            _ => {}
        }
        self.last = Some(at);
        if let Some(deed) = counted(before, kind) {
            match self.tally.iter_mut().find(|(d, place, _)| *d == deed && ::std::ptr::eq(*place, at)) {
                Some((_, _, times)) => *times += 1,
                None => self.tally.push((deed, at, 1)),
            }
        }
    }
}

/// Whether it is the beginning of a wait.
fn is_wish(kind: Kind) -> bool {
    wish(kind).is_some()
}

/// What is waited for, in the words of a [`Blocked`].
fn wish(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::WantLock => "lock",
        Kind::WantRead => "read lock",
        Kind::WantWrite => "write lock",
        Kind::Wait => "notification",
        Kind::WantSend => "room",
        Kind::WantRecv => "message",
        Kind::WantJoin => "end of thread",
        Kind::WantScope => "end of scope",
        Kind::WantMeet => "others",
        Kind::WantUnpark => "unpark",
        Kind::WantSleep => "time",
        _ => return None,
    })
}

fn totals() -> Tally {
    let mut total = Tally::default();
    for desk in locked(&DESKS).iter() {
        for (deed, at, times) in &locked(&desk.now).tally {
            total.add(*deed, at, *times);
        }
    }
    total
}

/// Whether somebody watches.
pub fn is_on() -> bool {
    record::watched()
}

/// The system's number of the calling thread; 0 where it does not tell.
pub fn my_task() -> u64 {
    let link = ::std::fs::read_link("/proc/thread-self").ok();
    link.and_then(|link| link.file_name()?.to_str()?.parse().ok()).unwrap_or(0)
}

/// What every watched thread has in hand that has not ended, in the order in which they were first seen.
///
/// Takes some microseconds for each, in which that thread may have to wait for its next step.
pub fn seats() -> Vec<Seat> {
    let desks: Vec<Arc<Desk>> = locked(&DESKS).clone();
    let trace = record::cast();
    let names = Names::new(&trace);
    let snapshots: Vec<_> = desks.iter().map(|desk| (desk, Snapshot::of(desk))).collect();
    let held_by = |object: u32| {
        let holders = snapshots.iter().filter(|(_, s)| s.holds.iter().any(|(held, _)| *held == object));
        holders.map(|(desk, _)| desk.thread).collect::<Vec<_>>()
    };
    let seat = |(desk, now): &(&Arc<Desk>, Snapshot)| {
        let waits = now.waits.and_then(|(kind, object, at, since)| {
            let wants = wish(kind)?;
            let (object, on) = match kind {
                Kind::WantJoin => (names.thread(object as usize).to_string(), vec![object as usize]),
                _ if object == NONE => (String::new(), Vec::new()),
                _ => (names.object(object).to_string(), held_by(object)),
            };
            let holds = now.holds.iter().map(|(held, _)| names.object(*held).to_string()).collect();
            let name = names.thread(desk.thread).to_string();
            let place = names.place(at);
            let thread = desk.thread;
            let blocked = Blocked { thread, name, wants: wants.into(), object, held_by: on, holds, place };
            Some((blocked, since.elapsed()))
        });
        Seat {
            thread: desk.thread,
            name: names.thread(desk.thread).to_string(),
            task: desk.task,
            waits,
            holds: now.holds.iter().map(|(o, at)| (names.object(*o).to_string(), names.place(at))).collect(),
            last: now.last.map(|at| names.place(at)),
            deeds: now.deeds,
        }
    };
    snapshots.iter().filter(|(_, now)| !now.ended).map(seat).collect()
}

/// How many things the watched threads have done: cheap to ask again and again.
pub fn deeds() -> u64 {
    let desks: Vec<Arc<Desk>> = locked(&DESKS).clone();
    desks.iter().map(|desk| locked(&desk.now).deeds).sum()
}

struct Snapshot {
    holds: Vec<(u32, Loc)>,
    waits: Option<(Kind, u32, Loc, Instant)>,
    last: Option<Loc>,
    deeds: u64,
    ended: bool,
}

impl Snapshot {
    fn of(desk: &Desk) -> Snapshot {
        let now = locked(&desk.now);
        // What was noted before another recording began has numbers of that one.
        let stale = now.era != record::era();
        Snapshot {
            holds: if stale { Vec::new() } else { now.holds.clone() },
            waits: if stale { None } else { now.waits },
            last: now.last,
            deeds: now.deeds,
            ended: now.ended,
        }
    }
}
