//! The judge of one exercise: its layers in order, and the run that ends with the first failure.
use crate::explain::{self, Finding, Sources};
use crate::harness;
use crate::protocol::{CANARY_SENTENCE, Channel, LayerName, Message};
use crate::record::{self, Said};
use crate::report::{Judgement, LayerReport, Status};
use crate::rules::Rules;
use crate::text;
use crate::verdict::Verdict;
use interleave::Checker;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

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

/// The environment variable that names the layers to run, with commas between them; without it all run.
pub const LAYERS_VARIABLE: &str = "JUDGE_LAYERS";

type Body = Arc<dyn Fn() + Send + Sync>;

/// The explorer as judges use it: everything up to three unlucky moments, as long as that takes seconds and not minutes.
/// What was left out is said, and a right answer that polls or retries is not kept waiting.
fn explorer() -> Checker {
    Checker::new().runs_per_round(20_000).runs_beyond_bound(4_000).steps_per_round(300_000, 60_000)
}

/// The judge of one exercise. Made by [`exercise!`], filled layer by layer, ended by [`Exercise::run`].
///
/// Layers run in the order rules, schedules, overlap, spec, however they are written down; within a kind in the order
/// given, so write the simplest model first.
pub struct Exercise {
    name: String,
    answer: PathBuf,
    judge: String,
    rules: Rules,
    layers: Vec<Layer>,
}

struct Layer {
    kind: Kind,
    what: String,
    work: Work,
}

enum Work {
    /// Explored, under every schedule.
    Model(Checker, Body),
    /// Run once, on real threads.
    Real(Body),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Rules,
    Schedules,
    Overlap,
    Spec,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Rules => "rules",
            Kind::Schedules => "schedules",
            Kind::Overlap => "overlap",
            Kind::Spec => "spec",
        }
    }
}

/// The kind of a layer from its name: `schedules` of `schedules-2`.
pub(crate) fn kind_of(name: &str) -> &str {
    name.split_once('-').map_or(name, |(kind, _)| kind)
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
        self.layer(Kind::Schedules, what, Work::Model(checker, Arc::new(body)))
    }

    /// A model that can only come to its end if the work overlaps: put a [`crate::Rendezvous`] into it.
    #[must_use]
    pub fn overlap(self, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.overlap_with(explorer(), what, body)
    }

    /// As [`Exercise::overlap`], with a checker of its own.
    #[must_use]
    pub fn overlap_with(self, checker: Checker, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.layer(Kind::Overlap, what, Work::Model(checker, Arc::new(body)))
    }

    /// A run on real threads, at full size.
    #[must_use]
    pub fn spec(self, what: &str, body: impl Fn() + Send + Sync + 'static) -> Self {
        self.layer(Kind::Spec, what, Work::Real(Arc::new(body)))
    }

    fn layer(mut self, kind: Kind, what: &str, work: Work) -> Self {
        self.layers.push(Layer { kind, what: what.to_string(), work });
        self.layers.sort_by_key(|layer| layer.kind);
        self
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
    fn report_to(&self, mut channel: Channel) -> ExitCode {
        end_with_the_runner();
        let layers = std::env::var(LAYERS_VARIABLE).ok();
        let chosen = |name: &str| layers.as_ref().is_none_or(|l| l.split(',').any(|layer| layer == name));
        let mut sent = channel.send(&Message::Begin { exercise: self.name.clone(), layers: self.names() });
        let canary = channel.is_canary();
        let judgement = self.judge_as(canary, chosen, |event| {
            let message = match event {
                Event::Begin { name } => Message::LayerBegin { layer: name.to_string() },
                Event::Passed(layer) => Message::LayerEnd {
                    layer: layer.name.clone(),
                    note: layer.note.clone(),
                    micros: layer.micros,
                },
            };
            if sent.is_ok() {
                sent = channel.send(&message);
            }
        });
        let pass = judgement.verdict.is_pass();
        match sent.and_then(|()| channel.send(&Message::Done(Box::new(judgement)))) {
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
        self.judge_as(false, chosen, tell)
    }

    /// The same; in a canary every layer that runs the answer's code fails at its end.
    fn judge_as(
        &self,
        canary: bool,
        chosen: impl Fn(&str) -> bool,
        mut tell: impl FnMut(Event<'_>),
    ) -> Judgement {
        // What happens in a layer is written down once for the whole process, so one judgement at a time.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);

        let mut judgement = Judgement::passed(&self.name);
        judgement.layers = self.names().iter().map(|l| LayerReport::not_run(&l.name, &l.what)).collect();
        let text = match std::fs::read_to_string(&self.answer) {
            Ok(text) => text,
            Err(error) => {
                judgement.verdict = Verdict::CouldNotJudge;
                judgement.layer = Kind::Rules.as_str().to_string();
                judgement.sentence =
                    format!("The answer cannot be read: {}: {error}.", self.answer.display());
                judgement.details.push(format!("{ANSWER_VARIABLE} names the answer when it is elsewhere."));
                return judgement;
            }
        };
        let sources = Sources { answer: text::from_root(&self.answer), text, judge: self.judge.clone() };
        for at in 0..judgement.layers.len() {
            if !chosen(&judgement.layers[at].name) {
                continue;
            }
            tell(Event::Begin { name: &judgement.layers[at].name });
            let began = Instant::now();
            let run = || match at.checked_sub(1) {
                None => self.rules.check(&sources.answer, &sources.text),
                Some(at) => self.layers[at].run(&sources, canary),
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

/// Ends this process when the one that started it is gone, however it went: a judged program must not outlive its
/// runner, least of all one that would never end.
fn end_with_the_runner() {
    let runner = std::os::unix::process::parent_id();
    let watch = move || {
        while std::os::unix::process::parent_id() == runner {
            thread::sleep(Duration::from_millis(250));
        }
        std::process::exit(3);
    };
    // Without this thread the judge works as well, and only a killed runner would be noticed later.
    let _ = thread::Builder::new().name("runner-watch".into()).spawn(watch);
}

/// The last assertion of a canary.
fn fail_canary(canary: bool) {
    if canary {
        record::say(Said {
            verdict: Verdict::WrongResult,
            sentence: CANARY_SENTENCE.to_string(),
            details: Vec::new(),
            yields_to_cause: false,
        });
    }
}

impl Layer {
    /// Runs the layer on a thread of its own; says what was covered.
    fn run(&self, sources: &Sources, canary: bool) -> Result<String, Box<Finding>> {
        // As much stack as a main thread has, and its name, so that messages read as they would in a program.
        let thread = thread::Builder::new().name("main".into()).stack_size(8 << 20);
        let modelled = matches!(self.work, Work::Model(..));
        thread::scope(|scope| {
            let run = || record::during(modelled, || self.run_here(sources, canary));
            let thread = thread.spawn_scoped(scope, run).map_err(|error| {
                let sentence = format!("No thread could be started for the layer: {error}.");
                Box::new(Finding::new(Verdict::CouldNotJudge, sentence))
            })?;
            thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
        })
    }

    fn run_here(&self, sources: &Sources, canary: bool) -> Result<String, Box<Finding>> {
        match &self.work {
            Work::Real(body) => {
                let run = || {
                    body();
                    fail_canary(canary);
                };
                let panicked = panic::catch_unwind(AssertUnwindSafe(run));
                let message = panicked.err().map(|payload| record::message_of(&*payload));
                explain::real_failure(sources, message.as_deref())
                    .map_or(Ok(String::new()), |f| Err(Box::new(f)))
            }
            Work::Model(checker, body) => {
                let body = Arc::clone(body);
                // Threads of the explorer outlive a schedule, and what they hold for themselves with them.
                let own_storage = sources.text.contains("thread_local");
                let checker = checker.clone().fresh_threads(own_storage);
                let schedule = move || {
                    record::begin_schedule();
                    body();
                    fail_canary(canary);
                    // A failure that the answer swallowed is one all the same.
                    if let Some(said) = record::said() {
                        panic!("{}", said.sentence);
                    }
                };
                match panic::catch_unwind(AssertUnwindSafe(|| checker.check(schedule))) {
                    Ok(Ok(report)) => Ok(report.to_string()),
                    Ok(Err(failure)) => {
                        let finding = explain::failed_schedule(sources, &failure, self.kind == Kind::Overlap);
                        Err(Box::new(finding))
                    }
                    // The explorer itself failed, or there is none.
                    Err(payload) => {
                        let message = record::message_of(&*payload);
                        Err(Box::new(explain::explorer_failed(sources, &message)))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
