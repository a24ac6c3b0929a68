//! The judge of one exercise: its layers in order, and the run that ends with the first failure.
mod guard;
mod layer;
mod stress;

use crate::explain::{Finding, Sources};
use crate::harness;
use crate::play;
use crate::protocol::{Channel, LayerName, Message};
use crate::record;
use crate::report::{Judgement, LayerReport, Status};
use crate::rules::Rules;
use crate::speed::{Speed, Work};
use crate::text;
use crate::verdict::Verdict;
pub use guard::WATCHER;
use interleave::Checker;
pub use layer::kind_of;
use layer::{Job, Kind, Layer, Mode};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use stress::Stress;

/// Begins the judge of an exercise; see [`Exercise`].
///
/// The answer is the file in `JUDGE_ANSWER`, or else `exercises/<name>.rs` of the package.
#[macro_export]
macro_rules! exercise {
    ($name:expr) => {
        $crate::Exercise::new(
            $name,
            ::core::option_env!("CARGO_MANIFEST_DIR").unwrap_or("."),
            ::core::file!(),
        )
    };
}

/// The environment variable that names the answer's source for the rules layer.
pub const ANSWER_VARIABLE: &str = "JUDGE_ANSWER";

/// The environment variable that has every model run so often on real threads instead of being explored: what is commonly
/// done to find races, for comparison. `1000`, or `1000/60` when no run shall begin after 60 seconds.
pub const STRESS_VARIABLE: &str = "JUDGE_STRESS";

/// The environment variable that names the layers to run, with commas between them; without it all run.
pub const LAYERS_VARIABLE: &str = "JUDGE_LAYERS";

/// The explorer as judges use it: everything up to three unlucky moments, as long as that takes seconds and not minutes.
/// What was left out is said, and a right answer that polls or retries is not kept waiting.
fn explorer() -> Checker {
    Checker::new().runs_per_round(20_000).runs_beyond_bound(4_000).steps_per_round(300_000, 60_000)
}

/// The judge of one exercise. Made by [`exercise!`], filled layer by layer, ended by [`Exercise::run`].
///
/// Layers run in the order rules, schedules, overlap, over-locking, spec, cost, speed, however they are written down;
/// within a kind in the order given, so write the simplest model first.
pub struct Exercise {
    name: String,
    answer: PathBuf,
    judge: String,
    rules: Rules,
    layers: Vec<Layer>,
}

/// What [`Exercise::judge`] tells while it works.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Begin { name: &'a str },
    Passed(&'a LayerReport),
}

impl Exercise {
    /// The judge of the exercise `name` in the package at `manifest_dir`, written in `judge_file`.
    ///
    /// Usually called by [`exercise!`].
    pub fn new(name: &str, manifest_dir: &str, judge_file: &str) -> Self {
        let in_package = || PathBuf::from(manifest_dir).join("exercises").join(format!("{name}.rs"));
        Exercise {
            name: name.to_string(),
            answer: std::env::var_os(ANSWER_VARIABLE).map_or_else(in_package, PathBuf::from),
            judge: judge_file.to_string(),
            rules: Rules::new(),
            layers: Vec::new(),
        }
    }

    /// What the answer's text must and must not contain, on top of what is [always looked for](Rules).
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// A model: `body` is run under every schedule that matters.
    #[must_use]
    pub fn schedules(self, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.schedules_with(explorer(), what, body)
    }

    /// A model with a checker of its own, for a bound or a limit that differs.
    #[must_use]
    pub fn schedules_with(
        self,
        checker: Checker,
        what: &str,
        body: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        self.layer(Kind::Schedules, what, Job::Model(checker, Arc::new(body)))
    }

    /// A model that can only come to its end if the work overlaps: put a [`crate::Rendezvous`] into it.
    #[must_use]
    pub fn overlap(self, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.overlap_with(explorer(), what, body)
    }

    /// As [`Exercise::overlap`], with a checker of its own.
    #[must_use]
    pub fn overlap_with(self, checker: Checker, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.layer(Kind::Overlap, what, Job::Model(checker, Arc::new(body)))
    }

    /// A model in which something must be possible while something else is held: see [`crate::while_held`] and
    /// [`crate::Held`].
    ///
    /// It adds to [`Exercise::overlap`] that the second one comes to its *end* meanwhile, which a meeting inside cannot
    /// say of work that never calls back.
    #[must_use]
    pub fn no_over_locking(self, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.no_over_locking_with(explorer(), what, body)
    }

    /// As [`Exercise::no_over_locking`], with a checker of its own.
    #[must_use]
    pub fn no_over_locking_with(
        self,
        checker: Checker,
        what: &str,
        body: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        self.layer(Kind::OverLocking, what, Job::Model(checker, Arc::new(body)))
    }

    /// A run on real threads, at full size. A child process that is left at its end is a `leak`, always.
    #[must_use]
    pub fn spec(self, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.layer(Kind::Spec, what, Job::Real(Arc::new(body)))
    }

    /// A run on real threads that looks at what it took: with [`crate::count`], [`crate::allocations`] or
    /// [`crate::nothing_left`]. (All of these may be used in any other layer, too; in a model `count` holds the answer to
    /// its limits in every schedule.)
    #[must_use]
    pub fn cost(self, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.layer(Kind::Cost, what, Job::Real(Arc::new(body)))
    }

    /// Whether working together is worth it: `body` gives the answer work that takes model time; see [`Speed`].
    ///
    /// Prove first, by [`Exercise::overlap`], that the work overlaps: its story says more than a figure.
    #[must_use]
    pub fn speed(self, what: &str, wanted: Speed, body: impl Fn(&Work) + Send + Sync + 'static) -> Self {
        self.layer(Kind::Speed, what, Job::Measured(wanted, Arc::new(body)))
    }

    fn layer(mut self, kind: Kind, what: &str, job: Job) -> Self {
        self.layers.push(Layer { kind, what: what.to_string(), job });
        self.layers.sort_by_key(|layer| layer.kind);
        self
    }

    /// The models, in order: what can be played.
    pub(crate) fn scenes(&self) -> Vec<play::Scene> {
        let models = self.layers.iter().zip(self.names().into_iter().skip(1)).filter_map(|(layer, name)| {
            let Job::Model(checker, body) = &layer.job else { return None };
            Some(play::Scene {
                layer: name.name,
                what: name.what,
                asks: layer.kind.asks(),
                checker: checker.clone(),
                body: Arc::clone(body),
            })
        });
        models.collect()
    }

    /// The answer's text, and where it and the judge are.
    pub(crate) fn sources(&self) -> std::io::Result<Sources> {
        let text = std::fs::read_to_string(&self.answer)?;
        Ok(Sources { answer: text::from_root(&self.answer), text, judge: self.judge.clone() })
    }

    /// The stem of the exercise's files.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Judges the answer: for a runner when one is listening, else as a test program for `cargo test`.
    ///
    /// The exit code is for people; a runner goes by the messages.
    #[must_use]
    pub fn run(self) -> ExitCode {
        if let Some(code) = play::asked(&self) {
            return code;
        }
        match Channel::from_stdin() {
            Ok(None) => harness::run(&self),
            Ok(Some(channel)) => self.report_to(channel),
            Err(error) => {
                eprintln!("judge of {}: {error}", self.name);
                ExitCode::from(3)
            }
        }
    }

    /// Judges the answer and tells a runner. The environment is read before any of the answer's code runs.
    fn report_to(&self, channel: Channel) -> ExitCode {
        let canary = Some(channel.canary());
        let channel = Arc::new(Mutex::new(Some(channel)));
        guard::start(Arc::clone(&channel), self.answer.clone(), self.judge.clone());
        let layers = std::env::var(LAYERS_VARIABLE).ok();
        let stress = std::env::var(STRESS_VARIABLE).ok().and_then(|runs| Stress::read(&runs));
        let chosen = |name: &str| layers.as_ref().is_none_or(|l| l.split(',').any(|layer| layer == name));
        let send = |message: &Message| match &mut *guard::lock(&channel) {
            Some(channel) => channel.send(message),
            None => Ok(()),
        };
        let mut sent = send(&Message::Begin { exercise: self.name.clone(), layers: self.names() });
        let judgement = self.judge_as(&Mode { canary, stress }, chosen, |event| {
            let message = match event {
                Event::Begin { name } => Message::LayerBegin { layer: name.to_string() },
                Event::Passed(layer) => Message::LayerEnd {
                    layer: layer.name.clone(),
                    note: layer.note.clone(),
                    micros: layer.micros,
                },
            };
            if sent.is_ok() {
                sent = send(&message);
            }
        });
        let pass = judgement.verdict.is_pass();
        let last = sent.and_then(|()| send(&Message::Done(Box::new(judgement))));
        // Nothing may come after the last message.
        *guard::lock(&channel) = None;
        match last {
            Ok(()) if pass => ExitCode::SUCCESS,
            Ok(()) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("judge of {}: the runner does not listen: {error}", self.name);
                ExitCode::from(3)
            }
        }
    }

    /// The layers in the order in which they run; names are made unique by a number.
    pub(crate) fn names(&self) -> Vec<LayerName> {
        let what = "what the text may and must contain".to_string();
        let mut names = vec![LayerName { name: Kind::Rules.as_str().to_string(), what }];
        for (at, layer) in self.layers.iter().enumerate() {
            let kind = layer.kind.as_str();
            let before = self.layers[..at].iter().filter(|l| l.kind == layer.kind).count();
            let name = if before == 0 { kind.to_string() } else { format!("{kind}-{}", before + 1) };
            names.push(LayerName { name, what: layer.what.clone() });
        }
        names
    }

    /// Runs the chosen layers until one fails.
    #[cfg(test)]
    pub(crate) fn judge(&self, chosen: impl Fn(&str) -> bool, tell: impl FnMut(Event<'_>)) -> Judgement {
        self.judge_as(&Mode::default(), chosen, tell)
    }

    /// The same; in a canary every layer that runs the answer's code fails at its end.
    fn judge_as(
        &self,
        mode: &Mode,
        chosen: impl Fn(&str) -> bool,
        mut tell: impl FnMut(Event<'_>),
    ) -> Judgement {
        // What happens in a layer is written down once for the whole process, so one judgement at a time.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);

        let mut judgement = Judgement::passed(&self.name);
        judgement.layers = self.names().iter().map(|l| LayerReport::not_run(&l.name, &l.what)).collect();
        let sources = match self.sources() {
            Ok(sources) => sources,
            Err(error) => {
                judgement.verdict = Verdict::CouldNotJudge;
                judgement.layer = Kind::Rules.as_str().to_string();
                judgement.sentence =
                    format!("The answer cannot be read: {}: {error}.", self.answer.display());
                judgement.details.push(format!("{ANSWER_VARIABLE} names the answer when it is elsewhere."));
                return judgement;
            }
        };
        for at in 0..judgement.layers.len() {
            if !chosen(&judgement.layers[at].name) {
                continue;
            }
            tell(Event::Begin { name: &judgement.layers[at].name });
            let began = Instant::now();
            let run = || match at.checked_sub(1) {
                None => self.rules.check(&sources.answer, &sources.text),
                Some(at) => self.layers[at].run(&sources, mode),
            };
            // A fault of the judge's own must not look like one of the answer's.
            let outcome = panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
                let message = record::message_of(&*payload);
                let sentence = format!("The judge itself failed: {}", text::clean(&message));
                Err(Box::new(Finding::new(Verdict::CouldNotJudge, sentence)))
            });
            let report = &mut judgement.layers[at];
            report.micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            match outcome {
                Ok(note) => {
                    report.status = Status::Passed;
                    report.note = note;
                    tell(Event::Passed(report));
                }
                Err(finding) => {
                    report.status = Status::Failed;
                    judgement.layer = kind_of(&report.name).to_string();
                    judgement.verdict = finding.verdict;
                    judgement.sentence = finding.sentence;
                    judgement.details = finding.details;
                    judgement.place = finding.place;
                    judgement.story = finding.story;
                    break;
                }
            }
        }
        judgement
    }
}

#[cfg(test)]
mod tests;
