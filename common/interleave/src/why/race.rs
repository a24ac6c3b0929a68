//! Data races: two accesses of plain memory, and why nothing orders them.

use super::Told;
use crate::engine::FailureNote;
use crate::names::Names;
use crate::trace::{Event, Kind, Trace};

/// Tells the two accesses, and what the second thread saw in between that it may have trusted.
pub(super) fn explain(note: &FailureNote, trace: &Trace, names: &Names, told: &mut Told) {
    let events = &trace.events;
    let pair = note.thread.zip(note.against).and_then(|(thread, (other, place))| {
        let second = events.iter().rposition(|e| e.thread == thread && is_plain(e))?;
        let is_first = |e: &Event| {
            e.thread == other
                && is_plain(e)
                && e.object == events[second].object
                && ::std::ptr::eq(e.loc, place)
        };
        Some((events[..second].iter().rposition(is_first)?, second))
    });
    let Some((first, second)) = pair else { return told.because.push(note.message.clone()) };
    let (one, two) = (&events[first], &events[second]);
    let (who, other, what) = (names.thread(two.thread), names.thread(one.thread), names.object(two.object));
    let verb = |e: &Event| if e.kind == Kind::PlainWrite { "wrote" } else { "read" };
    told.because.push(format!(
        "{who} {} {what} at {}, {other} {} it at {}, and nothing orders the two.",
        verb(two),
        names.at(two.loc),
        verb(one),
        names.at(one.loc),
    ));
    told.because.push(match trusted(events, first, second) {
        Some((store, load)) => {
            let (wrote, read) = (names.at(events[store].loc), names.at(events[load].loc));
            let cure = match (is_release(&events[store]), is_acquire(&events[load])) {
                (false, false) => "both are relaxed. A release store and an acquire load would order",
                (false, true) => "the store is relaxed. A release store would order",
                _ => "the load is relaxed. An acquire load would order",
            };
            format!(
                "That {who} saw at {read} what {other} had written to {} at {wrote} orders nothing: {cure} \
                 what {other} did before and what {who} does after.",
                names.object(events[store].object),
            )
        }
        None => format!(
            "A lock around both would order them; so would a join, or an acquire load by {who} that sees a \
             release store that {other} made after its own."
        ),
    });
    told.focus.bad = vec![first, second];
    told.focus.kinds = Some(|_| true);
}

fn is_plain(e: &Event) -> bool {
    matches!(e.kind, Kind::PlainRead | Kind::PlainWrite)
}

/// A store by the first thread after its access, and the second one's load before its own that saw it, which order
/// nothing because one of them is too weak.
fn trusted(events: &[Event], first: usize, second: usize) -> Option<(usize, usize)> {
    let loads = (first + 1..second).rev().filter(|i| {
        let e = &events[*i];
        e.thread == events[second].thread && e.kind == Kind::Load
    });
    let mut pairs = loads.filter_map(|load| {
        let writes =
            |e: &Event| matches!(e.kind, Kind::Store | Kind::Update) && e.object == events[load].object;
        let store = events[..load].iter().rposition(writes)?;
        let seen = &events[store];
        let of_the_first = seen.kind == Kind::Store && seen.thread == events[first].thread;
        (store > first && of_the_first).then_some((store, load))
    });
    pairs.find(|(store, load)| !(is_release(&events[*store]) && is_acquire(&events[*load])))
}

/// The codes of orderings are those of `order_code`: 0 relaxed, 1 acquire, 2 release, 3 both, 4 sequentially consistent.
fn is_release(store: &Event) -> bool {
    matches!(store.extra, 2..=4)
}

fn is_acquire(load: &Event) -> bool {
    matches!(load.extra, 1 | 3 | 4)
}
