//! What the models of the judges cover and cost, what the explorer needs to find each wrong answer, and what stress
//! testing of the same models would have found of them.
use super::journal::Journal;
use super::stress::{Known, Stress, Subject};
use super::{Program, Shipped, files_below, program, shipped};
use crate::compile::Answer;
use crate::files;
use crate::judging::{self, Nobody, Special};
use crate::lessons::{Exercise, Lesson};
use crate::select::Chosen;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use judge::{Judgement, LayerReport, Status, Verdict};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

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
    /// What was said of it.
    pub judgement: Judgement,
    /// Whether its verdict is the one that lesson.toml says.
    pub as_stated: bool,
    /// What stress testing said, where a model of schedules decided and stress was asked for.
    pub stress: Option<Stress>,
}

impl Wrong {
    /// The schedule that failed, as the explorer counts, and how many unlucky moments it has; none without a story.
    pub fn found(&self) -> Option<(usize, usize)> {
        self.judgement.story.as_ref().map(|story| (story.schedule, story.cost))
    }
}

/// Looks at one exercise; `stress` is the number of real runs of each model. What the journal knows of them is not done
/// again.
pub fn look_at(
    workspace: &Workspace,
    chosen: Chosen<'_>,
    stress: usize,
    journal: &mut Journal<Known>,
    tell: &mut dyn FnMut(&str),
) -> Result<Covered> {
    let (lesson, exercise) = chosen;
    let mut covered = Covered { exercise: exercise.id.clone(), models: Vec::new(), wrong: Vec::new() };
    let mut solution = None;
    let mut usable: Option<Vec<String>> = None;
    for answer in shipped(lesson, exercise) {
        tell(&format!("{} {}", exercise.id, answer.name));
        let slug = answer.name.strip_prefix("wrong/").map(str::to_owned);
        let Some(program) = program(workspace, lesson, exercise, &answer.source, &answer.name, true)? else {
            if let Some(slug) = slug {
                let sentence = "The compiler refuses it.";
                let judgement = Judgement::new(&exercise.id, Verdict::DoesNotCompile, "compile", sentence);
                let as_stated = answer.verdict == Verdict::DoesNotCompile;
                covered.wrong.push(Wrong { slug, judgement, as_stated, stress: None });
            }
            continue;
        };
        let place = Answer { lesson, exercise, source: &answer.source, slot: "measure" };
        let (judgement, printed) =
            judging::run(workspace, &place, &program.path, Special::default(), &mut Nobody)?;
        if judgement.verdict == Verdict::CouldNotJudge {
            // Not a finding about anything, and nothing for a table.
            let details = judgement.details.join(" ");
            bail!("{} {}: {} {details}\n{printed}", exercise.id, answer.name, judgement.sentence);
        }
        let Some(slug) = slug else {
            covered.models = models(&judgement);
            solution = Some((answer, program));
            continue;
        };
        let failed = judgement.layers.iter().find(|layer| layer.status == Status::Failed);
        let asked = failed.filter(|_| stress > 0 && judgement.layer == "schedules");
        let stress = match asked {
            None => None,
            Some(found) => {
                let texts = texts(lesson, exercise, &answer.source)?;
                let known = journal.runs.iter().rev().find(|known| {
                    known.exercise == exercise.id
                        && known.slug == slug
                        && known.texts == texts
                        && known.runs == stress
                });
                Some(match known {
                    Some(known) => known.stress.clone(),
                    None => {
                        if usable.is_none() {
                            usable = Some(usable_models(workspace, chosen, &covered.models, &solution)?);
                        }
                        let usable = usable.as_deref().unwrap_or_default();
                        tell(&format!("{} {}: on real threads", exercise.id, answer.name));
                        let subject = Subject { workspace, answer: place, program: &program };
                        let found = subject.stressed(found, usable, stress)?;
                        journal.add(Known {
                            exercise: exercise.id.clone(),
                            slug: slug.clone(),
                            texts: texts.clone(),
                            runs: stress,
                            stress: found.clone(),
                        })?;
                        found
                    }
                })
            }
        };
        let as_stated = judgement.verdict == answer.verdict;
        covered.wrong.push(Wrong { slug, judgement, as_stated, stress });
    }
    Ok(covered)
}

/// A hash of all that decides how real runs go: the text of the answer, of its judge and of what that has beside it. The
/// explorer has no part in them.
fn texts(lesson: &Lesson, exercise: &Exercise, answer: &Path) -> Result<String> {
    let tests = lesson.folder.join("tests");
    let mut files = vec![answer.to_owned(), lesson.judge(&exercise.id)];
    for entry in fs::read_dir(&tests).with_context(|| format!("cannot read {}", tests.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, &mut files)?;
        }
    }
    files[2..].sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(files::read(&file)?.as_bytes());
    }
    Ok(format!("{:016x}", hasher.finish()))
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
fn usable_models(
    workspace: &Workspace,
    chosen: Chosen<'_>,
    models: &[Model],
    solution: &Option<(Shipped, Program)>,
) -> Result<Vec<String>> {
    let (lesson, exercise) = chosen;
    let Some((solution, program)) = solution else { return Ok(Vec::new()) };
    let answer = Answer { lesson, exercise, source: &solution.source, slot: "measure" };
    let subject = Subject { workspace, answer, program };
    let mut usable = Vec::new();
    for model in models.iter().filter(|model| model.layer.starts_with("schedules")) {
        if subject.passes(&model.layer)? {
            usable.push(model.layer.clone());
        }
    }
    Ok(usable)
}
