//! Changes that a waiter was not told of: made after the last notification.

use crate::names::Names;
use crate::trace::{Event, Kind, NONE, Trace};

/// A change under a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The event that took the lock.
    pub(super) from: usize,
    /// The one that gave it back.
    pub(super) to: usize,
}

/// The last change under `mutex` before event `end`, by a thread of which `by` holds.
pub(super) fn last_change(
    trace: &Trace,
    mutex: u32,
    end: usize,
    by: impl Fn(usize) -> bool,
) -> Option<Change> {
    let events = &trace.events;
    let wrote = |e: &Event| e.kind == Kind::Unlock && e.object == mutex && e.value == 1 && by(e.thread);
    let to = events[..end].iter().rposition(wrote)?;
    // Whoever comes back from a wait has the lock again.
    let took = |e: &Event| {
        e.thread == events[to].thread
            && (e.kind == Kind::Lock && e.object == mutex
                || matches!(e.kind, Kind::Wake | Kind::SpuriousWake | Kind::TimedOut) && e.object != NONE)
    };
    let from = events[..to].iter().rposition(took)?;
    Some(Change { from, to })
}

/// The last notification of a condition variable before event `end`.
pub(super) fn last_notification(trace: &Trace, condvar: u32, end: usize) -> Option<usize> {
    let notifies = |e: &Event| matches!(e.kind, Kind::NotifyOne | Kind::NotifyAll) && e.object == condvar;
    trace.events[..end].iter().rposition(notifies)
}

/// Of a wait that ended because its time was up: the change that came in time for it, and that nobody told it of.
pub(super) fn explain(trace: &Trace, names: &Names, time_is_up: usize) -> Option<String> {
    let event = &trace.events[time_is_up];
    if event.object == NONE {
        return None;
    }
    let mine = |e: &Event| e.thread == event.thread && e.kind == Kind::Wait && e.object == event.object;
    let wait = trace.events[..time_is_up].iter().rposition(mine)?;
    let others = |t: usize| t != event.thread;
    let locked = last_change(trace, trace.events[wait].value as u32, time_is_up, others);
    let stored = trace.events[..time_is_up]
        .iter()
        .rposition(|e| others(e.thread) && matches!(e.kind, Kind::Store | Kind::Update));
    let (change, object) = match (locked, stored) {
        (Some(change), stored) if stored.is_none_or(|i| i < change.to) => {
            (change, trace.events[wait].value as u32)
        }
        (_, Some(i)) => (Change { from: i, to: i }, trace.events[i].object),
        _ => return None,
    };
    let notified = last_notification(trace, event.object, time_is_up)?;
    let (told, changed) = (&trace.events[notified], &trace.events[change.from]);
    let who = names.thread(event.thread);
    let (what, at, on) = (names.object(object), names.at(changed.loc), names.at(told.loc));
    if told.thread != changed.thread {
        return None;
    }
    // Only a call that belongs to the change is blamed: nothing lies between the two.
    let at_once = |first: usize, then: usize| {
        let between = trace.events.get(first + 1..then).unwrap_or_default();
        first < then && !between.iter().any(|e| e.thread == told.thread && e.kind != Kind::Switch)
    };
    if at_once(notified, change.from) && change.to > wait {
        // Told, looked, and saw nothing new.
        return Some(format!(
            "{} notified at {on}, and changed {what} only after that ({at}): {who} slept on until its time was up. Such a \
             wake-up is lost: change first, then notify.",
            names.thread(told.thread)
        ));
    }
    if at_once(change.to, notified) && notified < wait && told.value == 0 {
        return Some(format!(
            "{} changed {what} at {at} and notified at {on}, when nobody was waiting; {who} began to wait after that, and \
             slept until its time was up. Such a wake-up is lost: look at the condition and wait under one lock.",
            names.thread(told.thread)
        ));
    }
    None
}
