//! Everything that must hold, in steps; each step adds items to one report.
mod formatting;
mod learner;
mod lints;
mod report;
mod testing;

pub use report::{Item, Report};

use crate::lessons::Course;
use crate::starters::{self, InStep};
use crate::tidy::{RULES, Tree};
use crate::verification::{self, Again};
use crate::workspace::Workspace;
use anyhow::Result;
use std::collections::BTreeSet;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What every step needs.
pub struct Suite<'a> {
    /// Where everything is.
    pub workspace: &'a Workspace,
    /// The lessons.
    pub course: &'a Course,
    /// Whether what held before and has not changed is judged again.
    pub again: Again,
    /// The learner's files that differ from their starters, from the root. What is only theirs fails nobody's check.
    pub worked: BTreeSet<String>,
}

/// One step.
pub struct Step {
    /// What `--only` calls it.
    pub name: &'static str,
    /// What it does.
    pub title: &'static str,
    /// Does it.
    pub run: fn(&Suite, &Report) -> Result<()>,
}

/// Every step, quick ones first: whoever made a slip hears of it soon.
pub const STEPS: &[Step] = &[
    Step { name: "format", title: "formatting", run: formatting::run },
    Step { name: "tidy", title: "tidy rules", run: tidy },
    Step { name: "lints", title: "lints", run: lints::run },
    Step { name: "tests", title: "unit and integration tests", run: testing::run },
    Step { name: "docs", title: "doc tests", run: testing::run_docs },
    Step { name: "demos", title: "demos against the chapters", run: testing::run_demos },
    Step { name: "verify", title: "starters, solutions, wrong answers", run: verify },
    Step { name: "learner", title: "your own work", run: learner::run },
];

impl Suite<'_> {
    /// Finds out which files are the learner's.
    pub fn new<'a>(workspace: &'a Workspace, course: &'a Course, again: Again) -> Result<Suite<'a>> {
        let mut worked = BTreeSet::new();
        for (lesson, exercise) in course.exercises() {
            // A solution that cannot be cut is reported by the step that verifies it.
            if let Ok(InStep::Worked) = starters::in_step(workspace, lesson, exercise) {
                worked.insert(workspace.short(&lesson.answer(&exercise.id)));
            }
        }
        Ok(Suite { workspace, course, again, worked })
    }
}

/// Does something for each of many, as many at a time as there are processors; gives the first error there is.
fn at_once<'a, T: Sync + 'a>(
    all: impl Iterator<Item = &'a T>,
    work: impl Fn(&T) -> Result<()> + Sync,
) -> Result<()> {
    let all: Vec<&T> = all.collect();
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(2, NonZero::get);
    let run = || {
        // Relaxed: only the number itself is shared; what is found travels through the report's lock.
        while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(one)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores.min(all.len())).map(|_| scope.spawn(run)).collect();
        let ends =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        ends.collect::<Vec<Result<()>>>().into_iter().collect()
    })
}

fn tidy(suite: &Suite, report: &Report) -> Result<()> {
    let tree = Tree::read(suite.workspace)?;
    report.expect(RULES.len());
    for rule in RULES {
        let findings = (rule.check)(&tree, suite.course);
        let file = findings.first().map_or(String::new(), |finding| finding.place.clone());
        let details =
            findings.iter().map(|finding| format!("{}: {}", finding.place, finding.problem)).collect();
        let again = "cargo xtask check-all --only tidy";
        report.add(Item::new(rule.name, findings.is_empty(), details, again).in_file(&file));
    }
    Ok(())
}

fn verify(suite: &Suite, report: &Report) -> Result<()> {
    let chosen: Vec<_> = suite.course.exercises().collect();
    report.expect(verification::count_of(&chosen));
    verification::run(suite.workspace, suite.course, &chosen, suite.again, &|finding| {
        let name = format!("{} {}", finding.exercise, finding.answer);
        let again = format!("cargo xtask verify {}", crate::lessons::number(&finding.exercise));
        let mut details = vec![finding.text.clone()];
        details.extend(finding.more.iter().cloned());
        let item =
            Item::new(name, finding.holds, details, again).of_lesson(finding.lesson).in_file(&finding.file);
        report.add(item.taking(finding.elapsed).unchanged(finding.unchanged));
    });
    Ok(())
}
