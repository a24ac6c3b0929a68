//! What the models of the judges cover and cost, what the explorer needs to find each wrong answer, and what stress
//! testing of the same models would have found of them.
use super::{Program, Shipped, program, shipped};
use crate::compile::Answer;
use crate::judging::{self, Nobody, Special};
use crate::select::Chosen;
use crate::workspace::Workspace;
use anyhow::Result;
use judge::{Judgement, LayerReport, STRESS_VARIABLE, Status, Verdict};

/// Runs by which it is seen whether a model can be run on real threads at all: one that needs the explorer's time, in
/// which an hour passes at once, cannot.
const TRIAL_RUNS: usize = 20;

/// How long the runs of one answer may take together. A single run that hangs is noticed by the judge, long before.
const STRESS_LIMIT_S: u64 = 300;

/// What was found out about an exercise.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The exercise.
    pub exercise: String,
    /// The models of its judge, as the solution passes them.
    pub models: Vec<Model>,
    /// What became of each wrong answer.
    pub wrong: Vec<Wrong>,
}

/// A model of a judge.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its layer: `schedules-2`, `overlap`.
    pub layer: String,
    /// What it is about.
    pub what: String,
    /// What was covered: "every schedule, in 1,432 runs".
    pub note: String,
    /// How long that took.
    pub micros: u64,
}

/// How a wrong answer was found.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// Its slug.
    pub slug: String,
    /// The verdict.
    pub verdict: String,
    /// Whether that is what lesson.toml says.
    pub as_stated: bool,
    /// The kind of layer that decided.
    pub layer: String,
    /// The schedule that failed, as the explorer counts, and how many unlucky moments it has; none without a story.
    pub found: Option<(usize, usize)>,
    /// What stress testing said, where a model of schedules decided and stress was asked for.
    pub stress: Option<Stress>,
}

/// What stress testing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stress {
    /// Something was wrong in this run of the model that the explorer found it with, or of another.
    Caught {
        /// Counted from 1.
        run: usize,
        /// What it looked like.
        verdict: String,
    },
    /// Nothing.
    Missed,
    /// The model cannot be run on real threads.
    NotPossible,
}

/// Looks at one exercise; `stress` is the number of real runs of each model.
pub fn look_at(
    workspace: &Workspace,
    chosen: Chosen<'_>,
    stress: usize,
    tell: &mut dyn FnMut(&str),
) -> Result<Covered> {
    let (lesson, exercise) = chosen;
    let run = |shipped: &Shipped, program: &Program, variables: &[(&str, String)]| -> Result<Judgement> {
        let answer = Answer { lesson, exercise, source: &shipped.source, slot: "measure" };
        let limit_s = (!variables.is_empty()).then_some(STRESS_LIMIT_S);
        let special = Special { variables, limit_s };
        Ok(judging::run(workspace, &answer, &program.path, special, &mut Nobody)?.0)
    };
    let mut covered = Covered { exercise: exercise.id.clone(), models: Vec::new(), wrong: Vec::new() };
    let mut usable: Vec<String> = Vec::new();
    for answer in shipped(lesson, exercise) {
        tell(&format!("{} {}", exercise.id, answer.name));
        let Some(program) = program(workspace, lesson, exercise, &answer.source, &answer.name, true)? else {
            if let Some(slug) = answer.name.strip_prefix("wrong/") {
                let verdict = answer.verdict.to_string();
                let slug = slug.to_owned();
                let as_stated = answer.verdict == Verdict::DoesNotCompile;
                let layer = "compile".to_owned();
                covered.wrong.push(Wrong { slug, verdict, as_stated, layer, found: None, stress: None });
            }
            continue;
        };
        let judgement = run(&answer, &program, &[])?;
        let Some(slug) = answer.name.strip_prefix("wrong/") else {
            covered.models = models(&judgement);
            if stress > 0 {
                usable = usable_models(&covered.models, &mut |layer| {
                    run(&answer, &program, &variables(TRIAL_RUNS, &[layer]))
                })?;
            }
            continue;
        };
        let failed = judgement.layers.iter().find(|layer| layer.status == Status::Failed);
        let stressed = match failed {
            Some(failed) if stress > 0 && judgement.layer == "schedules" => {
                Some(stressed(failed, &usable, &mut |layers| {
                    run(&answer, &program, &variables(stress, layers))
                })?)
            }
            _ => None,
        };
        covered.wrong.push(Wrong {
            slug: slug.to_owned(),
            verdict: judgement.verdict.to_string(),
            as_stated: judgement.verdict == answer.verdict,
            layer: judgement.layer.clone(),
            found: judgement.story.as_ref().map(|story| (story.schedule, story.cost)),
            stress: stressed,
        });
    }
    Ok(covered)
}

fn variables<'a>(runs: usize, layers: &[&str]) -> [(&'a str, String); 2] {
    [(STRESS_VARIABLE, runs.to_string()), ("JUDGE_LAYERS", layers.join(","))]
}

fn models(judgement: &Judgement) -> Vec<Model> {
    let explored = judgement.layers.iter().filter(|layer| judging::is_explored_layer(&layer.name));
    let model = |layer: &LayerReport| Model {
        layer: layer.name.clone(),
        what: layer.what.clone(),
        note: layer.note.clone(),
        micros: layer.micros,
    };
    explored.map(model).collect()
}

/// The models of schedules which the solution passes on real threads, too.
fn usable_models(models: &[Model], run: &mut dyn FnMut(&str) -> Result<Judgement>) -> Result<Vec<String>> {
    let mut usable = Vec::new();
    for model in models.iter().filter(|model| model.layer.starts_with("schedules")) {
        if run(&model.layer)?.verdict.is_pass() {
            usable.push(model.layer.clone());
        }
    }
    Ok(usable)
}

/// First the model with which the explorer found it, then all others.
fn stressed(
    failed: &LayerReport,
    usable: &[String],
    run: &mut dyn FnMut(&[&str]) -> Result<Judgement>,
) -> Result<Stress> {
    let (first, others): (Vec<&str>, Vec<&str>) =
        usable.iter().map(String::as_str).partition(|layer| *layer == failed.name);
    if usable.is_empty() {
        return Ok(Stress::NotPossible);
    }
    for layers in [first, others] {
        if layers.is_empty() {
            continue;
        }
        let judgement = run(&layers)?;
        if !judgement.verdict.is_pass() {
            let number = judgement.details.first().and_then(|detail| detail.strip_prefix("In run "));
            let number = number.and_then(|rest| rest.split(' ').next()?.parse().ok());
            return Ok(Stress::Caught { run: number.unwrap_or(1), verdict: judgement.verdict.to_string() });
        }
    }
    Ok(Stress::Missed)
}
