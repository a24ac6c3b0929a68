//! Plain memory that threads share: every access must be ordered by happens-before.

use crate::engine::Oid;
use crate::engine::code;
use crate::engine::world::{Access, PlainState, State, Step};
use crate::failure::FailureKind;
use crate::names;
use crate::trace::Kind;

impl Step<'_> {
    /// A read or write of plain memory; two unordered ones, one of them a write, are a data race.
    pub(crate) fn plain(&mut self, cell: Oid, write: bool) {
        self.depend(if write { code::PLAIN_WRITE } else { code::PLAIN_READ }, cell, write);
        let (me, loc) = (self.me, self.loc);
        let clock = self.thread().clock.clone();
        let State::Plain(PlainState { write: last, reads }) = &mut self.object(cell).state else { return };
        let unordered = |access: &&Access| access.0 != me && access.1 > clock.get(access.0);
        let mut clash = last.as_ref().filter(unordered).map(|access| (*access, "written"));
        if write && clash.is_none() {
            clash = reads.iter().find(unordered).map(|access| (*access, "read"));
        }
        let access = (me, clock.get(me), loc);
        if write {
            *last = Some(access);
            reads.clear();
        } else {
            reads.push(access);
        }
        self.log(if write { Kind::PlainWrite } else { Kind::PlainRead }, cell, 0, 0);
        if let Some(((other, _, place), how)) = clash {
            let message = format!(
                "{} by {} at {} and {how} by {} at {}, and nothing orders the two",
                if write { "written" } else { "read" },
                self.world.thread_name(me),
                names::short(loc),
                self.world.thread_name(other),
                names::short(place),
            );
            self.world.fail(FailureKind::DataRace, message, Some(me));
            if let Some(note) = &mut self.world.failure {
                note.against = Some((other, place));
            }
        }
    }
}
