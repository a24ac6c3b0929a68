//! Threads that wait for ever: who holds what, who waits for whom, which notification was lost.

use super::{Cause, Told, slept_through};
use crate::engine::{FailureNote, Waiting, Want, circle};
use crate::failure::Blocked;
use crate::names::Names;
use crate::trace::{Event, Kind, NONE, Trace};

pub(super) fn explain(note: &FailureNote, trace: &Trace, names: &Names, told: &mut Told) {
    for w in &note.waiting {
        told.because.push(sentence(w, trace, names));
        told.blocked.push(blocked(w, names));
    }
    let circle = circle(&note.waiting);
    told.cause = cause(note, circle.as_deref());
    match (told.cause, circle) {
        (Cause::SelfDeadlock, _) => told.because.push(
            "Such a lock cannot be taken twice by one thread: the second `lock` waits for the first guard, which \
             cannot be dropped any more."
                .into(),
        ),
        (_, Some(circle)) => told.because.push(circle_sentence(&circle, note, names)),
        (Cause::LostWakeup, None) => no_notification(note, trace, names, told),
        _ if note.waiting.iter().any(|w| w.wants == Want::Message) => told.because.push(
            "A receiver sees the end of a channel only when every sender is dropped; one is still alive.".into(),
        ),
        _ => {}
    }
    focus(note, trace, told);
}

fn cause(note: &FailureNote, circle: Option<&[usize]>) -> Cause {
    let waits = |t: &usize| note.waiting.iter().find(|w| w.thread == *t);
    let for_a_lock =
        |w: &Waiting| matches!(w.wants, Want::Lock | Want::ReadLock | Want::WriteLock | Want::Relock);
    let notified = |w: &Waiting| w.wants == Want::Notification;
    match circle {
        Some([_]) => Cause::SelfDeadlock,
        Some(circle) if circle.iter().filter_map(waits).all(for_a_lock) => Cause::LockOrder,
        Some(_) => Cause::Unexplained,
        // Whoever should notify may wait for what the waiter keeps.
        None if note
            .waiting
            .iter()
            .any(|w| for_a_lock(w) && w.on.iter().any(|t| waits(t).is_some_and(notified))) =>
        {
            Cause::Unexplained
        }
        None if note.waiting.iter().any(notified) => Cause::LostWakeup,
        None => Cause::Unexplained,
    }
}

fn want(w: &Waiting, names: &Names) -> String {
    let object = names.object(w.object);
    match w.wants {
        Want::Lock => object.into(),
        Want::ReadLock => format!("{object}, to read"),
        Want::WriteLock => format!("{object}, to write"),
        Want::Relock => format!("{object} back"),
        Want::Notification => format!("a notification on {object}"),
        Want::Room => format!("room in {object}"),
        Want::Message => format!("a message on {object}"),
        Want::End => format!("the end of {}", names.thread(w.object as usize)),
        Want::Unpark => "somebody to unpark it".into(),
        Want::Company => "the others".into(),
        Want::Token if w.object == NONE => "somebody to wake it".into(),
        Want::Token => object.into(),
    }
}

pub(super) fn sentence(w: &Waiting, trace: &Trace, names: &Names) -> String {
    let who = names.thread(w.thread);
    if w.wants == Want::Company {
        return format!("{who} is at work at {} and waits there for the others.", names.at(w.at));
    }
    let holds: Vec<String> =
        w.holds.iter().map(|h| format!("{} (since {})", names.object(h.object), names.at(h.since))).collect();
    let holds = if holds.is_empty() { String::new() } else { format!(" holds {} and", holds.join(" and ")) };
    let mut by = String::new();
    if w.wants != Want::End && !w.on.is_empty() {
        let ended = |t: &usize| trace.events.iter().any(|e| e.kind == Kind::Exit && e.thread == *t);
        let who: Vec<&str> = w.on.iter().map(|t| names.thread(*t)).collect();
        by = match &w.on[..] {
            [t] if *t == w.thread => ", which it holds itself".into(),
            on if on.iter().any(ended) => format!(", which {} still held when it ended", who.join(" and ")),
            _ => format!(", held by {}", who.join(" and ")),
        };
    }
    format!("{who}{holds} waits at {} for {}{by}.", names.at(w.at), want(w, names))
}

pub(super) fn blocked(w: &Waiting, names: &Names) -> Blocked {
    let wants = match w.wants {
        Want::Lock | Want::Relock => "lock",
        Want::ReadLock => "read lock",
        Want::WriteLock => "write lock",
        Want::Notification => "notification",
        Want::Room => "room",
        Want::Message => "message",
        Want::End => "end of thread",
        Want::Unpark => "unpark",
        Want::Company => "others",
        Want::Token => "wake-up",
    };
    let object = match w.wants {
        Want::End => names.thread(w.object as usize).into(),
        Want::Unpark => String::new(),
        Want::Token if w.object == NONE => String::new(),
        Want::Company => format!("{} of {}", w.meeting.0, w.meeting.1),
        _ => names.object(w.object).into(),
    };
    Blocked {
        thread: w.thread,
        name: names.thread(w.thread).into(),
        wants: wants.into(),
        object,
        held_by: w.on.clone(),
        holds: w.holds.iter().map(|h| names.object(h.object).into()).collect(),
        place: names.place(w.at),
    }
}

fn circle_sentence(circle: &[usize], note: &FailureNote, names: &Names) -> String {
    let step = |(i, t): (usize, &usize)| {
        let next = names.thread(circle[(i + 1) % circle.len()]);
        let wants = note.waiting.iter().find(|w| w.thread == *t);
        match wants {
            Some(w) if w.wants != Want::End => {
                format!("{} waits for {next}, which holds {}", names.thread(*t), names.object(w.object))
            }
            _ => format!("{} waits for {next} to end", names.thread(*t)),
        }
    };
    let steps: Vec<String> = circle.iter().enumerate().map(step).collect();
    format!("Circle: {}. If all take the locks in one agreed order, it cannot close.", steps.join("; "))
}

/// Why nobody wakes the waiter.
fn no_notification(note: &FailureNote, trace: &Trace, names: &Names, told: &mut Told) {
    if !changed_untold(note, trace, names, told) {
        lost_notification(note, trace, names, told);
    }
}

/// What others changed, under the waiter's lock, after the last notification that it could have had.
fn changed_untold(note: &FailureNote, trace: &Trace, names: &Names, told: &mut Told) -> bool {
    for w in note.waiting.iter().filter(|w| w.wants == Want::Notification) {
        let waits = |e: &Event| e.thread == w.thread && e.kind == Kind::Wait && e.object == w.object;
        let Some(wait) = trace.events.iter().rposition(waits) else { continue };
        let mutex = trace.events[wait].value as u32;
        let Some(change) = slept_through::last_change(trace, mutex, trace.events.len(), |t| t != w.thread)
        else {
            continue;
        };
        let notified = slept_through::last_notification(trace, w.object, trace.events.len());
        // Who notifies while it holds the lock tells of its change, even if that comes later.
        if notified.is_some_and(|notified| notified > change.from) {
            continue;
        }
        // Whom the last notification woke used it up.
        let changed_by = trace.events[change.from].thread as u64;
        let used = |i: usize| trace.events[i].kind == Kind::NotifyOne && trace.events[i].extra == changed_by;
        if notified.is_some_and(|i| trace.events[i].value == 1 && used(i)) {
            lost_notification(note, trace, names, told);
        }
        let (lock, who) = (names.object(mutex), names.thread(trace.events[change.from].thread));
        let at = names.at(trace.events[change.from].loc);
        told.because.push(match notified.map(|i| &trace.events[i]) {
            Some(last) => format!(
                "{who} changed {lock} after the last notification on {} ({}), under the lock taken at {at}: nobody was told \
                 of that change.",
                names.object(w.object),
                names.at(last.loc)
            ),
            None => {
                told.cause = Cause::NeverNotified;
                format!(
                    "Nobody ever notifies {}. The last to change {lock} was {who}, under the lock taken at {at}.",
                    names.object(w.object)
                )
            }
        });
        told.focus.bad.extend(notified);
        told.focus.bad.push(change.to);
        told.focus.also.push(change.from);
        return true;
    }
    false
}

/// The notification that should have woken the waiter.
fn lost_notification(note: &FailureNote, trace: &Trace, names: &Names, told: &mut Told) {
    let waited_for =
        |object: u32| note.waiting.iter().any(|w| w.wants == Want::Notification && w.object == object);
    let others_wait = |object: u32, woken: usize| {
        let mut waiting = note.waiting.iter().filter(|w| w.wants == Want::Notification && w.object == object);
        waiting.any(|w| w.thread != woken)
    };
    let notifies = |e: &Event| matches!(e.kind, Kind::NotifyOne | Kind::NotifyAll) && waited_for(e.object);
    let last = |want: &dyn Fn(&Event) -> bool| trace.events.iter().rposition(|e| notifies(e) && want(e));
    if let Some(i) = last(&|e| e.value == 0) {
        let event = &trace.events[i];
        looked_too_early(note, trace, names, i, told);
        told.because.push(format!(
            "{}'s notification at {} came when nobody was waiting, and notifications are not kept: look at the \
             condition and wait under one lock.",
            names.thread(event.thread),
            names.at(event.loc)
        ));
        told.focus.bad.push(i);
    } else if let Some(i) = last(&|_| true) {
        let event = &trace.events[i];
        let (at, woken) = (names.at(event.loc), event.extra as usize);
        told.because.push(if event.kind == Kind::NotifyAll {
            format!("The last notification ({at}) woke all who waited then; whoever began to wait later is never told.")
        } else if waits_again(trace, i, woken) && !others_wait(event.object, woken) {
            format!(
                "The last notification ({at}) woke {}, who looked, saw nothing new, and waits again: change first, then \
                 notify.",
                names.thread(woken)
            )
        } else if waits_again(trace, i, woken) {
            format!(
                "The last notification ({at}) woke {}, who could do nothing with it, while the thread that could go on \
                 sleeps: one condition variable serves two conditions.",
                names.thread(woken)
            )
        } else {
            format!(
                "The last notification ({at}) woke {} alone. Where others wait too, each must be told: notify all, or \
                 once for each.",
                names.thread(woken)
            )
        });
        told.focus.bad.push(i);
    } else {
        told.cause = Cause::NeverNotified;
        told.because.push("Nobody ever notifies it.".into());
    }
}

/// What the waiter read before it waited, and whoever notified at event `notified` changed in between: an atomic that no
/// lock ties to the wait.
fn looked_too_early(note: &FailureNote, trace: &Trace, names: &Names, notified: usize, told: &mut Told) {
    let events = &trace.events;
    let by = events[notified].thread;
    let waits_for_it = |w: &&Waiting| w.wants == Want::Notification && w.object == events[notified].object;
    for w in note.waiting.iter().filter(waits_for_it) {
        let looks = |e: &Event| e.thread == w.thread && matches!(e.kind, Kind::Load | Kind::StaleLoad);
        let changed = |look: usize| {
            let writes = |e: &Event| {
                e.thread == by
                    && e.object == events[look].object
                    && matches!(e.kind, Kind::Store | Kind::Update)
            };
            (look..notified).find(|i| writes(&events[*i]))
        };
        let looked = (0..notified).rev().filter(|i| looks(&events[*i]));
        let Some((look, change)) = looked.filter_map(|look| Some((look, changed(look)?))).next() else {
            continue;
        };
        told.because.push(format!(
            "{} read {} at {}; {} wrote it at {} only after that.",
            names.thread(w.thread),
            names.object(events[look].object),
            names.at(events[look].loc),
            names.thread(by),
            names.at(events[change].loc),
        ));
        told.focus.also.extend([look, change]);
    }
}

/// Whether the thread that event `i` notified went back to wait at once, on the same condition variable.
fn waits_again(trace: &Trace, i: usize, woken: usize) -> bool {
    let notified = &trace.events[i];
    let mut later = trace.events[i + 1..].iter().filter(|e| e.thread == woken);
    later.any(|e| e.kind == Kind::Wake && e.object == notified.object)
        && later
            .find(|e| matches!(e.kind, Kind::Wait | Kind::Unlock | Kind::Exit))
            .is_some_and(|e| e.kind == Kind::Wait && e.object == notified.object)
}

/// The locks in question, as they were last taken, and the wishes at the end.
fn focus(note: &FailureNote, trace: &Trace, told: &mut Told) {
    let mut objects: Vec<u32> = note
        .waiting
        .iter()
        .filter(|w| !matches!(w.wants, Want::End | Want::Unpark))
        .flat_map(|w| w.holds.iter().map(|h| h.object).chain([w.object]))
        .filter(|o| *o != NONE)
        .collect();
    objects.sort_unstable();
    objects.dedup();
    for w in &note.waiting {
        let wish = |e: &Event| {
            e.thread == w.thread
                && matches!(
                    e.kind,
                    Kind::WantLock
                        | Kind::WantRead
                        | Kind::WantWrite
                        | Kind::WantRecv
                        | Kind::WantSend
                        | Kind::WantJoin
                        | Kind::WantUnpark
                        | Kind::WantMeet
                        | Kind::WantToken
                        | Kind::Wait
                )
        };
        told.focus.bad.extend(trace.events.iter().rposition(wish));
        for held in &w.holds {
            let taken = |e: &Event| {
                e.thread == w.thread
                    && e.object == held.object
                    && matches!(e.kind, Kind::Lock | Kind::Read | Kind::Write)
            };
            told.focus.also.extend(trace.events.iter().rposition(taken));
        }
    }
    if matches!(told.cause, Cause::LostWakeup | Cause::NeverNotified) {
        // Everything about the condition variable: who waited, who was told.
        told.focus.objects = objects;
    }
}
