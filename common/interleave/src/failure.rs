//! A failing schedule, and how it failed.

use crate::engine::{FailureNote, Outcome};
use crate::names::Names;
use crate::report::with_separators;
use crate::story::{Place, Story, tell};
use crate::trace::{Kind, Trace};
use crate::why::{self, Cause, Telling};
use ::std::fmt;
use ::std::sync::Arc;

/// How a schedule failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// A panic that nobody handled: a failed assertion, most often.
    Panic,
    /// Threads that wait for each other, or for something that will never come.
    Deadlock,
    /// A thread that polls for ever for something that nobody is left to change.
    Livelock,
    /// Two unordered accesses to plain memory, one of them a write.
    DataRace,
    /// A thread that never gets what it waits for, because others take it again and again.
    Starved,
    /// Too many steps: a loop without end.
    TooManySteps,
    /// A thread that neither ends nor comes to its next operation.
    Stuck,
    /// The same schedule went differently the second time.
    NotRepeatable,
    /// Threads that still wait when the checked code is done.
    LeftBehind,
    /// The code ends the process.
    Exits,
    /// Nothing to check: one thread only, or nothing shared.
    Vacuous,
}

/// A thread that waits for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Its number; 0 is the checked closure's own.
    pub thread: usize,
    /// Its name.
    pub name: String,
    /// What it waits for, in words: `lock`, `notification`, `end of thread`…
    pub wants: String,
    /// The object's name; the thread's for `end of thread`; "1 of 2" have come for `others`.
    pub object: String,
    /// The threads that would have to act.
    pub held_by: Vec<usize>,
    /// The names of what it holds itself.
    pub holds: Vec<String>,
    /// Where it waits.
    pub place: Place,
}

/// A failing schedule.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What happened, or the panic's message.
    pub message: String,
    /// What the schedule shows as its cause.
    pub cause: Cause,
    /// Runs until it was found, this one included.
    pub executions: usize,
    /// Unlucky moments in it.
    pub cost: usize,
    /// Runs this schedule again: [`Checker::replay`](crate::Checker::replay).
    pub replay: String,
    /// Who waits for what, when nobody can move.
    pub blocked: Vec<Blocked>,
    /// The name of the thread that failed, if it was one.
    pub thread: Option<String>,
    /// Where that thread was when it failed, or came last before.
    pub place: Option<Place>,
    story: Story,
    evidence: Option<Arc<(FailureNote, Trace)>>,
}

impl Failure {
    pub(crate) fn new(note: FailureNote, outcome: &Outcome, executions: usize) -> Self {
        let names = Names::new(&outcome.trace);
        let told =
            why::explain(&note, &outcome.trace, &names, Telling { overwritten: true, excused: &|_| false });
        let mut failure = Failure::bare(note.clone(), executions);
        failure.thread = note.thread.map(|thread| names.thread(thread).into());
        let last = || outcome.trace.events.iter().rfind(|e| Some(e.thread) == note.thread);
        failure.place = match &note.place {
            Some((file, line)) => Some(names.place_of(file, *line)),
            None => last().map(|e| names.place(e.loc)),
        };
        failure.cause = told.cause;
        failure.cost = outcome.search.spent();
        failure.replay = outcome.features.mark(&outcome.search.token());
        failure.blocked = told.blocked;
        failure.story = Story {
            title: failure.title(),
            because: told.because,
            replay: failure.replay.clone(),
            schedule: executions,
            cost: failure.cost,
            ..tell(&outcome.trace, &names, &told.focus)
        };
        failure.evidence = Some(Arc::new((note, outcome.trace.clone())));
        failure
    }

    /// The failing schedule, told for somebody who answers for some of its files only: sleeps and time-outs in the
    /// `excused` ones are not explained. Without `overwritten` no change that another one overwrote is taken for the cause.
    pub fn story_for(&self, excused: &dyn Fn(&str) -> bool, overwritten: bool) -> Story {
        let Some((note, trace)) = self.evidence.as_deref() else { return self.story() };
        let names = Names::new(trace);
        let told = why::explain(note, trace, &names, Telling { overwritten, excused });
        let title = Failure { cause: told.cause, ..self.clone() }.title();
        Story {
            title: if told.cause == self.cause { self.story.title.clone() } else { title },
            because: told.because,
            replay: self.story.replay.clone(),
            schedule: self.story.schedule,
            cost: self.story.cost,
            ..tell(trace, &names, &told.focus)
        }
    }

    /// Whether time went by in the failing schedule: somebody slept, or a wait came to the end of its time.
    pub fn takes_time(&self) -> bool {
        let passes = |kind: Kind| matches!(kind, Kind::Sleep | Kind::TimedOut);
        self.evidence.as_deref().is_some_and(|(_, trace)| trace.events.iter().any(|e| passes(e.kind)))
    }

    /// As a failure of a game: with the token that the game had from its beginning.
    pub(crate) fn retell_as(&mut self, replay: &str) {
        let luck = moments(self.cost);
        self.story.title = format!("{} ({luck})", self.what());
        self.replay = replay.into();
        self.story.replay = replay.into();
    }

    /// A failure without a schedule to show.
    pub(crate) fn bare(note: FailureNote, executions: usize) -> Self {
        let mut failure = Failure {
            kind: note.kind,
            message: note.message,
            cause: Cause::Unexplained,
            executions,
            cost: 0,
            replay: String::new(),
            blocked: Vec::new(),
            thread: None,
            place: None,
            story: Story::default(),
            evidence: None,
        };
        failure.story.title = failure.title();
        failure.story.because = vec![failure.message.clone()];
        failure
    }

    /// What went wrong, in a word or two.
    fn what(&self) -> &'static str {
        match (self.kind, self.cause) {
            (FailureKind::Panic, Cause::LostUpdate | Cause::CheckThenAct) => "Lost update",
            (FailureKind::Panic, Cause::StaleRead) => "Stale read",
            (FailureKind::Panic, Cause::NotJoined) => "Not waited for",
            (FailureKind::Panic, _) => "Panic",
            (FailureKind::Deadlock, Cause::LostWakeup) => "Lost wake-up",
            (FailureKind::Deadlock, Cause::NeverNotified) => "Never notified",
            (FailureKind::Deadlock, _) => "Deadlock",
            (FailureKind::Livelock, _) => "Livelock",
            (FailureKind::Starved, _) => "Starved",
            (FailureKind::DataRace, _) => "Data race",
            (FailureKind::TooManySteps, _) => "No end in sight",
            (FailureKind::Stuck, _) => "Stuck",
            (FailureKind::NotRepeatable, _) => "Not repeatable",
            (FailureKind::LeftBehind, _) => "Left behind",
            (FailureKind::Exits, _) => "Ends the process",
            (FailureKind::Vacuous, _) => "Nothing to interleave",
        }
    }

    fn title(&self) -> String {
        let what = self.what();
        if matches!(self.kind, FailureKind::NotRepeatable | FailureKind::Vacuous) {
            return what.into();
        }
        format!("{what}: found in schedule {} ({})", with_separators(self.executions), moments(self.cost))
    }

    /// The failing schedule, told step by step.
    pub fn story(&self) -> Story {
        self.story.clone()
    }
}

fn moments(cost: usize) -> String {
    match cost {
        0 => "no unlucky moment needed".into(),
        1 => "one unlucky moment".into(),
        n => format!("{n} unlucky moments"),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.story.terminal(100, false))
    }
}

impl ::std::error::Error for Failure {}
