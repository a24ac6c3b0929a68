//! What is commonly done to find races, for comparison: a judge's models, a thousand times each on real threads.
//!
//! Runs that compute come one after another. Where a first few runs mostly waited, the others wait side by side, in
//! processes of their own: nothing is shared that a model, a judge or an answer counts.
use super::Program;
use super::journal::Line;
use crate::compile::Answer;
use crate::cpu;
use crate::judging::{self, Special, Watcher};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use judge::protocol::Message;
use judge::{Judgement, LayerReport, STRESS_VARIABLE, Verdict};
use serde_json::{Value, json};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Runs by which it is seen whether a model can be run on real threads at all: one that needs the explorer's time, in
/// which an hour passes at once, cannot.
const TRIAL_RUNS: usize = 20;

/// Runs by which it is seen whether they mostly wait.
const FIRST_RUNS: usize = 4;

/// Runs wait mostly when they take so many times longer than the CPU time in them.
const MOSTLY: u32 = 10;

/// The most runs side by side.
const SIDE_BY_SIDE: usize = 64;

/// How long the runs of one model may take together; how many there were by then is said.
pub const MODEL_LIMIT: Duration = Duration::from_secs(60);

/// How much longer a process may take: a run that hangs is given up after five seconds.
const SLACK_S: u64 = 30;

/// What stress testing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stress {
    /// Something was wrong in a run of one of the models.
    Caught {
        /// Counted from 1; none when it ended the process and with it the count.
        run: Option<usize>,
        /// What it looked like.
        verdict: String,
    },
    /// Nothing.
    Missed {
        /// The fewest runs that there was time for, of all models.
        runs: usize,
        /// Whether the model with which the explorer finds it was among them: it may need the explorer's time.
        its_own: bool,
    },
    /// No model of the exercise can be run on real threads.
    NotPossible,
}

/// An answer as it is run.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The course.
    pub workspace: &'a Workspace,
    /// The answer.
    pub answer: Answer<'a>,
    /// What was made of it.
    pub program: &'a Program,
}

/// How the runs of one model went.
enum Went {
    /// So many, all well.
    Well(usize),
    /// Not well.
    Wrong(Option<usize>, Verdict),
    /// Ended because others had gone wrong.
    CalledOff,
}

impl Subject<'_> {
    /// Whether this answer, which is right, passes a model on real threads.
    pub fn passes(&self, layer: &str) -> Result<bool> {
        Ok(matches!(self.runs(layer, TRIAL_RUNS, MODEL_LIMIT, &AtomicBool::new(false))?, Went::Well(_)))
    }

    /// So many runs of each of the `usable` models: first of the one with which the explorer `found` it.
    pub fn stressed(&self, found: &LayerReport, usable: &[String], runs: usize) -> Result<Stress> {
        let (its_own, others): (Vec<&String>, Vec<&String>) =
            usable.iter().partition(|layer| **layer == found.name);
        let mut fewest = None;
        for layer in its_own.iter().chain(&others) {
            match self.one_model(layer, runs)? {
                Went::Wrong(run, verdict) => {
                    return Ok(Stress::Caught { run, verdict: verdict.to_string() });
                }
                Went::Well(runs) => fewest = Some(fewest.map_or(runs, |fewest: usize| fewest.min(runs))),
                Went::CalledOff => {}
            }
        }
        Ok(fewest.map_or(Stress::NotPossible, |runs| Stress::Missed { runs, its_own: !its_own.is_empty() }))
    }

    fn one_model(&self, layer: &str, runs: usize) -> Result<Went> {
        let (began, spent) = (Instant::now(), cpu::of_children()?);
        let first = self.runs(layer, FIRST_RUNS.min(runs), MODEL_LIMIT, &AtomicBool::new(false))?;
        let took = began.elapsed();
        let Went::Well(first @ FIRST_RUNS..) = first else { return Ok(first) };
        let side_by_side = side_by_side(took, cpu::of_children()?.saturating_sub(spent)).min(runs - first);
        let called_off = AtomicBool::new(false);
        let place = |number: usize| {
            let share = (runs - first + side_by_side - 1 - number) / side_by_side;
            let went = self.runs(layer, share, MODEL_LIMIT.saturating_sub(took), &called_off);
            if !matches!(went, Ok(Went::Well(_))) {
                called_off.store(true, Ordering::Relaxed);
            }
            // As if they had taken turns.
            went.map(|went| match went {
                Went::Wrong(run, verdict) => {
                    Went::Wrong(run.map(|run| first + (run - 1) * side_by_side + number + 1), verdict)
                }
                went => went,
            })
        };
        let all = thread::scope(|scope| {
            let places: Vec<_> = (0..side_by_side).map(|number| scope.spawn(move || place(number))).collect();
            let joined = places.into_iter().map(|place| place.join());
            joined.map(|went| went.expect("it panics nowhere")).collect::<Result<Vec<Went>>>()
        })?;
        let mut well = first;
        let mut wrong: Option<(Option<usize>, Verdict)> = None;
        for went in all {
            match went {
                Went::Well(runs) => well += runs,
                Went::Wrong(run, verdict) => {
                    // The first of several.
                    if wrong
                        .as_ref()
                        .is_none_or(|(before, _)| run.is_some() && (before.is_none() || run < *before))
                    {
                        wrong = Some((run, verdict));
                    }
                }
                Went::CalledOff => {}
            }
        }
        Ok(wrong.map_or(Went::Well(well), |(run, verdict)| Went::Wrong(run, verdict)))
    }

    /// One process: so many runs, one after another.
    fn runs(&self, layer: &str, runs: usize, within: Duration, called_off: &AtomicBool) -> Result<Went> {
        let seconds = within.as_secs().max(1);
        let variables = [(STRESS_VARIABLE, format!("{runs}/{seconds}")), ("JUDGE_LAYERS", layer.to_owned())];
        let special = Special { variables: &variables, limit_s: Some(seconds + SLACK_S) };
        let mut others = Others(called_off);
        let judged = judging::run(self.workspace, &self.answer, &self.program.path, special, &mut others);
        if called_off.load(Ordering::Relaxed) && judged.is_err() {
            return Ok(Went::CalledOff);
        }
        went(&judged?.0, layer).with_context(|| {
            format!("real runs of {} with {}", self.answer.exercise.id, self.answer.source.display())
        })
    }
}

/// Gives up when another process has failed.
struct Others<'a>(&'a AtomicBool);

impl Watcher for Others<'_> {
    fn heard(&mut self, _: &Message) {}

    fn gave_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a judgement says of the runs of one model.
fn went(judgement: &Judgement, layer: &str) -> Result<Went> {
    if judgement.verdict.is_pass() {
        let report = judgement.layers.iter().find(|report| report.name == layer);
        let note = report.map_or("", |report| report.note.as_str());
        let runs = note.split(' ').next().and_then(|runs| runs.parse().ok());
        return Ok(Went::Well(runs.with_context(|| format!("`{layer}` says `{note}` of its runs"))?));
    }
    let number = judgement.details.first().and_then(|detail| detail.strip_prefix("In run "));
    let number = number.and_then(|rest| rest.split(' ').next()?.parse().ok());
    match judgement.verdict {
        // Not the answer's fault, or that of our own limit.
        Verdict::CouldNotJudge => bail!("{}", judgement.sentence),
        Verdict::Hangs if number.is_none() => bail!("{}", judgement.sentence),
        verdict => Ok(Went::Wrong(number, verdict)),
    }
}

/// How many can run at a time without disturbing one another: together they ask for half of the processors.
fn side_by_side(took: Duration, cpu: Duration) -> usize {
    if cpu * MOSTLY > took {
        return 1;
    }
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let waits = took.as_secs_f64() / cpu.as_secs_f64().max(1e-6);
    (waits * processors as f64 / 2.0).clamp(1.0, SIDE_BY_SIDE as f64) as usize
}

/// What was found of one answer, so that it need not be found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The exercise.
    pub exercise: String,
    /// The slug.
    pub slug: String,
    /// A hash of the texts that decide it: the answer's and the judge's.
    pub texts: String,
    /// How many runs of each model were wanted.
    pub runs: usize,
    /// What was found.
    pub stress: Stress,
}

impl Line for Known {
    fn to_json(&self) -> Value {
        json!({
            "exercise": self.exercise, "slug": self.slug, "texts": self.texts, "runs": self.runs,
            "stress": self.stress.to_json(),
        })
    }

    fn read(value: &Value) -> Option<Known> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        Some(Known {
            exercise: text("exercise")?,
            slug: text("slug")?,
            texts: text("texts")?,
            runs: usize::try_from(value["runs"].as_u64()?).ok()?,
            stress: Stress::read(&value["stress"])?,
        })
    }
}

impl Stress {
    /// As JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Stress::NotPossible => json!("not possible"),
            Stress::Missed { runs, its_own } => json!({ "missed": runs, "its_own": its_own }),
            Stress::Caught { run, verdict } => json!({ "run": run, "verdict": verdict }),
        }
    }

    fn read(value: &Value) -> Option<Stress> {
        let number = |name: &str| usize::try_from(value[name].as_u64()?).ok();
        if value == "not possible" {
            return Some(Stress::NotPossible);
        }
        if let Some(runs) = number("missed") {
            return Some(Stress::Missed { runs, its_own: value["its_own"].as_bool()? });
        }
        Some(Stress::Caught { run: number("run"), verdict: value["verdict"].as_str()?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_runs_that_wait_are_side_by_side() {
        let ms = Duration::from_millis;
        assert_eq!(side_by_side(ms(200), ms(200)), 1, "computes");
        assert_eq!(side_by_side(ms(200), ms(21)), 1, "computes too much");
        assert!(
            (10..=SIDE_BY_SIDE).contains(&side_by_side(ms(400), ms(10))) || cfg!(not(target_os = "linux"))
        );
        assert_eq!(side_by_side(ms(60_000), Duration::ZERO), SIDE_BY_SIDE);
    }

    #[test]
    fn what_is_known_comes_back() {
        let caught = |run| Stress::Caught { run, verdict: "wrong-result".into() };
        let all = [
            caught(Some(3)),
            caught(None),
            Stress::Missed { runs: 1000, its_own: false },
            Stress::NotPossible,
        ];
        for stress in all {
            let known = Known {
                exercise: "e1".into(),
                slug: "too_early".into(),
                texts: "00".into(),
                runs: 1000,
                stress,
            };
            assert_eq!(Known::read(&known.to_json()), Some(known));
        }
    }

    #[test]
    fn a_judge_in_trouble_has_caught_nothing() {
        let judgement = |verdict, detail: &str| {
            let mut judgement = Judgement::new("e1", verdict, "schedules", "…");
            judgement.details.push(detail.into());
            went(&judgement, "schedules").ok()
        };
        assert!(matches!(
            judgement(Verdict::WrongResult, "In run 7 of 20."),
            Some(Went::Wrong(Some(7), Verdict::WrongResult))
        ));
        assert!(matches!(judgement(Verdict::Exits, ""), Some(Went::Wrong(None, Verdict::Exits))));
        assert!(judgement(Verdict::CouldNotJudge, "").is_none());
        assert!(judgement(Verdict::Hangs, "").is_none());
    }
}
