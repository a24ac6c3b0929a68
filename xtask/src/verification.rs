//! Checking the checker: what every answer of an exercise must get.
mod lanes;
mod verified;

use crate::compile::Answer;
use crate::judging::{Judged, Nobody, judge};
use crate::lessons::{Course, Exercise, Lesson, Question, Wrong};
use crate::screen::count;
use crate::select::Chosen;
use crate::starters::{self, InStep};
use crate::workspace::Workspace;
use crate::{files, quiz, view};
use anyhow::Result;
use judge::{Status, Verdict};
use lanes::{Lanes, Next};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use verified::Verified;

/// Whether one thing about an exercise holds.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The lesson's number.
    pub lesson: usize,
    /// The exercise.
    pub exercise: String,
    /// `starter`, `solution`, `wrong/<slug>`, `exercises/ in step`, `quiz 1`.
    pub answer: String,
    /// The file that it is about.
    pub file: String,
    /// Whether it is as it must be.
    pub holds: bool,
    /// Whether it was found before, and nothing has changed since.
    pub unchanged: bool,
    /// The verdict, where something was judged.
    pub verdict: Option<Verdict>,
    /// What was found, in a line.
    pub text: String,
    /// What else a maintainer should know of a failure.
    pub more: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// Whether what held before and has not changed since is judged again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// All of it.
    Everything,
    /// Only what changed: the answer, its judge, what that stands on, this program.
    Changes,
}

/// How many findings there will be.
pub fn count_of(chosen: &[Chosen]) -> usize {
    chosen.iter().map(|(_, exercise)| tasks(exercise).len()).sum()
}

/// Verifies the chosen exercises on all processors; `tell` hears of each finding as it is made, one at a time.
pub fn run(
    workspace: &Workspace,
    course: &Course,
    chosen: &[Chosen],
    again: Again,
    tell: &(dyn Fn(&Finding) + Sync),
) -> Vec<Finding> {
    let lanes = Mutex::new(Lanes::new(chosen.iter().map(|(_, exercise)| tasks(exercise).len()).collect()));
    let all: Vec<_> = chosen.iter().map(|(_, exercise)| vec![None; tasks(exercise).len()]).collect();
    let all = Mutex::new(all);
    let work = || {
        let mut here = None;
        loop {
            let next = lanes.lock().unwrap_or_else(PoisonError::into_inner).next(&mut here);
            let Some(Next { exercise: place, task: number, lane }) = next else { break };
            let (lesson, exercise) = chosen[place];
            let verifier = Verifier { workspace, course, lesson, exercise, lane, again };
            let finding = verifier.find(&tasks(exercise)[number]);
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            tell(&finding);
            all[place][number] = Some(finding);
        }
    };
    let cores = thread::available_parallelism().map_or(2, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().flatten().collect()
}

/// One thing to find out about an exercise.
enum Task<'a> {
    InStep,
    Starter,
    Solution,
    Wrong(&'a Wrong),
    Question(usize, &'a Question),
}

/// What there is to find out, in the order in which it is told.
fn tasks(exercise: &Exercise) -> Vec<Task<'_>> {
    let mut tasks = vec![Task::InStep, Task::Starter, Task::Solution];
    tasks.extend(exercise.wrong.iter().map(Task::Wrong));
    let decidable = exercise.quiz.iter().enumerate().filter(|(_, question)| !question.prints.is_empty());
    tasks.extend(decidable.map(|(index, question)| Task::Question(index + 1, question)));
    tasks
}

struct Verifier<'a> {
    workspace: &'a Workspace,
    course: &'a Course,
    lesson: &'a Lesson,
    exercise: &'a Exercise,
    /// Which of those who verify this exercise at the same time; each compiles in a place of its own.
    lane: usize,
    again: Again,
}

impl Verifier<'_> {
    fn find(&self, task: &Task) -> Finding {
        match task {
            Task::InStep => self.in_step(),
            Task::Starter => self.starter(),
            Task::Solution => {
                let solution = self.lesson.solution(&self.exercise.id);
                self.judged("solution", &solution, Verdict::Pass, None)
            }
            Task::Wrong(wrong) => {
                let source = self.lesson.wrong(&self.exercise.id, &wrong.slug);
                self.judged(&format!("wrong/{}", wrong.slug), &source, wrong.verdict, wrong.layer.as_deref())
            }
            Task::Question(number, question) => self.question(*number, question),
        }
    }

    /// Whether the program of a question speaks for the choice that the course calls right.
    fn question(&self, number: usize, question: &Question) -> Finding {
        let begin = Instant::now();
        let (holds, text) = match quiz::evidence(self.workspace, self.course, question) {
            Ok(Some(evidence)) if evidence.choice == question.answer => {
                (true, format!("the program speaks for choice {}, too", evidence.choice))
            }
            Ok(Some(evidence)) => {
                (false, format!("the key says {}, the program says {}", question.answer, evidence.choice))
            }
            Ok(None) => (false, "nothing decides it".to_owned()),
            Err(error) => (false, format!("{error:#}")),
        };
        self.finding(&format!("quiz {number}"), holds, None, text, begin)
    }

    /// Whether exercises/ has what the solution's markers say.
    fn in_step(&self) -> Finding {
        let begin = Instant::now();
        let (holds, text) = match starters::in_step(self.workspace, self.lesson, self.exercise) {
            Ok(InStep::Same) => (true, "the file is the solution's starter".to_owned()),
            Ok(InStep::Worked) => (true, "somebody works on the file; not compared".to_owned()),
            Ok(InStep::Stale(why)) => (false, why),
            Err(error) => (false, format!("{error:#}")),
        };
        self.finding("exercises/ in step", holds, None, text, begin)
    }

    /// Whether the untouched starter fails as stated.
    fn starter(&self) -> Finding {
        let begin = Instant::now();
        match self.write_starter() {
            Ok(source) => {
                self.judged("starter", &source, self.exercise.starter.unwrap_or(Verdict::NotStarted), None)
            }
            Err(error) => self.finding("starter", false, None, format!("{error:#}"), begin),
        }
    }

    fn write_starter(&self) -> Result<PathBuf> {
        let starter = self.lesson.starter(&self.exercise.id)?;
        let starter = starter.ok_or_else(|| anyhow::anyhow!("there is no solution to cut it from"))?;
        let folder = self.workspace.cache().join(&self.lesson.name).join(&self.exercise.id).join("starter");
        let path = folder.join(format!("{}.rs", self.exercise.id));
        files::replace(&path, starter)?;
        Ok(path)
    }

    /// Judges an answer twice and compares with what must come out.
    fn judged(&self, name: &str, source: &Path, wanted: Verdict, layer: Option<&str>) -> Finding {
        let begin = Instant::now();
        if !source.is_file() {
            let text = format!("{} is missing", self.workspace.short(source));
            return self.finding(name, false, None, text, begin);
        }
        // One place for many answers: the judge is compiled anew for each, and most of that is reused.
        let slot = if self.lane == 0 { "verify".to_owned() } else { format!("verify-{}", self.lane + 1) };
        let answer = Answer { lesson: self.lesson, exercise: self.exercise, source, slot: &slot };
        let verified = Verified::of(self.workspace, &answer, name, &format!("{wanted} {layer:?}"));
        if self.again == Again::Changes
            && let Some(text) = verified.held()
        {
            let mut finding = self.finding(name, true, Some(wanted), text, begin);
            finding.unchanged = true;
            return finding;
        }
        let first = judge(self.workspace, &answer, &mut Nobody);
        let second = judge(self.workspace, &answer, &mut Nobody);
        let got = &first.judgement;
        let problem = if got.verdict != wanted {
            Some(format!("{} instead of {wanted}", got.verdict))
        } else if layer.is_some_and(|layer| layer != got.layer) {
            Some(format!("{wanted} found by `{}` instead of `{}`", got.layer, layer.unwrap_or_default()))
        } else if second.judgement.verdict != wanted || second.judgement.layer != got.layer {
            Some(format!(
                "{wanted} at first, then {} by `{}`",
                second.judgement.verdict, second.judgement.layer
            ))
        } else if wanted.is_pass() {
            got.layers
                .iter()
                .find(|layer| layer.status != Status::Passed)
                .map(|layer| format!("{} did not run", layer.name))
        } else {
            None
        };
        let holds = problem.is_none();
        let text = problem.unwrap_or_else(|| match wanted {
            Verdict::Pass => covered(&first),
            _ => format!("{wanted}, by `{}`", got.layer),
        });
        let mut finding = self.finding(name, holds, Some(got.verdict), text, begin);
        finding.file = self.workspace.short(source);
        if holds {
            verified.remember(&answer, &finding.text);
        } else {
            finding.more = view::for_maintainers(&first);
            finding.more.push(format!(
                "see it: cargo xtask check {} --answer {}",
                self.exercise.number(),
                self.workspace.short(source)
            ));
        }
        finding
    }

    fn finding(
        &self,
        answer: &str,
        holds: bool,
        verdict: Option<Verdict>,
        text: String,
        begin: Instant,
    ) -> Finding {
        let more = Vec::new();
        let (exercise, answer) = (self.exercise.id.clone(), answer.to_owned());
        let file = self.workspace.short(&self.lesson.folder.join("lesson.toml"));
        let (lesson, elapsed) = (self.lesson.number, begin.elapsed());
        Finding { lesson, exercise, answer, file, holds, unchanged: false, verdict, text, more, elapsed }
    }
}

/// How completely a solution was explored. What was explored completely is counted; a bound is told.
fn covered(judged: &Judged) -> String {
    let explored = judged.judgement.layers.iter().filter(|layer| !layer.note.is_empty());
    let (complete, bounded): (Vec<_>, Vec<_>) =
        explored.partition(|layer| layer.note.starts_with("every schedule, in"));
    let mut parts = Vec::new();
    if !complete.is_empty() {
        parts.push(format!("{} explored completely", count(complete.len(), "model")));
    }
    parts.extend(bounded.iter().map(|layer| format!("{}: {}", layer.what, layer.note)));
    format!("pass: {}", if parts.is_empty() { "every layer".to_owned() } else { parts.join("; ") })
}
