//! Grading one answer to one exercise: rules, compiler, layers, canaries, and the instructor's own checks.
//!
//! Whatever goes wrong here that is not the answer's doing is an error, and an error gives no score.
mod run;

use crate::build::{self, Bench, Built};
use crate::bundle::{Bundle, Task};
use crate::findings::{refine, refused, reject, tampered};
use crate::memory;
use crate::outcome::{Hidden, Layer, Outcome, Verdict};
use crate::sandbox::spec::{Calls, Limits, Mount, Proc, Spec};
use crate::sandbox::watch::{self, Stopped};
use crate::sandbox::{Backend, Sandbox, programs};
use crate::text;
use anyhow::{Result, bail};
use judge::protocol::{CANARY_SENTENCE, CHANNEL_VARIABLE, Outcome as Heard, Runner};
use judge::{ANSWER_VARIABLE, LAYERS_VARIABLE, Status};
use run::{Listener, Run};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

/// The layer that is about the text alone.
const RULES: &str = "rules";

/// What grades answers.
#[derive(Clone, Copy, Debug)]
pub struct Grader<'a> {
    /// The boxes.
    pub sandbox: &'a Sandbox,
    /// What was prepared.
    pub bundle: &'a Bundle,
    /// The instructor's own checks.
    pub hidden: &'a [crate::hidden::Check],
    /// How often a layer on real threads runs.
    pub repeat: u32,
    /// Whether the rules layer counts. `grade selftest` also tries every attack without, so that each of the walls behind
    /// it is proved to stand by itself.
    pub rules: bool,
}

/// What a trusted run showed.
#[derive(Debug)]
pub struct Proven {
    /// How it ended.
    pub outcome: Outcome,
    /// The name that the judge gives itself.
    pub announces: String,
    /// Its layers: names, and what they look at.
    pub layers: Vec<(String, String)>,
}

impl Grader<'_> {
    /// Grades `text` as an answer to `task`.
    ///
    /// # Errors
    /// The grader could not do its work: nothing is known of the answer.
    pub fn grade(&self, task: &Task, text: &[u8]) -> Result<Outcome> {
        let begin = Instant::now();
        let bench = Bench::new(&self.bundle.scratch)?;
        let mut outcome = match reject(text) {
            Some(outcome) => outcome,
            None => self.steps(task, text, &bench)?,
        };
        if outcome.layers.is_empty() {
            outcome.layers = task.layers.iter().map(|(name, what)| Layer::not_run(name, what)).collect();
        }
        outcome.backend = self.sandbox.name();
        outcome.wall_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        if outcome.verdict == Verdict::GraderError {
            bail!("{}: {} {}", outcome.layer, outcome.sentence, outcome.details.join(" "));
        }
        Ok(outcome)
    }

    /// Grades the course's own solution in a single run of all layers; the judge with it inside becomes `kept`, and what
    /// the compiler remembers of it comes beside that.
    pub fn reference(&self, task: &Task, solution: &[u8], kept: &Path) -> Result<Proven> {
        let bench = Bench::new(&self.bundle.scratch)?;
        let source = self.place(&bench, solution)?;
        let mut proven = Proven {
            outcome: Outcome::new(Verdict::Pass, "", ""),
            announces: String::new(),
            layers: Vec::new(),
        };
        let mut refused = self.compile(task, &source, &bench)?;
        if refused.is_none() {
            memory::begin(&bench.out().join(memory::NAME))?;
            refused = self.link(task, &task.judges, &task.id, &bench, true)?;
        }
        if let Some(outcome) = refused {
            proven.outcome = outcome;
            return Ok(proven);
        }
        let binary = bench.out().join(&task.id);
        let run = self.run(task, &task.id, &binary, &source, None, false)?;
        proven.outcome = match &run.heard {
            Heard::Judged(judgement) => Outcome::judged(judgement),
            _ => Outcome::judged(&run.heard_judgement(task)),
        };
        // What answers' judges are held to.
        if let Some((exercise, layers)) = run.announced {
            proven.announces = exercise;
            proven.layers = layers.into_iter().map(|layer| (layer.name, layer.what)).collect();
        }
        fs::copy(&binary, kept)?;
        memory::copy(&bench.out().join(memory::NAME), &kept.with_file_name(memory::NAME))?;
        Ok(proven)
    }

    fn place(&self, bench: &Bench, text: &[u8]) -> Result<PathBuf> {
        let source = bench.folder.join("answer.rs");
        fs::write(&source, text)?;
        Ok(source)
    }

    fn steps(&self, task: &Task, text: &[u8], bench: &Bench) -> Result<Outcome> {
        let source = self.place(bench, text)?;
        let mut layers: Vec<Layer> =
            task.layers.iter().map(|(name, what)| Layer::not_run(name, what)).collect();
        let flags = text::suspicious(&String::from_utf8_lossy(text));
        let with = |mut outcome: Outcome, layers: &[Layer]| {
            outcome.layers = layers.to_vec();
            outcome.flags.extend(flags.iter().cloned());
            outcome
        };

        // The rules, by a process in which there is nothing of the answer but its text.
        if self.rules {
            let run = self.run(task, &task.id, &task.reference, &source, Some(RULES), false)?;
            if matches!(run.heard, Heard::Silent { running: Some(_), .. }) {
                // Nothing of the answer ran: its text alone was too much to read.
                let why = "Its text cannot be read as Rust: it nests too deep, or is too long.";
                set(&mut layers, RULES, Status::Failed);
                return Ok(with(Outcome::new(Verdict::Rejected, RULES, why), &layers));
            }
            match self.verdict_of(task, &run, RULES)? {
                None => mark(&mut layers, RULES, Status::Passed, &run),
                Some(outcome) => {
                    mark(&mut layers, RULES, Status::Failed, &run);
                    return Ok(with(outcome, &layers));
                }
            }
        }
        if let Some(refused) = self.compile(task, &source, bench)? {
            return Ok(with(refused, &layers));
        }
        memory::copy(&task.memory(), &bench.out().join(memory::NAME))?;
        if let Some(refused) = self.link(task, &task.judges, &task.id, bench, true)? {
            return Ok(with(refused, &layers));
        }
        let binary = bench.out().join(&task.id);
        if let Some(mut failed) = self.layers(task, &task.id, &binary, &source, &mut layers)? {
            // The instructor's checks ask for a right answer to begin with.
            failed.hidden = self.not_run(task);
            return Ok(with(failed, &layers));
        }
        let mut outcome = Outcome::new(Verdict::Pass, "", judge::Verdict::Pass.meaning());
        outcome.finding = judge::Verdict::Pass.as_str().to_owned();
        for check in self.hidden.iter().filter(|check| check.exercise == task.id) {
            outcome.hidden.push(self.hidden(task, check, &source, bench)?);
        }
        Ok(with(outcome, &layers))
    }

    /// Runs every layer in a process of its own until one fails; then, if none did, every layer once more as a canary.
    fn layers(
        &self,
        task: &Task,
        name: &str,
        binary: &Path,
        source: &Path,
        layers: &mut [Layer],
    ) -> Result<Option<Outcome>> {
        let names: Vec<String> =
            layers.iter().map(|layer| layer.name.clone()).filter(|name| name != RULES).collect();
        let mut flaky: Option<Outcome> = None;
        for layer in &names {
            let times = if layer.starts_with("spec") { self.repeat.max(1) } else { 1 };
            let mut failed: Option<(Outcome, u32)> = None;
            for time in 0..times {
                let mut run = self.run(task, name, binary, source, Some(layer), false)?;
                let clock = run.ended.stopped == Some(Stopped::Clock) && !run.ended.out_of_tasks;
                if clock || run.was_killed() && !task.programs.is_empty() {
                    // A host that was busy or asleep looks the same, and one that is short of memory; twice in a row it
                    // is the answer's doing.
                    run = self.run(task, name, binary, source, Some(layer), false)?;
                }
                match self.verdict_of(task, &run, layer)? {
                    None => mark(layers, layer, Status::Passed, &run),
                    Some(outcome) => match &mut failed {
                        Some((_, count)) => *count += 1,
                        None => failed = Some((outcome, 1)),
                    },
                }
                // One that hangs would only hang again.
                if failed.as_ref().is_some_and(|(outcome, _)| is_slow(outcome.verdict)) && time == 0 {
                    break;
                }
            }
            if let Some((mut outcome, count)) = failed {
                set(layers, layer, Status::Failed);
                if count < times && !is_slow(outcome.verdict) {
                    outcome
                        .details
                        .insert(0, format!("It failed in {count} of {times} runs, {}.", outcome.verdict));
                    outcome.verdict = Verdict::Flaky;
                    // Another layer may find what is wrong in every run, and say it for certain.
                    flaky.get_or_insert(outcome);
                    continue;
                }
                return Ok(Some(outcome));
            }
        }
        if flaky.is_some() {
            return Ok(flaky);
        }
        for layer in shuffled(names)? {
            let run = self.run(task, name, binary, source, Some(&layer), true)?;
            if let Some(outcome) = self.canary(task, &run, &layer)? {
                set(layers, &layer, Status::Failed);
                return Ok(Some(outcome));
            }
        }
        Ok(None)
    }

    fn compile(&self, task: &Task, source: &Path, bench: &Bench) -> Result<Option<Outcome>> {
        let built = build::answer(self.sandbox, &self.bundle.toolchain, task, source, bench)?;
        refused(built, "The compiler refuses it; start with its first message.")
    }

    fn link(
        &self,
        task: &Task,
        judges: &Path,
        name: &str,
        bench: &Bench,
        remembers: bool,
    ) -> Result<Option<Outcome>> {
        let built = |remembers| {
            build::judge(self.sandbox, &self.bundle.toolchain, task, judges, name, bench, remembers)
        };
        let mut judge = built(remembers)?;
        if remembers && matches!(&judge, Built::Limit(ended) if ended.stopped.is_none()) {
            // The compiler broke over what it remembers; it can do without.
            judge = built(false)?;
        }
        refused(judge, "The judge cannot call it: keep the functions as the starter declares them.")
    }

    /// Runs one layer, or all of them, of a judge in a box that holds the judge, the answer's text, and nothing else.
    fn run(
        &self,
        task: &Task,
        name: &str,
        binary: &Path,
        source: &Path,
        layer: Option<&str>,
        canary: bool,
    ) -> Result<Run> {
        let trusted = binary == task.reference;
        if !trusted {
            // For its user to run and not to read: then its memory cannot be read through `/proc` either.
            let mode = if self.sandbox.hides_programs() { 0o111 } else { 0o555 };
            fs::set_permissions(binary, fs::Permissions::from_mode(mode))?;
        }
        let (runner, channel) = Runner::start_as(canary)?;
        let inside = task.answer_inside();
        let mut env = vec![
            (CHANNEL_VARIABLE.to_owned(), "stdin".to_owned()),
            (ANSWER_VARIABLE.to_owned(), inside.trim_start_matches('/').to_owned()),
        ];
        let mut mounts = vec![Mount::new(binary, format!("/{name}")), Mount::new(source, inside)];
        let starts_programs = !task.programs.is_empty();
        if starts_programs {
            env.push(("PATH".to_owned(), programs::PATH.to_owned()));
            mounts.extend(programs::all(&task.programs)?);
        }
        env.extend(layer.map(|layer| (LAYERS_VARIABLE.to_owned(), layer.to_owned())));
        let purpose = match layer {
            Some(RULES) => "rules",
            None => "all layers",
            Some(_) if canary => "canary",
            Some(name) if is_real(name) => "layer on real threads",
            Some(_) => "layer explored",
        };
        let spec = Spec {
            purpose,
            mounts,
            writable: None,
            proc: if starts_programs { self.sandbox.proc_with_programs() } else { Proc::Names },
            starts_programs,
            trusted,
            command: vec![format!("/{name}")],
            env,
            calls: Calls::Program,
            limits: Limits::run(task.limit_s),
            cgroups: Vec::new(),
        };
        let mut listener = Listener::new(runner, self.sandbox.backend != Backend::None);
        let ended = watch::run(self.sandbox, &spec, Stdio::from(channel), watch::KEEP, &mut listener)?;
        let last = listener.runner.drain()?;
        listener.hear(last);
        Ok(Run {
            heard: listener.runner.finish(),
            ended,
            observer: listener.observer,
            announced: listener.announced,
            ended_well: listener.ended_well,
        })
    }

    /// What a run says against the answer; nothing if its layer passed.
    fn verdict_of(&self, task: &Task, run: &Run, layer: &str) -> Result<Option<Outcome>> {
        let mut outcome = match &run.heard {
            Heard::Tampered { what, .. } => tampered(layer, what),
            Heard::Judged(judgement) => {
                // A judge that does not announce what the trusted one does is none.
                let (exercise, announced) = run.announced.as_ref().map_or(("", &[][..]), |(e, l)| (e, l));
                let mut same = exercise == task.announces && announced.len() == task.layers.len();
                same &= announced.iter().zip(&task.layers).all(|(a, t)| a.name == t.0 && a.what == t.1);
                if !same {
                    tampered(layer, "a list of layers that is not the judge's")
                } else if judgement.verdict.is_pass() {
                    let only = judgement
                        .layers
                        .iter()
                        .all(|report| (report.status == Status::Passed) == (report.name == layer));
                    if !run.ended_well || !only {
                        tampered(layer, "a judgement that does not fit the layers")
                    } else if run.ended.code != 0 || run.ended.stopped.is_some() {
                        // The judge's own last act is to end with success.
                        tampered(layer, "success, by a program that did not end well")
                    } else {
                        return Ok(None);
                    }
                } else {
                    Outcome::judged(judgement)
                }
            }
            Heard::Silent { running: None, .. } => {
                bail!(
                    "the judge of {} ended before it had begun (code {}): {}",
                    task.id,
                    run.ended.code,
                    run.ended.stderr.trim()
                )
            }
            Heard::Silent { .. } => Outcome::judged(&run.heard_judgement(task)),
        };
        refine(&mut outcome, matches!(run.heard, Heard::Silent { .. }), &run.ended, task)?;
        Ok(Some(outcome))
    }

    /// What a canary says against the answer: nothing if it failed as it must.
    fn canary(&self, task: &Task, run: &Run, layer: &str) -> Result<Option<Outcome>> {
        if let Heard::Judged(judgement) = &run.heard
            && judgement.sentence == CANARY_SENTENCE
            && judgement.verdict == judge::Verdict::WrongResult
        {
            return Ok(None);
        }
        Ok(Some(self.verdict_of(task, run, layer)?.map_or_else(
            || {
                let mut outcome = tampered(layer, "success, in a run that cannot succeed");
                outcome
                    .details
                    .push("Somebody spoke in the judge's place: a person should read this answer.".into());
                outcome
            },
            // An answer that failed by itself, the second time.
            |mut outcome| {
                outcome.details.insert(0, format!("It passed once and then failed, {}.", outcome.verdict));
                if outcome.verdict != Verdict::Tampered {
                    outcome.verdict = Verdict::Flaky;
                }
                outcome
            },
        )))
    }

    fn hidden(
        &self,
        task: &Task,
        check: &crate::hidden::Check,
        source: &Path,
        bench: &Bench,
    ) -> Result<Hidden> {
        let mut result = Hidden {
            name: check.name.clone(),
            verdict: Verdict::Pass,
            sentence: String::new(),
            layers: check.layers.iter().map(|(name, what)| Layer::not_run(name, what)).collect(),
        };
        let failed = match self.link(task, &check.folder, &check.name, bench, false)? {
            Some(refused) => Some(refused),
            None => {
                let binary = bench.out().join(&check.name);
                let asked =
                    Task { layers: check.layers.clone(), announces: check.announces.clone(), ..task.clone() };
                self.layers(&asked, &check.name, &binary, source, &mut result.layers)?
            }
        };
        if let Some(outcome) = failed {
            result.verdict = outcome.verdict;
            result.sentence = outcome.sentence;
        }
        Ok(result)
    }

    fn not_run(&self, task: &Task) -> Vec<Hidden> {
        let mine = self.hidden.iter().filter(|check| check.exercise == task.id);
        mine.map(|check| Hidden {
            name: check.name.clone(),
            verdict: Verdict::Fail,
            sentence: "Not run: the answer fails before.".to_owned(),
            layers: check.layers.iter().map(|(name, what)| Layer::not_run(name, what)).collect(),
        })
        .collect()
    }
}

/// Whether a layer runs on real threads.
fn is_real(layer: &str) -> bool {
    ["spec", "cost", "speed"].contains(&judge::kind_of(layer))
}

/// Verdicts that cost a whole limit.
fn is_slow(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::TimeoutCpu | Verdict::TimeoutWall | Verdict::Deadlock | Verdict::Oom)
}

fn mark(layers: &mut [Layer], name: &str, status: Status, run: &Run) {
    set(layers, name, status);
    if let (Heard::Judged(judgement), Some(layer)) = (&run.heard, layers.iter_mut().find(|l| l.name == name))
        && let Some(report) = judgement.layers.iter().find(|report| report.name == name)
    {
        layer.note = text::shortened(&report.note, 300);
    }
}

fn set(layers: &mut [Layer], name: &str, status: Status) {
    if let Some(layer) = layers.iter_mut().find(|layer| layer.name == name) {
        layer.status = status.as_str().to_owned();
    }
}

/// In an order that nobody can foresee.
fn shuffled(names: Vec<String>) -> Result<Vec<String>> {
    let mut keyed =
        names.into_iter().map(|name| Ok((build::random_name()?, name))).collect::<Result<Vec<_>>>()?;
    keyed.sort();
    Ok(keyed.into_iter().map(|(_, name)| name).collect())
}

#[cfg(test)]
mod tests;
