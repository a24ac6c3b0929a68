//! Running a closure under every schedule that matters.

use crate::engine::asking::Nobody;
use crate::engine::driver::{Driver, Program, drive};
use crate::engine::random::Chance;
use crate::engine::search::Search;
use crate::engine::{FailureNote, Features, Outcome, Settings, in_model, lock_order};
use crate::failure::{Failure, FailureKind};
use crate::names::Names;
use crate::report::Report;
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicUsize, Ordering};
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
    strategy: Strategy,
}

/// Which schedules are tried.
#[derive(Clone, Copy, Debug)]
enum Strategy {
    /// All of them, the simplest first.
    Exhaustive,
    /// Some, by chance.
    Random { runs: usize, seed: u64 },
    /// Some, by priorities that change `depth - 1` times.
    Pct { depth: usize, runs: usize, seed: u64 },
}

impl Default for Checker {
    fn default() -> Self {
        Checker {
            bound: 3,
            runs_per_round: 200_000,
            runs_beyond_bound: 20_000,
            steps_per_round: 4_000_000,
            steps_beyond_bound: 500_000,
            max_time: None,
            settings: Settings {
                max_steps: 5_000,
                luck: 1,
                weak_memory: true,
                merge: true,
                fresh_threads: false,
                one_core: true,
                patience: Duration::from_secs(5),
            },
            replay: None,
            vacuous: false,
            strategy: Strategy::Exhaustive,
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

    /// Gives every thread of every run an OS thread of its own. Needed by code that uses `thread_local!`, and several times
    /// slower; a check that notices the need does so by itself.
    pub fn fresh_threads(mut self, on: bool) -> Self {
        self.settings.fresh_threads = on;
        self
    }

    /// Whether the threads of a check run on one core, which is how they hand over fastest: only one of them runs at a
    /// time. It moves when another core turns out to be faster. Has no effect on other systems than Linux.
    pub fn one_core(mut self, on: bool) -> Self {
        self.settings.one_core = on;
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

    /// Tries `runs` schedules by chance instead of all: for programs too long to explore. The same seed gives the same
    /// schedules. A failure found so can be replayed, but need not be the simplest.
    pub fn random(mut self, runs: usize, seed: u64) -> Self {
        self.strategy = Strategy::Random { runs, seed };
        self
    }

    /// Tries `runs` schedules by random priorities that change `depth - 1` times (PCT: Burckhardt, Kothari, Musuvathi,
    /// Nagarakatte, ASPLOS 2010). A bug that takes `depth` events in a certain order is found by one run with a
    /// probability of at least 1 / (n * k^(depth - 1)), for n threads and k steps.
    pub fn pct(mut self, depth: usize, runs: usize, seed: u64) -> Self {
        self.strategy = Strategy::Pct { depth, runs, seed };
        self
    }

    /// Accepts code in which only one thread runs, or nothing is shared.
    pub fn allow_vacuous(mut self) -> Self {
        self.vacuous = true;
        self
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
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
        let program: Program = Arc::new(f);
        let settings = Arc::new(self.settings.clone());
        let replay = self.replay.as_ref().map(|token| {
            let (features, token) = Features::read(token);
            (features, Search::replay(token).unwrap_or_else(|wrong| panic!("{wrong}")))
        });
        let executions = Arc::new(AtomicUsize::new(0));
        let (checker, counted) = (self.clone(), executions.clone());
        let work = move |driver: &mut Driver| {
            let mut round = Round {
                checker,
                driver,
                program,
                started: Instant::now(),
                features: Features::default(),
                steps: 0,
                fingerprint: None,
                report: Report::default(),
                executions: counted,
            };
            round.whole(replay).map(|()| round.report)
        };
        drive(&settings, &mut Nobody, work).unwrap_or_else(|mut stuck| {
            let note = stuck.failure.take().expect("it says why it is stuck");
            Err(Box::new(Failure::new(note, &stuck, executions.load(Ordering::Relaxed) + 1)))
        })
    }
}

/// A check under way.
struct Round<'a> {
    checker: Checker,
    driver: &'a mut Driver,
    program: Program,
    started: Instant,
    features: Features,
    /// Steps of all runs so far.
    steps: usize,
    /// What the plainest schedule was like the first time.
    fingerprint: Option<(u64, usize)>,
    report: Report,
    /// Runs that have ended, for whoever watches.
    executions: Arc<AtomicUsize>,
}

impl Round<'_> {
    fn whole(&mut self, replay: Option<(Features, Search)>) -> Result<(), Box<Failure>> {
        if let Some((features, search)) = replay {
            self.driver.start_afresh();
            self.features = features;
            self.run(search)?;
            return Ok(());
        }
        loop {
            let result = self.search();
            // What is in the real thread-locals of a pool's threads may come from an earlier run. Where that shows, a
            // run on new threads goes another way, and then all of them must be on new threads.
            if self.is_the_same_afresh(&result) || !self.driver.start_afresh() {
                return result;
            }
            self.report = Report::default();
            self.features = Features::default();
            self.fingerprint = None;
            self.executions.store(0, Ordering::Relaxed);
        }
    }

    /// Whether a run on new threads agrees with the result: it fails in the same way, or the plainest goes again as it
    /// did, or does not.
    fn is_the_same_afresh(&mut self, result: &Result<(), Box<Failure>>) -> bool {
        if self.checker.settings.fresh_threads {
            return true;
        }
        match result {
            // Nothing was searched, or it is the first run of all.
            Err(failure) if failure.replay.is_empty() || failure.executions <= 1 => true,
            Err(failure) if failure.kind != FailureKind::NotRepeatable => {
                let (features, token) = Features::read(&failure.replay);
                let Ok(search) = Search::replay(token) else { return true };
                let outcome = self.driver.run_afresh(&self.program, search, features);
                outcome.failure.is_some_and(|note| note.kind == failure.kind)
            }
            _ => {
                let outcome = self.driver.run_afresh(&self.program, Search::plainest(), self.features);
                let same = Some(outcome.fingerprint) == self.fingerprint && outcome.failure.is_none();
                // What differs on new threads too has another reason.
                same == result.is_ok()
            }
        }
    }

    fn search(&mut self) -> Result<(), Box<Failure>> {
        match self.checker.strategy {
            Strategy::Exhaustive => {
                self.explore()?;
                // A round that could not even begin is none.
                self.report.rounds.pop_if(|runs| *runs == 0);
            }
            Strategy::Random { runs, seed } => {
                self.sample(runs, seed, |seed, _| Chance::uniform(seed))?;
            }
            Strategy::Pct { depth, runs, seed } => {
                self.sample(runs, seed, |seed, length| Chance::by_priority(seed, depth, length))?;
            }
        }
        if self.report.complete {
            // Every schedule was tried and none deadlocked: something the order of locks does not show prevents it.
            self.report.suspicion = None;
        }
        self.run_the_plainest_again()?;
        self.refuse_the_vacuous()
    }

    /// Deepening: cost 0 first, so that the first failure found is the simplest. A round for each cost up to the bound,
    /// and one for the rest.
    fn explore(&mut self) -> Result<(), Box<Failure>> {
        let checker = self.checker.clone();
        let mut search = Search::exhaustive();
        // Runs and steps of this round.
        let (mut round, mut runs, mut steps) = (0, 0, 0);
        self.report.rounds.push(0);
        loop {
            let beyond = round > checker.bound;
            let limit = if beyond {
                (checker.runs_beyond_bound, checker.steps_beyond_bound)
            } else {
                (checker.runs_per_round, checker.steps_per_round)
            };
            let out_of_time = checker.max_time.is_some_and(|most| self.started.elapsed() > most);
            if runs >= limit.0 || steps >= limit.1 || out_of_time {
                return Ok(());
            }
            let (features, steps_before) = (self.features, self.steps);
            search = self.run(search)?;
            runs += 1;
            steps += self.steps - steps_before;
            if self.features != features {
                // More moments matter than was known: what was explored so far was too coarse.
                search = Search::exhaustive();
                (round, runs, steps) = (0, 0, 0);
                self.fingerprint = None;
                self.report.rounds = vec![0];
                continue;
            }
            if search.advance(if beyond { usize::MAX } else { round }) {
                continue;
            }
            // Everything of this cost is done. What is left may still turn out to lead to nothing new.
            loop {
                if search.exhausted() {
                    self.report.bound = Some(round.min(checker.bound));
                    self.report.complete = true;
                    return Ok(());
                }
                if round > checker.bound || !search.keeps_all_within(round) {
                    return Ok(());
                }
                self.report.bound = Some(round);
                round += 1;
                self.report.rounds.push(0);
                if search.advance(if round > checker.bound { usize::MAX } else { round }) {
                    break;
                }
            }
            (runs, steps) = (0, 0);
        }
    }

    /// Some schedules by chance; `draw` makes a chooser from a seed and the steps of the longest run so far.
    fn sample(
        &mut self,
        runs: usize,
        seed: u64,
        draw: impl Fn(u64, usize) -> Chance,
    ) -> Result<(), Box<Failure>> {
        // The plainest schedule first, to compare with at the end, and to know how long a run is.
        self.report.rounds.push(0);
        self.run_the_plainest()?;
        for run in 1..runs.max(1) {
            if self.checker.max_time.is_some_and(|most| self.started.elapsed() > most) {
                break;
            }
            let chance = draw(seed.wrapping_add(run as u64), self.report.max_steps);
            let features = self.features;
            self.run(Search::by(chance))?;
            if self.features != features {
                // More moments matter than was known: the plainest schedule has more of them, too.
                self.run_the_plainest()?;
            }
        }
        self.report.seed = Some(seed);
        Ok(())
    }

    /// The schedule without an unlucky moment, once it is known which moments matter in it.
    fn run_the_plainest(&mut self) -> Result<(), Box<Failure>> {
        loop {
            let features = self.features;
            self.fingerprint = None;
            self.run(Search::plainest())?;
            if self.features == features {
                return Ok(());
            }
        }
    }

    fn run(&mut self, search: Search) -> Result<Search, Box<Failure>> {
        // The first run, which others are compared with, must not find anything in real thread-locals.
        let mut outcome = match self.fingerprint {
            None => self.driver.run_afresh(&self.program, search, self.features),
            Some(_) => self.driver.run(&self.program, search, self.features),
        };
        self.executions.fetch_add(1, Ordering::Relaxed);
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
            None => {
                if self.report.suspicion.is_none() {
                    self.report.suspicion = suspicion(&outcome);
                }
                Ok(outcome.search)
            }
            Some(note) => Err(Box::new(Failure::new(note, &outcome, self.report.executions))),
        }
    }

    /// If the plainest schedule does not go the same way again, the code depends on more than the
    /// schedule, and the search proved nothing.
    fn run_the_plainest_again(&mut self) -> Result<(), Box<Failure>> {
        let outcome = self.driver.run(&self.program, Search::plainest(), self.features);
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

/// A circle in the order of locks, in a sentence.
fn suspicion(outcome: &Outcome) -> Option<String> {
    let circle = lock_order::circle(&outcome.lock_edges)?;
    let names = Names::new(&outcome.trace);
    let step = |edge: &&lock_order::Edge| {
        let (who, taken, held) =
            (names.thread(edge.thread), names.object(edge.taken), names.object(edge.held));
        format!("{who} takes {taken} at {} while it holds {held}", names.at(edge.at))
    };
    let steps: Vec<String> = circle.iter().map(step).collect();
    Some(format!("Locks are taken in a circle: {}. No schedule that was tried closed it.", steps.join("; ")))
}
