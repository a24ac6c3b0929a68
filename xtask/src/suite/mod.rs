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
use crate::verification;
use crate::workspace::Workspace;
use anyhow::Result;
use std::collections::BTreeSet;

/// What every step needs.
pub struct Suite<'a> {
    /// Where everything is.
    pub workspace: &'a Workspace,
    /// The lessons.
    pub course: &'a Course,
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
    pub fn new<'a>(workspace: &'a Workspace, course: &'a Course) -> Result<Suite<'a>> {
        let mut worked = BTreeSet::new();
        for (lesson, exercise) in course.exercises() {
            // A solution that cannot be cut is reported by the step that verifies it.
            if let Ok(InStep::Worked) = starters::in_step(workspace, lesson, exercise) {
                worked.insert(workspace.short(&lesson.answer(&exercise.id)));
            }
        }
        Ok(Suite { workspace, course, worked })
    }
}

fn tidy(suite: &Suite, report: &Report) -> Result<()> {
    let tree = Tree::read(suite.workspace)?;
    for rule in RULES {
        let findings = (rule.check)(&tree, suite.course);
        let details =
            findings.iter().map(|finding| format!("{}: {}", finding.place, finding.problem)).collect();
        report.add(Item::new(rule.name, findings.is_empty(), details, "cargo xtask check-all --only tidy"));
    }
    Ok(())
}

fn verify(suite: &Suite, report: &Report) -> Result<()> {
    let chosen: Vec<_> = suite.course.exercises().collect();
    verification::run(suite.workspace, &chosen, &|finding| {
        let name = format!("{} {}", finding.exercise, finding.answer);
        let again = format!("cargo xtask verify {}", crate::lessons::number(&finding.exercise));
        let mut details = vec![finding.text.clone()];
        details.extend(finding.more.iter().cloned());
        report.add(Item::new(name, finding.holds, details, again));
    });
    Ok(())
}
