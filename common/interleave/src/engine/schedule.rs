//! Deciding who runs next: which threads can go on, at what cost, and when none can.

use super::asking::RawWay;
use super::code;
use super::world::{State, ThreadState, World};
use super::{Oid, Op, Tid, Why};
use crate::failure::FailureKind;
use crate::names;
use crate::trace::{Kind, Loc, NONE};

/// After this many equal loads in a row, alone and seeing the newest value, for one that will never stop.
const HOPELESS: u32 = 50;
/// After this many steps in a row a thread lets others go first, for free: what can only go on for ever under an
/// unfair scheduler is no fault of the program.
const FAIR: usize = 200;
/// How often in a row a yielding thread may insist on going straight on while nothing happens elsewhere.
const INSISTENT: u32 = 2;

/// Who goes on.
pub(super) enum Decision {
    Run(Tid),
    /// All have ended, or the execution has failed.
    Over,
}

/// One way to go on.
#[derive(Clone, Copy)]
struct Choice {
    cost: u8,
    thread: Tid,
    why: Why,
}

impl World {
    /// Notes what `me` is about to do, and that it must wait, if it must.
    pub(super) fn announce(&mut self, me: Tid, op: Op, loc: Loc) {
        let steps = self.steps;
        let thread = &mut self.threads[me];
        thread.pending = Some(op);
        thread.at = loc;
        thread.since = steps;
        if !::std::mem::take(&mut thread.spin.armed) && op != Op::Yield {
            thread.spin.last = (0, NONE, 0);
            thread.spin.repeats = 0;
        }
        if self.reason_to_run(me) == Some(Why::Normal) {
            return;
        }
        if matches!(op, Op::Token { .. }) {
            self.note_what_the_task_awaits(me);
        } else if let Some((kind, object)) = wish(op)
            && !self.is_turns(object)
        {
            let holder = self.holders(object).first().map_or(0, |t| *t as u64 + 1);
            self.event(me, kind, object, holder, 0, loc);
        }
    }

    /// Whether `thread` can take its next step, and what would wake it.
    pub(super) fn reason_to_run(&self, thread: Tid) -> Option<Why> {
        let state = &self.threads[thread];
        if state.finished {
            return None;
        }
        let free = |m: Oid| matches!(self.objects[m as usize].state, State::Mutex { owner: None });
        let when = |can: bool| can.then_some(Why::Normal);
        match state.pending? {
            Op::Start | Op::Free(_) | Op::Yield => Some(Why::Normal),
            Op::Sleep => Some(Why::TimedOut),
            Op::Lock(m) => when(free(m)),
            Op::ReadLock(l) => {
                when(matches!(self.objects[l as usize].state, State::RwLock { writer: None, .. }))
            }
            Op::WriteLock(l) => when(matches!(
                &self.objects[l as usize].state,
                State::RwLock { writer: None, readers } if readers.is_empty()
            )),
            Op::Wake { mutex, timed, .. } => {
                if !free(mutex) {
                    None
                } else if state.notified {
                    Some(Why::Normal)
                } else if timed {
                    Some(Why::TimedOut)
                } else {
                    Some(Why::Spurious)
                }
            }
            Op::Send(c) => when(matches!(
                &self.objects[c as usize].state,
                State::Channel(c) if !c.receiver || c.capacity.is_none_or(|most| c.length < most.max(1))
            )),
            Op::Taken(c, message) => when(matches!(
                &self.objects[c as usize].state,
                State::Channel(c) if !c.receiver || c.taken >= message
            )),
            Op::Recv { channel, timed } => match &self.objects[channel as usize].state {
                State::Channel(c) if c.length > 0 || c.senders == 0 => Some(Why::Normal),
                _ => timed.then_some(Why::TimedOut),
            },
            Op::Token { token, timed } => match self.objects[token as usize].state {
                State::Token { set: true, .. } => Some(Why::Normal),
                _ => timed.then_some(Why::TimedOut),
            },
            Op::Meet(m) => when(matches!(
                self.objects[m as usize].state,
                State::Meeting { wanted, arrived } if arrived >= wanted
            )),
            Op::Join(child) => when(self.threads[child].finished),
            Op::Park { timed } => Some(if state.token {
                Why::Normal
            } else if timed {
                Why::TimedOut
            } else {
                Why::Spurious
            }),
        }
    }

    /// Who runs next? `me` has just announced an operation, or ended.
    pub(super) fn decide(&mut self, me: Tid) -> Decision {
        self.steps += 1;
        if self.failure.is_some() || self.search.stopped() {
            return Decision::Over;
        }
        if self.steps > self.settings.max_steps {
            self.fail_endless(me);
            return Decision::Over;
        }

        // A thread that yields, or polls, lets the others go first: that is free. Going straight on is
        // possible too (a yield promises nothing) but counts as bad luck, and only while it is not
        // plain that nothing will come of it.
        let reasons: Vec<Option<Why>> = (0..self.threads.len()).map(|t| self.reason_to_run(t)).collect();
        self.leave_a_mark(me);
        self.stride_ends(me);
        let others = (0..reasons.len()).filter(|t| *t != me && reasons[*t] == Some(Why::Normal)).count();
        let insists = self.note_yield(me);
        let polls = self.threads[me].spin.polls();
        // A fair scheduler takes the turn from a thread that never stops, sooner or later.
        let tired = self.turns_in_a_row(me) > FAIR;
        let yields = self.threads[me].pending == Some(Op::Yield) || polls || tired;
        let could = reasons[me] == Some(Why::Normal);
        let keeps = could && !(yields && others > 0);
        // Nor does it forget a thread that could go on all the time, while others yield to each other.
        let forgotten = |t: Tid| t != me && self.threads[t].passed_over > FAIR;
        let forgets = yields && (0..reasons.len()).any(|t| reasons[t] == Some(Why::Normal) && forgotten(t));

        let mut choices = Vec::with_capacity(reasons.len() + 1);
        if keeps {
            choices.push(Choice { cost: 0, thread: me, why: Why::Normal });
        }
        for (thread, reason) in reasons.iter().enumerate() {
            if thread != me && *reason == Some(Why::Normal) && (!forgets || forgotten(thread)) {
                // Taking the turn from a thread that could go on is a pre-emption.
                choices.push(Choice { cost: u8::from(keeps), thread, why: Why::Normal });
            }
        }
        if choices.is_empty() {
            // Time passes when nobody can move: the earliest deadline, free of charge.
            let timed = (0..reasons.len()).filter(|t| reasons[*t] == Some(Why::TimedOut));
            match timed.min_by_key(|t| self.threads[*t].deadline) {
                Some(thread) => choices.push(Choice { cost: 0, thread, why: Why::TimedOut }),
                None => return self.nobody_can_move(),
            }
        } else if could && !keeps && insists {
            choices.push(Choice { cost: 1, thread: me, why: Why::Normal });
        }
        if self.spins_alone(me, &choices) {
            return Decision::Over;
        }
        let free_thread = (choices[0].why == Why::TimedOut).then_some(choices[0].thread);
        if self.luck > 0 {
            for (thread, reason) in reasons.iter().enumerate() {
                if let Some(why @ (Why::TimedOut | Why::Spurious)) = *reason
                    && free_thread != Some(thread)
                {
                    choices.push(Choice { cost: 1, thread, why });
                }
            }
            // Who waits for a time may be woken before it for no reason, as others may.
            for (thread, reason) in reasons.iter().enumerate() {
                let pending = self.threads[thread].pending;
                let wakes = matches!(pending, Some(Op::Wake { .. } | Op::Park { .. }));
                if wakes && *reason == Some(Why::TimedOut) {
                    choices.push(Choice { cost: 1, thread, why: Why::Spurious });
                }
            }
        }

        if self.settings.merge && self.search.wants_state() {
            let key = self.state_key(me, yields, insists);
            self.search.note_state(key, keeps.then_some(me));
        }
        let Choice { cost, thread, why } = choices[self.pick(&choices, free_thread)];
        if cost > 0 && why == Why::Normal && keeps {
            let at = self.threads[me].at;
            self.event(me, Kind::Switch, NONE, 0, 0, at);
        }
        if takes_luck(&Choice { cost, thread, why }, free_thread) {
            self.luck -= 1;
        }
        if why == Why::TimedOut {
            self.now = self.now.max(self.threads[thread].deadline);
        }
        for (t, reason) in reasons.iter().enumerate() {
            let passed = &mut self.threads[t].passed_over;
            *passed = if t != thread && *reason == Some(Why::Normal) { *passed + 1 } else { 0 };
        }
        self.threads[thread].why = why;
        self.threads[thread].last_step = self.steps;
        self.in_a_row = if self.in_a_row.0 == thread { (thread, self.in_a_row.1 + 1) } else { (thread, 0) };
        self.began = (thread, self.hash);
        if self.settings.merge {
            self.stride_begins(thread, why);
        }
        Decision::Run(thread)
    }

    /// Too many steps under a scheduler that is fair: who goes on without getting anywhere, and who is left out?
    fn fail_endless(&mut self, me: Tid) {
        let (steps, half) = (self.steps, self.steps / 2);
        let unfinished = |t: &Tid| !self.threads[*t].finished;
        let going: Vec<Tid> = (0..self.threads.len())
            .filter(unfinished)
            .filter(|t| self.threads[*t].last_step > half || *t == me)
            .collect();
        let left_out = (0..self.threads.len()).filter(unfinished).find(|t| {
            let thread = &self.threads[*t];
            let waits = thread.pending.is_some_and(|op| {
                matches!(op, Op::Lock(_) | Op::ReadLock(_) | Op::WriteLock(_) | Op::Wake { .. } | Op::Send(_))
            });
            waits && thread.since < half && self.reason_to_run(*t) != Some(Why::Normal)
        });
        let names =
            |threads: &[Tid]| threads.iter().map(|t| self.thread_name(*t)).collect::<Vec<_>>().join(" and ");
        let (kind, thread, message) = if let Some(t) = left_out {
            let thread = &self.threads[t];
            let message = format!(
                "{} has waited at {} through the last {} steps, while {} went on and on",
                self.thread_name(t),
                names::short(thread.at),
                steps - thread.since,
                names(&going)
            );
            (FailureKind::Starved, t, message)
        } else if going.len() > 1 {
            let message = format!(
                "{} keep each other busy and get nowhere: still going after {steps} steps",
                names(&going)
            );
            (FailureKind::Livelock, me, message)
        } else {
            let message = format!(
                "still going after {steps} steps: a loop without end, or a program too long to explore"
            );
            (FailureKind::TooManySteps, me, message)
        };
        self.fail(kind, message, Some(thread));
        let waiting = left_out.and_then(|thread| self.waiting(thread));
        if let Some(failure) = &mut self.failure {
            failure.waiting.extend(waiting);
        }
    }

    /// A step that touched nothing is a step all the same. If it left the happens-before hash as it was, the state after
    /// it would be taken for the one before, and nothing that follows would be tried.
    fn leave_a_mark(&mut self, me: Tid) {
        if self.began == (me, self.hash) {
            self.depend(me, code::STEP, NONE, false);
        }
    }

    fn pick(&mut self, choices: &[Choice], free_thread: Option<Tid>) -> usize {
        if choices.len() == 1 {
            return 0;
        }
        let costs: Vec<u8> = choices.iter().map(|c| c.cost).collect();
        if self.search.is_played() {
            let ways =
                |_: &World| choices.iter().map(|c| RawWay::Runs { thread: c.thread, why: c.why }).collect();
            return self.choose(choices[0].thread, &costs, ways);
        }
        let mut prospects = Vec::new();
        if self.settings.merge && self.search.wants_state() {
            let takes_luck = |c: &Choice| takes_luck(c, free_thread);
            prospects.extend(choices.iter().map(|c| self.prospect(c.thread, c.why, takes_luck(c))));
        }
        self.search.choose_thread(&costs, &prospects, || {
            choices.iter().map(|c| (c.thread, c.why != Why::Normal)).unzip()
        })
    }

    fn turns_in_a_row(&self, me: Tid) -> usize {
        if self.in_a_row.0 == me { self.in_a_row.1 } else { 0 }
    }

    /// Whether `me`, if it yields, may still insist on going straight on.
    fn note_yield(&mut self, me: Tid) -> bool {
        let steps = self.steps;
        let thread = &mut self.threads[me];
        thread.spin.own_steps += 1;
        if thread.pending != Some(Op::Yield) {
            return false;
        }
        let others = steps - thread.spin.own_steps;
        let (in_a_row, then) = thread.spin.yields;
        thread.spin.yields = if then == others { (in_a_row + 1, others) } else { (1, others) };
        Self::may_insist(thread.spin.yields.0)
    }

    /// Whether a thread that has yielded so often in a row, while nothing happened elsewhere, may go straight on.
    pub(super) fn may_insist(in_a_row: u32) -> bool {
        in_a_row <= INSISTENT
    }

    /// A thread that polls, alone, and sees the newest value, can never see anything new.
    fn spins_alone(&mut self, me: Tid, choices: &[Choice]) -> bool {
        let spin = &self.threads[me].spin;
        if choices.len() != 1 || choices[0].thread != me || spin.repeats <= HOPELESS || !spin.newest {
            return false;
        }
        let at = self.threads[me].at;
        let message = format!(
            "{} asks again and again at {}, and nobody is left who could change the answer",
            self.thread_name(me),
            names::short(at)
        );
        self.fail(FailureKind::Livelock, message, Some(me));
        true
    }

    fn nobody_can_move(&mut self) -> Decision {
        if self.threads.iter().all(|t| t.finished) {
            if let Some(thread) = self.threads.iter().position(|t| t.panicked && !t.joined) {
                self.fail_with_panic(thread, "panicked".into());
            }
        } else {
            self.fail_blocked();
        }
        Decision::Over
    }

    /// Fails with the panic to tell: the first one, and where it ended up.
    pub(super) fn fail_with_panic(&mut self, thread: Tid, otherwise: String) {
        let (thread, message, place) = match &self.panics[..] {
            [] => (thread, otherwise, None),
            [first, .., last] if first.thread != last.thread => {
                let then = self.thread_name(last.thread);
                let message = format!("{}; then in {then}: {}", first.message, last.message);
                (first.thread, message, first.place.clone())
            }
            [first, ..] => (first.thread, first.message.clone(), first.place.clone()),
        };
        self.fail(FailureKind::Panic, message, Some(thread));
        if let Some(failure) = &mut self.failure {
            failure.place = place;
        }
    }
}

impl ThreadState {
    /// How it stands when it is about to yield.
    pub(super) const YIELDS: u64 = 2;

    /// How it stands, as far as that is not in the happens-before graph.
    pub(super) fn state_code(&self) -> u64 {
        match self.pending {
            None => 1,
            Some(Op::Yield) => Self::YIELDS,
            Some(_) => 3 + u64::from(self.finished) + (u64::from(self.spin.polls()) << 4),
        }
    }

    /// Whether a thread that stands so is taken for one that polls.
    pub(super) fn polls_by(code: u64) -> bool {
        code >> 4 & 1 == 1
    }
}

/// Whether going on so is one of the events that a schedule has a limited number of. `free_thread` is whose time is up
/// without any luck.
fn takes_luck(choice: &Choice, free_thread: Option<Tid>) -> bool {
    choice.why != Why::Normal && !(choice.why == Why::TimedOut && free_thread == Some(choice.thread))
}

/// How a thread that must wait says so in the trace.
pub(super) fn wish(op: Op) -> Option<(Kind, u32)> {
    match op {
        Op::Lock(m) => Some((Kind::WantLock, m)),
        Op::ReadLock(l) => Some((Kind::WantRead, l)),
        Op::WriteLock(l) => Some((Kind::WantWrite, l)),
        Op::Send(c) | Op::Taken(c, _) => Some((Kind::WantSend, c)),
        Op::Recv { channel, .. } => Some((Kind::WantRecv, channel)),
        Op::Meet(m) => Some((Kind::WantMeet, m)),
        Op::Join(t) => Some((Kind::WantJoin, t as u32)),
        Op::Park { .. } => Some((Kind::WantUnpark, NONE)),
        // What a task waits for is not its token.
        Op::Token { .. } | Op::Start | Op::Wake { .. } | Op::Sleep | Op::Yield | Op::Free(_) => None,
    }
}
