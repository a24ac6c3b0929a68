//! When nobody can move: who waits for what, and who would have to act.

use super::world::{Awaits, Held, State, World};
use super::{Op, Tid};
use crate::failure::FailureKind;
use crate::trace::{Kind, Loc, NONE};

/// A thread that waits for ever.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) thread: Tid,
    pub(crate) wants: Want,
    /// The object it waits for; the thread's number for [`Want::End`].
    pub(crate) object: u32,
    pub(crate) at: Loc,
    /// The threads that would have to act.
    pub(crate) on: Vec<Tid>,
    pub(crate) holds: Vec<Held>,
    /// For [`Want::Company`]: how many have come to the meeting, and how many should.
    pub(crate) meeting: (usize, usize),
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Lock,
    ReadLock,
    WriteLock,
    /// A notification on a condition variable.
    Notification,
    /// The mutex, after having been notified.
    Relock,
    Room,
    Message,
    /// The end of a thread.
    End,
    /// Others at a meeting.
    Company,
    /// Its token.
    Token,
    Unpark,
}

impl World {
    /// Notes that whoever has not ended waits for ever.
    pub(super) fn fail_blocked(&mut self) {
        let waiting: Vec<Waiting> =
            (0..self.threads.len()).filter_map(|thread| self.waiting(thread)).collect();
        self.say_what_they_want(&waiting);
        let main_waits = !self.threads[0].finished;
        let kind = if main_waits || circle(&waiting).is_some() {
            FailureKind::Deadlock
        } else {
            FailureKind::LeftBehind
        };
        let message = match (kind, waiting.len()) {
            (FailureKind::LeftBehind, 1) => "a thread was left behind, waiting for ever".into(),
            (FailureKind::LeftBehind, n) => format!("{n} threads were left behind, waiting for ever"),
            (_, 1) => "a thread waits for ever".into(),
            (_, n) => format!("{n} threads wait for ever"),
        };
        self.fail(kind, message, None);
        if let Some(failure) = &mut self.failure {
            failure.waiting = waiting;
        }
    }

    /// What a thread waits for, if it can wait for something where it is.
    pub(super) fn waiting(&self, thread: Tid) -> Option<Waiting> {
        if self.threads[thread].finished {
            return None;
        }
        let op = self.threads[thread].pending?;
        let (wants, object) = match op {
            Op::Lock(m) => (Want::Lock, m),
            Op::ReadLock(l) => (Want::ReadLock, l),
            Op::WriteLock(l) => (Want::WriteLock, l),
            Op::Wake { mutex, .. } if self.threads[thread].notified => (Want::Relock, mutex),
            // A waiter whose mutex is held could not even wake by chance; it is the notification it lacks.
            Op::Wake { condvar, .. } => (Want::Notification, condvar),
            Op::Send(c) | Op::Taken(c, _) => (Want::Room, c),
            Op::Recv { channel, .. } => (Want::Message, channel),
            Op::Join(child) => (Want::End, child as u32),
            Op::Meet(m) => (Want::Company, m),
            Op::Token { .. } => self.awaited(thread).map_or((Want::Token, NONE), |a| (a.want, a.object)),
            Op::Park { .. } => (Want::Unpark, NONE),
            Op::Start | Op::Sleep | Op::Yield | Op::Free(_) => return None,
        };
        let on = match op {
            Op::Join(child) => vec![child],
            Op::Token { .. } if wants == Want::End => vec![object as Tid],
            _ => self.holders(object),
        };
        let meeting = match self.objects.get(object as usize).map(|o| &o.state) {
            Some(State::Meeting { wanted, arrived }) => (*arrived, *wanted),
            _ => (0, 0),
        };
        let state = &self.threads[thread];
        let (at, holds) = (state.at, state.held.clone());
        Some(Waiting { thread, wants, object, at, on, holds, meeting })
    }

    /// What a task waits for: the end of a thread by the thread's number.
    fn awaited(&self, thread: Tid) -> Option<Awaits> {
        let awaits = self.threads[thread].awaits?;
        Some(match (awaits.want, &self.objects[awaits.object as usize].state) {
            (Want::End, State::Shared { holders }) => {
                Awaits { object: holders.first().map_or(NONE, |t| *t as u32), ..awaits }
            }
            _ => awaits,
        })
    }

    /// The task is about to wait for its token: says what for, and moves it to the place where it does.
    pub(super) fn note_what_the_task_awaits(&mut self, thread: Tid) {
        let Some(Awaits { object, want, at }) = self.awaited(thread) else {
            let at = self.threads[thread].at;
            return self.event(thread, Kind::WantToken, NONE, 0, 0, at);
        };
        self.threads[thread].at = at;
        if let Some(kind) = wish(want) {
            let holder = self.holders(object).first().map_or(0, |t| *t as u64 + 1);
            let value = if want == Want::End { 0 } else { holder };
            self.event(thread, kind, object, value, 0, at);
        }
    }

    pub(super) fn holders(&self, object: u32) -> Vec<Tid> {
        match self.objects.get(object as usize).map(|o| &o.state) {
            Some(State::Mutex { owner: Some(owner) }) => vec![*owner],
            Some(State::Shared { holders }) => holders.clone(),
            Some(State::RwLock { writer, readers }) => writer.iter().chain(readers).copied().collect(),
            _ => Vec::new(),
        }
    }

    /// The trace ends with each thread's wish, even where it could have gone on when it announced it.
    fn say_what_they_want(&mut self, waiting: &[Waiting]) {
        for w in waiting {
            let Some(kind) = wish(w.wants) else { continue };
            let last = self.events.iter().rfind(|e| e.thread == w.thread && e.kind != Kind::Switch);
            if last.is_none_or(|e| e.kind != kind) {
                let holder = w.on.first().map_or(0, |t| *t as u64 + 1);
                self.event(w.thread, kind, w.object, holder, 0, w.at);
            }
        }
    }
}

/// A circle of threads each of which waits for the next, if there is one. Waiting for a thread's end counts.
pub(crate) fn circle(waiting: &[Waiting]) -> Option<Vec<Tid>> {
    for start in waiting {
        let mut path = vec![start.thread];
        let mut current = start;
        while let Some(next) = current.on.first() {
            if let Some(i) = path.iter().position(|t| t == next) {
                return Some(path.split_off(i));
            }
            let Some(waits) = waiting.iter().find(|w| w.thread == *next) else { break };
            path.push(*next);
            current = waits;
        }
    }
    None
}

/// How the trace says that a thread waits for this; a notification is waited for in words of its own.
fn wish(want: Want) -> Option<Kind> {
    match want {
        Want::Lock => Some(Kind::WantLock),
        Want::ReadLock => Some(Kind::WantRead),
        Want::WriteLock => Some(Kind::WantWrite),
        Want::End => Some(Kind::WantJoin),
        Want::Message => Some(Kind::WantRecv),
        Want::Room => Some(Kind::WantSend),
        Want::Unpark => Some(Kind::WantUnpark),
        Want::Company => Some(Kind::WantMeet),
        Want::Token => Some(Kind::WantToken),
        Want::Notification | Want::Relock => None,
    }
}
