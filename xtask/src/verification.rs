//! Checking the checker: what every answer of an exercise must get.
use crate::compile::Answer;
use crate::judging::{Judged, Nobody, judge};
use crate::lessons::{Exercise, Lesson};
use crate::screen::count;
use crate::select::Chosen;
use crate::starters::{self, InStep};
use crate::workspace::Workspace;
use crate::{files, view};
use anyhow::Result;
use judge::{Status, Verdict};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Whether one thing about an exercise holds.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The exercise.
    pub exercise: String,
    /// `starter`, `solution`, `wrong/<slug>`, `exercises/ in step`.
    pub answer: String,
    /// Whether it is as it must be.
    pub holds: bool,
    /// The verdict, where something was judged.
    pub verdict: Option<Verdict>,
    /// What was found, in a line.
    pub text: String,
    /// What else a maintainer should know of a failure.
    pub more: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// How many exercises are verified at a time: an explorer runs one thread at a time, so two fill two cores.
const AT_A_TIME: usize = 2;

/// Verifies the chosen exercises; `tell` hears of each finding as it is made, one at a time.
pub fn run(workspace: &Workspace, chosen: &[Chosen], tell: &(dyn Fn(&Finding) + Sync)) -> Vec<Finding> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(vec![Vec::new(); chosen.len()]);
    let work = || {
        // Relaxed: only the number itself is shared; the findings travel through the mutex.
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((lesson, exercise)) = chosen.get(place) else { break };
            exercise_findings(workspace, lesson, exercise, &mut |finding| {
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                tell(&finding);
                all[place].push(finding);
            });
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(chosen.len()) {
            scope.spawn(work);
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner).concat()
}

/// All findings on one exercise, each as soon as it is there.
fn exercise_findings(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    tell: &mut dyn FnMut(Finding),
) {
    let verifier = Verifier { workspace, lesson, exercise };
    tell(verifier.in_step());
    tell(verifier.starter());
    let solution = lesson.solution(&exercise.id);
    tell(verifier.judged("solution", &solution, Verdict::Pass, None));
    for wrong in &exercise.wrong {
        let source = lesson.wrong(&exercise.id, &wrong.slug);
        tell(verifier.judged(
            &format!("wrong/{}", wrong.slug),
            &source,
            wrong.verdict,
            wrong.layer.as_deref(),
        ));
    }
}

struct Verifier<'a> {
    workspace: &'a Workspace,
    lesson: &'a Lesson,
    exercise: &'a Exercise,
}

impl Verifier<'_> {
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
        // One place for all answers: the judge is compiled anew for each, and most of that is reused.
        let answer = Answer { lesson: self.lesson, exercise: self.exercise, source, slot: "verify" };
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
        if !holds {
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
        Finding { exercise, answer, holds, verdict, text, more, elapsed: begin.elapsed() }
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
