//! Asking a player where the search would choose: what the moment is, and which ways there are to go on.
//!
//! The thread that comes to a choice asks, and waits; whoever called answers, so that a player's code runs where
//! the check was called, outside the model.

use super::world::World;
use super::{Op, Tid, Why};
use crate::trace::{Loc, Trace};
use ::std::sync::mpsc::{Receiver, Sender};
use ::std::thread::Thread;

/// One way to go on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RawWay {
    Runs {
        thread: Tid,
        why: Why,
    },
    /// A load returns the value that was written `age` stores ago.
    Reads {
        object: u32,
        value: u64,
        age: usize,
    },
    /// A notification wakes this thread.
    Wakes(Tid),
    /// A weak exchange that can succeed.
    Exchanges {
        fails: bool,
    },
    /// Which way the code, or a stand-in, goes where chance decides.
    Decides(usize),
}

/// How one thread stands.
#[derive(Clone, Debug)]
pub(crate) struct RawStanding {
    pub(crate) op: Option<Op>,
    pub(crate) at: Loc,
    /// Why it can go on, if it can.
    pub(crate) reason: Option<Why>,
    pub(crate) finished: bool,
    pub(crate) notified: bool,
    pub(crate) started: bool,
}

/// A choice.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// What has happened so far.
    pub(crate) trace: Trace,
    pub(crate) standing: Vec<RawStanding>,
    /// Whose step is being chosen, where it is not which thread goes on.
    pub(crate) asker: Tid,
    pub(crate) ways: Vec<RawWay>,
    pub(crate) costs: Vec<u8>,
    pub(crate) spent: usize,
}

/// The thread's end of the line to whoever answers.
#[derive(Debug)]
pub(crate) struct Player {
    ask: Sender<Question>,
    answer: Receiver<Option<usize>>,
    caller: Thread,
    stopped: bool,
}

impl Player {
    pub(crate) fn new(ask: Sender<Question>, answer: Receiver<Option<usize>>) -> Self {
        Player { ask, answer, caller: ::std::thread::current(), stopped: false }
    }

    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Asks, and waits for the answer. Who has had enough takes the first way, and is asked no more.
    pub(super) fn ask(&mut self, question: Question) -> usize {
        if self.stopped {
            return 0;
        }
        let answer = self.ask.send(question).ok().and_then(|()| {
            self.caller.unpark();
            self.answer.recv().ok().flatten()
        });
        self.stopped = answer.is_none();
        answer.unwrap_or(0)
    }
}

/// Whoever answers while an execution runs.
pub(crate) trait Answers {
    /// Answers what has been asked; `false` when nothing was.
    fn answer(&mut self) -> bool;
}

/// Nobody plays.
pub(crate) struct Nobody;

impl Answers for Nobody {
    fn answer(&mut self) -> bool {
        false
    }
}

impl World {
    /// One of several ways: by the search, or by the player, to whom they are described.
    pub(super) fn choose(
        &mut self,
        asker: Tid,
        costs: &[u8],
        ways: impl FnOnce(&World) -> Vec<RawWay>,
    ) -> usize {
        if !self.search.is_played() {
            let prospects: Vec<_> = if self.settings.merge && self.search.wants_state() {
                (0..costs.len()).map(|way| self.prospect_within(way)).collect()
            } else {
                Vec::new()
            };
            let way = self.search.choose(costs, |way| prospects.get(way).copied().unwrap_or_default());
            self.stride_goes(way);
            return way;
        }
        let question = Question {
            trace: self.trace_so_far(),
            standing: (0..self.threads.len()).map(|thread| self.standing(thread)).collect(),
            asker,
            ways: ways(self),
            costs: costs.to_vec(),
            spent: self.search.spent(),
        };
        self.search.ask(costs, question)
    }

    fn standing(&self, thread: Tid) -> RawStanding {
        let state = &self.threads[thread];
        RawStanding {
            op: state.pending,
            at: state.at,
            reason: self.reason_to_run(thread),
            finished: state.finished,
            notified: state.notified,
            started: state.pending != Some(Op::Start),
        }
    }
}
