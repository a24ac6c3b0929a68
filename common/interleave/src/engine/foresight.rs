//! Foreseeing which state a step leads to, so that a run that could only come to a known one need not be made.
//!
//! What a thread does from one choice to its next operation depends on its own past, on the objects that its operation
//! names and on those that it holds. Whoever takes a step with the same view of all that adds the same to the
//! happens-before hash. So the first such step teaches what every other one will do, whatever else has happened
//! meanwhile. A step that touches anything besides, or starts a thread, teaches nothing.

use super::hash::{AsIs, mix};
use super::world::{State, ThreadState, World};
use super::{Doing, Oid, Op, Tid, Why};
use ::std::collections::HashMap;
use ::std::hash::BuildHasherDefault;

/// More steps than this are not learned.
const MOST: usize = 1_000_000;
/// In the key of a state: what each wake-up for no reason that is left adds.
const LUCK: u64 = 0x9E37_79B9_7F4A_7C15;
/// In the key of a state: the thread that has just run lets others go first.
const YIELDS: u64 = 0x1_0000;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lesson {
    /// Added to the happens-before hash.
    hash: u64,
    /// How the thread stood afterwards.
    code: u64,
    /// Wake-ups and failures for no reason that it used up.
    luck: u32,
}

/// What is known about steps, each by the thread's view before it; `None` where two with the same view differed.
#[derive(Debug, Default)]
pub(super) struct Foresight(HashMap<u64, Option<Lesson>, BuildHasherDefault<AsIs>>);

/// A step that could be taken: the state before it, as far as the step does not change it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prospect {
    hash: u64,
    others: u64,
    /// What the thread's step depends on; 0 if that is not known.
    view: u64,
    thread: u8,
    /// How often in a row the thread has yielded while nothing happened elsewhere.
    yields: u8,
}

/// The step that is being taken.
#[derive(Debug, Default)]
pub(super) struct Stride {
    thread: Tid,
    /// 0 when nothing can be learned from it.
    view: u64,
    hash: u64,
    luck: u32,
    /// What it may touch: this, and what is made on the way.
    objects: Vec<Oid>,
    made_from: usize,
    threads: usize,
    /// Whether its thread is taken for one that polls if its next load repeats the last one.
    polls_next: bool,
}

impl Stride {
    /// Whether it may not touch this.
    fn is_far(&self, object: Oid) -> bool {
        (object as usize) < self.made_from && !self.objects.contains(&object)
    }
}

impl Foresight {
    fn learn(&mut self, view: u64, lesson: Lesson) {
        if self.0.len() < MOST {
            let known = self.0.entry(view).or_insert(Some(lesson));
            if *known != Some(lesson) {
                *known = None;
            }
        }
    }

    /// The key of the state that a step leads to, and who has run last there, if it matters: where that thread lets
    /// others go first, the key tells all.
    pub(super) fn of(&self, prospect: &Prospect) -> Option<(u64, Option<Tid>)> {
        let lesson = self.0.get(&prospect.view).copied().flatten().filter(|_| prospect.view != 0)?;
        let thread = Tid::from(prospect.thread);
        let standing = standing(thread, lesson.code).wrapping_sub(u64::from(lesson.luck).wrapping_mul(LUCK));
        let mut rest = prospect.others.wrapping_add(standing);
        let yields = lesson.code == ThreadState::YIELDS || ThreadState::polls_by(lesson.code);
        if yields {
            let insists =
                lesson.code == ThreadState::YIELDS && World::may_insist(u32::from(prospect.yields) + 1);
            rest = rest.wrapping_add(yielding(thread, insists));
        }
        Some((mix(prospect.hash.wrapping_add(lesson.hash), rest), (!yields).then_some(thread)))
    }
}

/// How one thread stands, for the key of a state.
fn standing(thread: Tid, code: u64) -> u64 {
    mix(thread as u64 + 1, code)
}

fn yielding(thread: Tid, insists: bool) -> u64 {
    mix(YIELDS + thread as u64, u64::from(insists))
}

impl World {
    /// What two equal states have in common: the happens-before graph, and what can come of it.
    pub(super) fn state_key(&self, me: Tid, yields: bool, insists: bool) -> u64 {
        let mut rest = self.standing_but(self.threads.len());
        if yields {
            rest = rest.wrapping_add(yielding(me, insists));
        }
        mix(self.hash, rest)
    }

    /// How all threads but one stand, and the luck that is left.
    fn standing_but(&self, thread: Tid) -> u64 {
        let codes = self.threads.iter().enumerate().filter(|(t, _)| *t != thread);
        codes.fold(u64::from(self.luck).wrapping_mul(LUCK), |sum, (t, state)| {
            sum.wrapping_add(standing(t, state.state_code()))
        })
    }

    /// The next step of `thread`, if it is chosen to go on for this reason.
    pub(super) fn prospect(&self, thread: Tid, why: Why, takes_luck: bool) -> Prospect {
        let Some(view) = self.view(thread, why, takes_luck) else { return Prospect::default() };
        let others = self.standing_but(thread).wrapping_sub(if takes_luck { LUCK } else { 0 });
        self.prospect_of(thread, self.hash, others, view)
    }

    fn prospect_of(&self, thread: Tid, hash: u64, others: u64, view: u64) -> Prospect {
        let spin = &self.threads[thread].spin;
        let yields = if spin.yields.1 == self.steps - spin.own_steps { spin.yields.0 } else { 0 };
        match (u8::try_from(thread), u8::try_from(yields)) {
            (Ok(thread), Ok(yields)) => Prospect { hash, others, view, thread, yields },
            _ => Prospect::default(),
        }
    }

    /// The rest of the step that is being taken, if its next choice goes this way.
    pub(super) fn prospect_within(&self, way: usize) -> Prospect {
        let stride = &self.stride;
        if stride.view == 0 {
            return Prospect::default();
        }
        let used = u64::from(stride.luck - self.luck).wrapping_mul(LUCK);
        let others = self.standing_but(stride.thread).wrapping_add(used);
        self.prospect_of(stride.thread, stride.hash, others, view_after(stride.view, way))
    }

    /// `thread` has been chosen.
    pub(super) fn stride_begins(&mut self, thread: Tid, why: Why) {
        let view = self.view(thread, why, false).unwrap_or(0);
        let state = &self.threads[thread];
        let mut objects = ::std::mem::take(&mut self.stride.objects);
        objects.clear();
        objects.extend(state.pending.into_iter().flat_map(named).flatten());
        objects.extend(state.held.iter().map(|held| held.object));
        self.stride = Stride {
            thread,
            view,
            hash: self.hash,
            luck: self.luck,
            objects,
            made_from: self.objects.len(),
            threads: self.threads.len(),
            polls_next: state.spin.is_about_to_poll(),
        };
    }

    /// The step that is being taken has touched an object.
    pub(super) fn stride_touches(&mut self, object: Oid) {
        if self.stride.view != 0 && self.stride.is_far(object) {
            self.stride.view = 0;
        }
    }

    /// The step that is being taken has come to a choice, and went this way.
    pub(super) fn stride_goes(&mut self, way: usize) {
        if self.stride.view != 0 {
            self.stride.view = view_after(self.stride.view, way);
        }
    }

    /// `me` has come to its next operation, or to its end.
    pub(super) fn stride_ends(&mut self, me: Tid) {
        let stride = &self.stride;
        let view = stride.view;
        if view == 0 || stride.thread != me || stride.threads != self.threads.len() {
            return;
        }
        let state = &self.threads[me];
        // Whether its next load repeats the last one depends on the atomic that it reads.
        let mut next = state.pending.into_iter().flat_map(named).flatten();
        if stride.polls_next && next.any(|object| stride.is_far(object)) {
            return;
        }
        let hash = self.hash.wrapping_sub(stride.hash);
        let lesson = Lesson { hash, code: state.state_code(), luck: stride.luck - self.luck };
        self.stride.view = 0;
        self.search.foresight().learn(view, lesson);
    }

    /// Everything that the next step of `thread` depends on; `None` where it is not known.
    fn view(&self, thread: Tid, why: Why, takes_luck: bool) -> Option<u64> {
        let state = &self.threads[thread];
        let op = state.pending?;
        let luck = self.luck - u32::from(takes_luck);
        let (last_fence, since_fence) = self.fence_order;
        let mut view = mix(state.hash, u64::from(luck) << 2 | why as u64);
        let now = if why == Why::TimedOut { self.now.max(state.deadline) } else { self.now };
        view = mix(mix(view, now), last_fence);
        view = mix(view, u64::from(state.spin.repeats) << 32 | state.spin.last.2 as u64);
        match op {
            // Which reads came before does not matter to a read.
            Op::Free(Doing::Reads(object)) => {
                let object = &self.objects[object as usize];
                view = mix(view, object.write_hash);
                if let State::Atomic(atomic) = &object.state {
                    view = mix(view, atomic.sequential as u64);
                }
            }
            // A rendezvous depends on who waits at the other end.
            Op::Free(Doing::TriesToSend(_)) => return None,
            Op::Free(Doing::Fences) => view = mix(view, since_fence),
            Op::Free(Doing::Unparks(other)) => view = mix(view, other as u64),
            Op::Park { .. } => view = mix(mix(view, state.token_hash), u64::from(state.token)),
            Op::Join(child) | Op::Free(Doing::AsksForEnd(child)) => {
                let child = &self.threads[child];
                view = mix(mix(view, child.hash), u64::from(child.finished));
            }
            _ => {
                for object in named(op).into_iter().flatten() {
                    view = mix(view, self.objects[object as usize].hashes());
                }
            }
        }
        for held in &state.held {
            view = mix(view, self.objects[held.object as usize].hashes());
        }
        // 0 is kept for what is not known.
        Some(view.max(1))
    }
}

fn view_after(view: u64, way: usize) -> u64 {
    mix(view, way as u64 + 1).max(1)
}

/// The objects that an operation names.
fn named(op: Op) -> [Option<Oid>; 2] {
    match op {
        Op::Lock(a)
        | Op::ReadLock(a)
        | Op::WriteLock(a)
        | Op::Send(a)
        | Op::Taken(a, _)
        | Op::Recv { channel: a, .. }
        | Op::Token { token: a, .. }
        | Op::Meet(a) => [Some(a), None],
        Op::Wake { condvar, mutex, .. } | Op::Free(Doing::BeginsToWait { condvar, mutex }) => {
            [Some(condvar), Some(mutex)]
        }
        Op::Free(
            Doing::Reads(a)
            | Doing::Writes(a)
            | Doing::Changes(a)
            | Doing::Tries(a)
            | Doing::GivesBack(a)
            | Doing::TriesToSend(a)
            | Doing::TriesToReceive(a)
            | Doing::LooksAt(a)
            | Doing::Notifies(a)
            | Doing::NotifiesAll(a)
            | Doing::Uses(a),
        ) => [Some(a), None],
        Op::Start
        | Op::Join(_)
        | Op::Park { .. }
        | Op::Sleep
        | Op::Yield
        | Op::Free(Doing::Fences | Doing::Unparks(_) | Doing::AsksForEnd(_) | Doing::GoesOn) => [None, None],
    }
}
