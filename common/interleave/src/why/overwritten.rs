//! Lost updates: a thread read, another changed, and the first wrote what it had worked out before.

use super::{Cause, Told};
use crate::names::Names;
use crate::trace::{Event, Kind, Trace};

/// Looks for a lost update; `false` when there is none.
pub(super) fn explain(trace: &Trace, names: &Names, told: &mut Told) -> bool {
    through_an_atomic(trace, names, told) || through_a_lock(trace, names, told)
}

/// Load, somebody else's write, store.
fn through_an_atomic(trace: &Trace, names: &Names, told: &mut Told) -> bool {
    let events = &trace.events;
    let writes = |e: &Event| matches!(e.kind, Kind::Store | Kind::Update);
    for (read, first) in events.iter().enumerate() {
        if !matches!(first.kind, Kind::Load | Kind::StaleLoad) {
            continue;
        }
        let of_mine = |e: &Event| e.thread == first.thread && e.object == first.object && is_access(e);
        let Some(write) = (read + 1..events.len()).find(|i| of_mine(&events[*i])) else { continue };
        if events[write].kind != Kind::Store {
            continue;
        }
        let of_another = |i: &usize| {
            let e = &events[*i];
            e.thread != first.thread && e.object == first.object && writes(e)
        };
        // A stale load is overtaken by a store that came before it, too.
        let overtaken = match first.kind {
            Kind::StaleLoad => (0..write).rev().find(of_another),
            _ => (read + 1..write).find(of_another),
        };
        let Some(other) = overtaken else { continue };
        let (who, what) = (names.thread(first.thread), names.object(first.object));
        told.because.push(format!(
            "{who} read {what} at {} and wrote it at {}; in between {} changed it ({}), and that change is overwritten.",
            names.at(first.loc),
            names.at(events[write].loc),
            names.thread(events[other].thread),
            names.at(events[other].loc),
        ));
        told.cause = Cause::LostUpdate;
        told.focus.objects = vec![first.object];
        told.focus.window = Some((read.min(other), write));
        told.focus.bad = vec![write];
        return true;
    }
    false
}

fn is_access(e: &Event) -> bool {
    matches!(e.kind, Kind::Load | Kind::StaleLoad | Kind::Store | Kind::Update | Kind::ExchangeFail)
}

/// A time during which a thread held a lock.
#[derive(Clone, Copy)]
struct Section {
    thread: usize,
    object: u32,
    from: usize,
    to: usize,
    wrote: bool,
    /// Whether it ended by waiting for a notification: who does that wants the others to change something.
    waits: bool,
}

fn sections(events: &[Event]) -> Vec<Section> {
    let mut done = Vec::new();
    let mut open: Vec<Section> = Vec::new();
    for (i, e) in events.iter().enumerate() {
        let ended = match e.kind {
            Kind::Lock | Kind::Read | Kind::Write => {
                let wrote = e.kind == Kind::Write;
                open.push(Section {
                    thread: e.thread,
                    object: e.object,
                    from: i,
                    to: events.len(),
                    wrote,
                    waits: false,
                });
                continue;
            }
            Kind::Unlock => Some((e.object, e.value == 1)),
            Kind::Wait => Some((e.value as u32, e.extra == 1)),
            Kind::ReadUnlock => Some((e.object, false)),
            Kind::WriteUnlock => Some((e.object, true)),
            _ => None,
        };
        let Some((object, wrote)) = ended else { continue };
        if let Some(at) = open.iter().rposition(|s| s.thread == e.thread && s.object == object) {
            done.push(Section { to: i, wrote, waits: e.kind == Kind::Wait, ..open.remove(at) });
        }
    }
    done.sort_by_key(|s| s.from);
    done
}

/// Looked under the lock, let it go, locked again and wrote; somebody else wrote in between.
fn through_a_lock(trace: &Trace, names: &Names, told: &mut Told) -> bool {
    let sections = sections(&trace.events);
    for (i, look) in sections.iter().enumerate() {
        let same = |s: &&Section| s.object == look.object;
        let mut later = sections[i + 1..].iter().filter(same);
        let Some(act) = later.clone().find(|s| s.thread == look.thread) else { continue };
        if look.wrote || look.waits || !act.wrote {
            continue;
        }
        let between =
            |s: &&Section| s.thread != look.thread && s.wrote && s.from > look.to && s.to < act.from;
        let Some(other) = later.find(between) else { continue };
        let at = |section: &Section| names.at(trace.events[section.from].loc);
        let what = names.object(look.object);
        told.because.push(format!(
            "{} looked at {what} under the lock at {}, let the lock go, and changed {what} under it at {}; in between {} \
             changed it ({}). What the first look saw no longer held.",
            names.thread(look.thread),
            at(look),
            at(act),
            names.thread(other.thread),
            at(other),
        ));
        told.cause = Cause::CheckThenAct;
        told.focus.objects = vec![look.object];
        told.focus.window = Some((look.from, act.to));
        told.focus.bad = vec![act.from];
        return true;
    }
    false
}
