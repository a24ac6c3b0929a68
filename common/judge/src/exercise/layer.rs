//! One layer: what kind it is, and how it is run.
use super::stress::{self, Stress};
use crate::explain::{self, Asks, Finding, Sources};
use crate::leftovers::no_children_left;
use crate::protocol::{CANARY_SENTENCE, Canary};
use crate::record::{self, Said};
use crate::speed::{Speed, Work};
use crate::verdict::Verdict;
use interleave::{Checker, watch};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;

pub(super) type Body = Arc<dyn Fn() + Send + Sync>;

pub(super) struct Layer {
    pub kind: Kind,
    pub what: String,
    pub job: Job,
}

/// What a layer runs, and how.
pub(super) enum Job {
    /// Explored, under every schedule.
    Model(Checker, Body),
    /// Run once, on real threads that are watched.
    Real(Body),
    /// Explored in a few schedules, in which work takes model time.
    Measured(Speed, Arc<dyn Fn(&Work) + Send + Sync>),
}

/// What is out of the ordinary about a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Mode {
    /// Whether every layer that runs the answer's code fails at its end.
    pub canary: Option<Canary>,
    /// Models are not explored but run so often on real threads.
    pub stress: Option<Stress>,
}

/// The kinds, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Rules,
    Schedules,
    Overlap,
    OverLocking,
    Spec,
    Cost,
    Speed,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Rules => "rules",
            Kind::Schedules => "schedules",
            Kind::Overlap => "overlap",
            Kind::OverLocking => "over-locking",
            Kind::Spec => "spec",
            Kind::Cost => "cost",
            Kind::Speed => "speed",
        }
    }

    pub fn asks(self) -> Asks {
        match self {
            Kind::Overlap => Asks::Overlap,
            Kind::OverLocking => Asks::NoOverLocking,
            _ => Asks::NoSchedule,
        }
    }
}

/// The kind of a layer from its name: `schedules` of `schedules-2`.
pub fn kind_of(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((kind, number)) if number.bytes().all(|b| b.is_ascii_digit()) => kind,
        _ => name,
    }
}

/// The last assertion of a canary.
fn fail_canary(canary: Option<&Canary>) {
    if canary.is_some_and(Canary::is_one) {
        record::say(Said {
            verdict: Verdict::WrongResult,
            sentence: CANARY_SENTENCE.to_string(),
            details: Vec::new(),
            at: None,
            yields_to_cause: false,
        });
    }
}

impl Layer {
    /// Runs the layer on a thread of its own; says what was covered.
    pub fn run(&self, sources: &Sources, mode: &Mode) -> Result<String, Box<Finding>> {
        // As much stack as a main thread has, and its name, so that messages read as they would in a program.
        let thread = thread::Builder::new().name("main".into()).stack_size(8 << 20);
        let modelled = mode.stress.is_none() && matches!(self.job, Job::Model(..) | Job::Measured(..));
        thread::scope(|scope| {
            let run = || record::during(modelled, &sources.answer, || self.run_here(sources, mode));
            let thread = thread.spawn_scoped(scope, run).map_err(|error| {
                let sentence = format!("No thread could be started for the layer: {error}.");
                Box::new(Finding::new(Verdict::CouldNotJudge, sentence))
            })?;
            thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
        })
    }

    fn run_here(&self, sources: &Sources, mode: &Mode) -> Result<String, Box<Finding>> {
        let canary = mode.canary.as_ref();
        match &self.job {
            Job::Model(_, body) if let Some(wanted) = mode.stress => stress::run(sources, body, wanted),
            Job::Measured(..) if mode.stress.is_some() => Ok("not measured on real threads".into()),
            Job::Measured(wanted, body) => {
                let (work, body) = (wanted.work(), Arc::clone(body));
                let measured = work.clone();
                let timed = move || {
                    measured.begin();
                    body(&measured);
                    measured.end();
                };
                let explored = self.explore(&wanted.checker(), Arc::new(timed), sources, canary);
                explored.and_then(|_| wanted.judge(&work))
            }
            Job::Real(body) => {
                let _watching = watch::start();
                let run = || {
                    body();
                    // Whatever an exercise is about: a child is nobody's to leave behind.
                    no_children_left("The answer");
                    fail_canary(canary);
                };
                let panicked = panic::catch_unwind(AssertUnwindSafe(run));
                let message = panicked.err().map(|payload| record::message_of(&*payload));
                explain::real_failure(sources, message.as_deref())
                    .map_or(Ok(String::new()), |f| Err(Box::new(f)))
            }
            Job::Model(checker, body) => self.explore(checker, Arc::clone(body), sources, canary),
        }
    }

    /// Runs the body under every schedule that the checker has.
    fn explore(
        &self,
        checker: &Checker,
        body: Body,
        sources: &Sources,
        canary: Option<&Canary>,
    ) -> Result<String, Box<Finding>> {
        // Threads of the explorer outlive a schedule, and what they hold for themselves with them.
        let own_storage = sources.text.contains("thread_local");
        let checker = checker.clone().fresh_threads(own_storage);
        let canary = canary.cloned();
        let schedule = record::schedule(body, move || fail_canary(canary.as_ref()));
        match panic::catch_unwind(AssertUnwindSafe(|| checker.check(schedule))) {
            Ok(Ok(report)) => Ok(report.to_string()),
            Ok(Err(failure)) => Err(Box::new(explain::failed_schedule(sources, &failure, self.kind.asks()))),
            // The explorer itself failed, or there is none.
            Err(payload) => {
                let message = record::message_of(&*payload);
                Err(Box::new(explain::explorer_failed(sources, &message)))
            }
        }
    }
}
