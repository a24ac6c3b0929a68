//! What a step does to locks and waiting, and which earlier step made it possible.

use crate::names::Names;
use crate::trace::{Event, Kind, NONE, Trace};

/// What a step means for who holds what and who waits: the part of it that a picture draws.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    #[default]
    None,
    /// Takes a lock for itself.
    Takes(String),
    /// Takes a lock that others may share.
    Shares(String),
    /// Gives a lock back.
    GivesBack(String),
    /// Waits, until the thread's next step.
    WaitsFor {
        /// For what: a lock by its name, anything else in words.
        what: String,
        /// The lock it gives back meanwhile, if it waits on a condition variable.
        gives_back: Option<String>,
    },
}

pub(crate) fn act(event: &Event, names: &Names) -> Act {
    let object = || names.object(event.object).to_string();
    let waits = |what: String| Act::WaitsFor { what, gives_back: None };
    match event.kind {
        Kind::Lock | Kind::Write => Act::Takes(object()),
        Kind::Read => Act::Shares(object()),
        Kind::Unlock | Kind::ReadUnlock | Kind::WriteUnlock => Act::GivesBack(object()),
        Kind::WantLock | Kind::WantRead | Kind::WantWrite => waits(object()),
        Kind::WantJoin => waits(format!("{} to end", names.thread(event.object as usize))),
        Kind::WantSend => waits(format!("room in {}", object())),
        Kind::WantRecv => waits(format!("a message on {}", object())),
        Kind::WantUnpark => waits("an unpark".into()),
        Kind::WantMeet => waits("the others".into()),
        Kind::WantToken => waits("a wake-up".into()),
        Kind::Wait => Act::WaitsFor {
            what: format!("a notification on {}", object()),
            gives_back: Some(names.object(event.value as u32).to_string()),
        },
        _ => Act::None,
    }
}

/// The lock an event takes or gives back, and whether it takes it.
fn lock_of(event: &Event) -> Option<(u32, bool)> {
    match event.kind {
        Kind::Lock | Kind::Read | Kind::Write => Some((event.object, true)),
        Kind::Unlock | Kind::ReadUnlock | Kind::WriteUnlock => Some((event.object, false)),
        Kind::Wait => Some((event.value as u32, false)),
        _ => None,
    }
}

/// Whoever sees a lock taken must see it given back, and the other way round: adds the missing half.
pub(crate) fn complete(trace: &Trace, told: &mut Vec<usize>) {
    let Some(last) = told.last().copied() else { return };
    let is_told = |index: usize| told.binary_search(&index).is_ok();
    let mut missing = Vec::new();
    // What is held at the moment: by whom, what, since which event.
    let mut held: Vec<(usize, u32, usize)> = Vec::new();
    for (index, event) in trace.events.iter().enumerate().take(last + 1) {
        match lock_of(event) {
            Some((object, true)) => held.push((event.thread, object, index)),
            Some((object, false)) => {
                let mine = held.iter().rposition(|h| (h.0, h.1) == (event.thread, object));
                let Some(taken) = mine.map(|at| held.swap_remove(at).2) else { continue };
                match (is_told(taken), is_told(index)) {
                    (true, false) => missing.push(index),
                    (false, true) => missing.push(taken),
                    _ => {}
                }
            }
            None => {}
        }
    }
    told.extend(missing);
    told.sort_unstable();
    told.dedup();
}

/// For each told event, the position among them of the one that made it possible.
pub(crate) fn causes(trace: &Trace, told: &[usize]) -> Vec<Option<usize>> {
    let position = |event: usize| told.binary_search(&event).ok();
    let first_of = |told_event: usize| {
        let thread = trace.events[told_event].thread;
        told.iter().find(|i| trace.events[**i].thread == thread) == Some(&told_event)
    };
    let cause = |index: &usize| {
        let direct = cause(trace, *index).and_then(position);
        direct.or_else(|| woken(trace, *index).and_then(position)).or_else(|| {
            if !first_of(*index) {
                return None;
            }
            // The beginning of a thread is not told: its first step stands for it.
            let thread = trace.events[*index].thread;
            let spawn = |e: &Event| e.kind == Kind::Spawn && e.object as usize == thread;
            position(trace.events[..*index].iter().position(spawn)?)
        })
    };
    told.iter().map(cause).collect()
}

/// The event that made this one possible, if that was another thread's.
fn cause(trace: &Trace, index: usize) -> Option<usize> {
    let (before, event) = (&trace.events[..index], &trace.events[index]);
    let last = |wanted: &dyn Fn(&Event) -> bool| before.iter().rposition(wanted);
    let of_another = |e: &Event| e.thread != event.thread;
    // Where this thread began to wait, if it did.
    let silent = |e: &Event| matches!(e.kind, Kind::Switch | Kind::Woken);
    let previous = before.iter().rposition(|e| e.thread == event.thread && !silent(e));
    let waited = |kinds: &[Kind]| previous.filter(|i| kinds.contains(&before[*i].kind));
    match event.kind {
        Kind::Lock | Kind::Read | Kind::Write => {
            let since = waited(&[Kind::WantLock, Kind::WantRead, Kind::WantWrite])?;
            let freed = |e: &Event| of_another(e) && lock_of(e) == Some((event.object, false));
            last(&freed).filter(|i| *i > since)
        }
        Kind::Wake => last(&|e| match e.kind {
            Kind::NotifyOne => e.object == event.object && e.extra == event.thread as u64,
            Kind::NotifyAll => e.object == event.object,
            _ => false,
        }),
        Kind::Recv => last(&|e| e.kind == Kind::Send && (e.object, e.value) == (event.object, event.value))
            .filter(|i| of_another(&before[*i])),
        Kind::RecvClosed => {
            waited(&[Kind::WantRecv])?;
            last(&|e| e.kind == Kind::DropSender && e.object == event.object && of_another(e))
        }
        Kind::Send => {
            let since = waited(&[Kind::WantSend])?;
            last(&|e| e.kind == Kind::Recv && e.object == event.object && of_another(e))
                .filter(|i| *i > since)
        }
        Kind::Parked => last(&|e| e.kind == Kind::Unpark && e.object as usize == event.thread),
        Kind::Join => {
            waited(&[Kind::WantJoin])?;
            // The end of a thread is not told either: its last step stands for it.
            let unseen = |e: &Event| {
                matches!(
                    e.kind,
                    Kind::Switch | Kind::Start | Kind::Exit | Kind::DropReceiver | Kind::Meet | Kind::Woken
                )
            };
            last(&|e| e.thread == event.object as usize && !unseen(e))
        }
        Kind::Load if orders(event) => {
            let write = last(&|e| e.object == event.object && matches!(e.kind, Kind::Store | Kind::Update))?;
            let store = &before[write];
            let releases = store.kind == Kind::Update || matches!(store.extra, 2..=4);
            // What this thread has read before, it does not learn again.
            let known = before[write..]
                .iter()
                .any(|e| e.thread == event.thread && e.object == event.object && e.object != NONE);
            (of_another(store) && releases && !known).then_some(write)
        }
        _ => None,
    }
}

/// For the first step of a task after its token was set: what whoever set it was doing then.
fn woken(trace: &Trace, index: usize) -> Option<usize> {
    let before = &trace.events[..index];
    let me = trace.events[index].thread;
    let woken = before.iter().rfind(|e| e.thread == me && e.kind != Kind::Switch)?;
    if woken.kind != Kind::Woken {
        return None;
    }
    let (setter, then) = (woken.value as usize, (woken.extra as usize).min(index));
    let its = |e: &Event| e.thread == setter && !matches!(e.kind, Kind::Switch | Kind::Woken);
    let there = |e: &Event| ::std::ptr::eq(e.loc, woken.loc);
    // Some say what they do before they wake, others after.
    let last = before[..then].iter().rposition(its).filter(|i| there(&before[*i]));
    last.or_else(|| before[then..].iter().position(|e| its(e) && there(e)).map(|i| then + i))
}

/// Whether a load has acquire ordering or a stronger one.
fn orders(event: &Event) -> bool {
    matches!(event.extra, 1 | 3 | 4)
}
