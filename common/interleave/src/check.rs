//! Running a closure under every schedule that matters.

use crate::engine::{Execution, FailureNote, Features, Outcome, Settings, in_model, search::Search};
use crate::names::Names;
use crate::story::{Story, tell};
use crate::why::{self, Cause};
use ::std::fmt;
use ::std::sync::Arc;
use ::std::time::{Duration, Instant};

/// How hard to look, and what to allow.
///
/// Limits are counts, not times, so that the verdict is the same on every machine.
#[derive(Clone, Debug)]
pub struct Checker {
    bound: usize,
    runs_per_round: usize,
    runs_beyond_bound: usize,
    steps_per_round: usize,
    steps_beyond_bound: usize,
    max_time: Option<Duration>,
    settings: Settings,
    replay: Option<String>,
    vacuous: bool,
}

impl Default for Checker {
    fn default() -> Self {
        Checker {
            bound: 3,
            runs_per_round: 200_000,
            runs_beyond_bound: 20_000,
            steps_per_round: 4_000_000,
            steps_beyond_bound: 400_000,
            max_time: None,
            settings: Settings {
                max_steps: 5_000,
                luck: 1,
                weak_memory: true,
                merge: true,
                fresh_threads: false,
                patience: Duration::from_secs(5),
            },
            replay: None,
            vacuous: false,
        }
    }
}

/// Runs `f` under every schedule that matters, with the default [`Checker`].
///
/// # Errors
/// The simplest failing schedule.
pub fn check<F: Fn() + Send + Sync + 'static>(f: F) -> Result<Report, Box<Failure>> {
    Checker::new().check(f)
}

impl Checker {
    /// Every schedule with at most 3 unlucky moments, then all of them as far as 20,000 runs go.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tries every schedule with at most this many unlucky moments: pre-emptions, spurious wake-ups, early
    /// time-outs, early ends of a sleep, stale loads.
    pub fn bound(mut self, unlucky_moments: usize) -> Self {
        self.bound = unlucky_moments;
        self
    }

    /// Gives up a bounded round after this many runs.
    pub fn runs_per_round(mut self, runs: usize) -> Self {
        self.runs_per_round = runs;
        self
    }

    /// When the bounded rounds left something out, goes on without a bound for at most this many runs.
    pub fn runs_beyond_bound(mut self, runs: usize) -> Self {
        self.runs_beyond_bound = runs;
        self
    }

    /// Gives up a round after this many steps of all its runs: a bounded round, and the one beyond. Programs that
    /// poll or retry have few runs, but long ones.
    pub fn steps_per_round(mut self, bounded: usize, beyond: usize) -> Self {
        self.steps_per_round = bounded;
        self.steps_beyond_bound = beyond;
        self
    }

    /// Stops after this long. The report then covers less, and says so.
    pub fn max_time(mut self, limit: Duration) -> Self {
        self.max_time = Some(limit);
        self
    }

    /// Fails a schedule that takes more steps than this.
    pub fn max_steps(mut self, steps: usize) -> Self {
        self.settings.max_steps = steps;
        self
    }

    /// How many spurious wake-ups and early time-outs one schedule may have.
    pub fn luck(mut self, events: u32) -> Self {
        self.settings.luck = events;
        self
    }

    /// Whether relaxed and acquire loads may return older values that the memory model allows.
    pub fn weak_memory(mut self, on: bool) -> Self {
        self.settings.weak_memory = on;
        self
    }

    /// Whether prefixes with the same happens-before graph are explored once only.
    pub fn merge(mut self, on: bool) -> Self {
        self.settings.merge = on;
        self
    }

    /// Gives every thread of every run an OS thread of its own: slower, and needed by code that uses
    /// `thread_local!`.
    pub fn fresh_threads(mut self, on: bool) -> Self {
        self.settings.fresh_threads = on;
        self
    }

    /// How long a thread may compute without coming to its next operation.
    pub fn patience(mut self, limit: Duration) -> Self {
        self.settings.patience = limit;
        self
    }

    /// Runs the one schedule that a [`Failure::replay`] names.
    pub fn replay(mut self, token: &str) -> Self {
        self.replay = Some(token.into());
        self
    }

    /// Accepts code in which only one thread runs, or nothing is shared.
    pub fn allow_vacuous(mut self) -> Self {
        self.vacuous = true;
        self
    }

    /// Runs `f` under every schedule.
    ///
    /// # Errors
    /// The simplest failing schedule.
    ///
    /// # Panics
    /// If called inside a check, or with a replay token that is none.
    pub fn check<F: Fn() + Send + Sync + 'static>(&self, f: F) -> Result<Report, Box<Failure>> {
        assert!(!in_model(), "a check cannot run inside a check");
        let body: Arc<dyn Fn() + Send + Sync> = Arc::new(f);
        let mut round = Round {
            checker: self,
            settings: Arc::new(self.settings.clone()),
            body,
            started: Instant::now(),
            features: Features::default(),
            steps: 0,
            fingerprint: None,
            report: Report::default(),
        };
        if let Some(token) = &self.replay {
            let search = Search::replay(token).unwrap_or_else(|wrong| panic!("{wrong}"));
            round.run(search)?;
            return Ok(round.report);
        }
        round.explore()?;
        round.run_the_plainest_again()?;
        round.refuse_the_vacuous()?;
        Ok(round.report)
    }
}

/// A check under way.
struct Round<'a> {
    checker: &'a Checker,
    settings: Arc<Settings>,
    body: Arc<dyn Fn() + Send + Sync>,
    started: Instant,
    features: Features,
    /// Steps of all runs so far.
    steps: usize,
    /// What the plainest schedule was like the first time.
    fingerprint: Option<(u64, usize)>,
    report: Report,
}

impl Round<'_> {
    /// Iterative deepening: cost 0 first, so that the first failure found is the simplest.
    fn explore(&mut self) -> Result<(), Box<Failure>> {
        let bounded = (0..=self.checker.bound).map(Some);
        let unbounded = (self.checker.runs_beyond_bound > 0).then_some(None);
        for bound in bounded.chain(unbounded) {
            let limit = match bound {
                Some(_) => (self.checker.runs_per_round, self.checker.steps_per_round),
                None => (self.checker.runs_beyond_bound, self.checker.steps_beyond_bound),
            };
            let Some(search) = self.deepen(bound, limit)? else { return Ok(()) };
            if let Some(bound) = bound {
                self.report.bound = Some(bound);
            }
            if !search.pruned() {
                self.report.complete = true;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Every schedule up to one bound. `None` when a limit, of runs or of steps, came first.
    fn deepen(
        &mut self,
        bound: Option<usize>,
        limit: (usize, usize),
    ) -> Result<Option<Search>, Box<Failure>> {
        let bound = bound.map(|b| u32::try_from(b).unwrap_or(u32::MAX));
        let mut search = Search::with_bound(bound);
        let mut runs = 0;
        let steps_before = self.steps;
        self.report.rounds.push(0);
        loop {
            let spent = runs >= limit.0 || self.steps - steps_before >= limit.1;
            if spent || self.checker.max_time.is_some_and(|most| self.started.elapsed() > most) {
                return Ok(None);
            }
            runs += 1;
            let features = self.features;
            search = self.run(search)?;
            if self.features != features {
                // More moments matter than was known: what was explored so far was too coarse.
                search = Search::with_bound(bound);
                self.fingerprint = None;
                continue;
            }
            if !search.advance() {
                return Ok(Some(search));
            }
        }
    }

    fn run(&mut self, search: Search) -> Result<Search, Box<Failure>> {
        let mut outcome = Execution::run(self.body.clone(), search, self.settings.clone(), self.features);
        self.features = outcome.features;
        self.steps += outcome.steps;
        let report = &mut self.report;
        report.executions += 1;
        if let Some(round) = report.rounds.last_mut() {
            *round += 1;
        }
        report.max_threads = report.max_threads.max(outcome.most_alive);
        report.max_steps = report.max_steps.max(outcome.steps);
        report.shared_objects = report.shared_objects.max(outcome.shared_objects);
        self.fingerprint.get_or_insert(outcome.fingerprint);
        if outcome.search.diverged() {
            return Err(self.not_repeatable(outcome));
        }
        match outcome.failure.take() {
            None => Ok(outcome.search),
            Some(note) => Err(Box::new(Failure::new(note, &outcome, self.report.executions))),
        }
    }

    /// If the plainest schedule does not go the same way again, the code depends on more than the
    /// schedule, and the search proved nothing.
    fn run_the_plainest_again(&mut self) -> Result<(), Box<Failure>> {
        let search = Search::with_bound(Some(0));
        let outcome = Execution::run(self.body.clone(), search, self.settings.clone(), self.features);
        if Some(outcome.fingerprint) == self.fingerprint && outcome.failure.is_none() {
            return Ok(());
        }
        Err(self.not_repeatable(outcome))
    }

    fn not_repeatable(&self, outcome: Outcome) -> Box<Failure> {
        let message = "the same schedule went differently the second time: the code depends on something \
                       besides it (a static that outlives a run, the clock, randomness, the order of a HashMap)";
        let note = FailureNote::of(FailureKind::NotRepeatable, message);
        Box::new(Failure::new(note, &outcome, self.report.executions))
    }

    fn refuse_the_vacuous(&self) -> Result<(), Box<Failure>> {
        let message = if self.checker.vacuous {
            return Ok(());
        } else if self.report.max_threads < 2 {
            "only one thread ever ran, so there was nothing to interleave"
        } else if self.report.shared_objects == 0 {
            "the threads shared nothing that could be watched, so there was nothing to interleave"
        } else {
            return Ok(());
        };
        let note = FailureNote::of(FailureKind::Vacuous, message);
        Err(Box::new(Failure::bare(note, self.report.executions)))
    }
}

/// A check that found nothing wrong, and what it covered.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Runs of the checked code.
    pub executions: usize,
    /// Runs of each round: cost 0, then 1, and so on; the last may be the one without a bound.
    pub rounds: Vec<usize>,
    /// Whether every schedule was covered, not only those up to a bound.
    pub complete: bool,
    /// The number of unlucky moments up to which every schedule was covered; `None` when not even the
    /// schedules without any were.
    pub bound: Option<usize>,
    /// The most threads alive at a time.
    pub max_threads: usize,
    /// The most steps in one run.
    pub max_steps: usize,
    /// The most objects that two threads or more used in one run, joined threads included.
    pub shared_objects: usize,
}

/// What was covered, never more than is true: "every schedule, in 1,432 runs".
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.complete, self.bound) {
            (true, _) => write!(f, "every schedule")?,
            (false, None) => write!(f, "some schedules only")?,
            (false, Some(0)) => write!(f, "every schedule without an unlucky moment")?,
            (false, Some(1)) => write!(f, "every schedule with at most 1 unlucky moment")?,
            (false, Some(n)) => write!(f, "every schedule with at most {n} unlucky moments")?,
        }
        let runs = if self.executions == 1 { "run" } else { "runs" };
        write!(f, ", in {} {runs}", with_separators(self.executions))
    }
}

/// 1432 as "1,432".
pub(crate) fn with_separators(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

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
    pub place: crate::Place,
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
    /// Runs this schedule again: [`Checker::replay`].
    pub replay: String,
    /// Who waits for what, when nobody can move.
    pub blocked: Vec<Blocked>,
    story: Story,
}

impl Failure {
    fn new(note: FailureNote, outcome: &Outcome, executions: usize) -> Self {
        let names = Names::new(&outcome.trace);
        let told = why::explain(&note, &outcome.trace, &names);
        let mut failure = Failure::bare(note, executions);
        failure.cause = told.cause;
        failure.cost = outcome.search.spent();
        failure.replay = outcome.search.token();
        failure.blocked = told.blocked;
        failure.story = Story {
            title: failure.title(),
            because: told.because,
            replay: failure.replay.clone(),
            schedule: executions,
            cost: failure.cost,
            ..tell(&outcome.trace, &names, &told.focus)
        };
        failure
    }

    /// A failure without a schedule to show.
    fn bare(note: FailureNote, executions: usize) -> Self {
        let mut failure = Failure {
            kind: note.kind,
            message: note.message,
            cause: Cause::Unexplained,
            executions,
            cost: 0,
            replay: String::new(),
            blocked: Vec::new(),
            story: Story::default(),
        };
        failure.story.title = failure.title();
        failure.story.because = vec![failure.message.clone()];
        failure
    }

    fn title(&self) -> String {
        let what = match (self.kind, self.cause) {
            (FailureKind::Panic, Cause::LostUpdate | Cause::CheckThenAct) => "Lost update",
            (FailureKind::Panic, Cause::StaleRead) => "Stale read",
            (FailureKind::Panic, Cause::NotJoined) => "Not waited for",
            (FailureKind::Panic, _) => "Panic",
            (FailureKind::Deadlock, Cause::LostWakeup) => "Lost wake-up",
            (FailureKind::Deadlock, _) => "Deadlock",
            (FailureKind::Livelock, _) => "Livelock",
            (FailureKind::DataRace, _) => "Data race",
            (FailureKind::TooManySteps, _) => "No end in sight",
            (FailureKind::Stuck, _) => "Stuck",
            (FailureKind::NotRepeatable, _) => return "Not repeatable".into(),
            (FailureKind::LeftBehind, _) => "Left behind",
            (FailureKind::Exits, _) => "Ends the process",
            (FailureKind::Vacuous, _) => return "Nothing to interleave".into(),
        };
        let luck = match self.cost {
            0 => "no unlucky moment needed".into(),
            1 => "one unlucky moment".into(),
            n => format!("{n} unlucky moments"),
        };
        format!("{what}: found in schedule {} ({luck})", with_separators(self.executions))
    }

    /// The failing schedule, told step by step.
    pub fn story(&self) -> Story {
        self.story.clone()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.story.terminal(100, false))
    }
}

impl ::std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::with_separators;

    #[test]
    fn thousands_are_separated() {
        let written: Vec<String> = [0, 999, 1_000, 22_885, 1_000_000].map(with_separators).into();
        assert_eq!(written, ["0", "999", "1,000", "22,885", "1,000,000"]);
    }
}
