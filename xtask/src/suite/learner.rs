//! The learner's own answers: judged, never counted against anybody before they are begun.
use super::{Item, Report, Suite};
use crate::judging::Nobody;
use crate::{checking, view};
use anyhow::Result;
use judge::Verdict;

pub fn run(suite: &Suite, report: &Report) -> Result<()> {
    let mut untouched = 0;
    for (lesson, exercise) in suite.course.exercises() {
        let path = suite.workspace.short(&lesson.answer(&exercise.id));
        // In a copy without solutions nothing tells whether a file was begun, except the judge.
        let begun = suite.worked.contains(&path) || !lesson.solution(&exercise.id).is_file();
        if !begun || checking::not_started(suite.workspace, lesson, exercise)?.is_some() {
            untouched += 1;
            continue;
        }
        report.say(&exercise.id);
        let judged = checking::check(suite.workspace, lesson, exercise, &mut Nobody)?;
        let verdict = judged.judgement.verdict;
        if verdict == Verdict::NotStarted {
            untouched += 1;
            continue;
        }
        let mut details = vec![verdict.to_string()];
        details.extend(view::for_maintainers(&judged));
        let again = format!("cargo xtask check {}", exercise.number());
        report.add(Item::new(exercise.id.clone(), verdict.is_pass(), details, again));
    }
    if untouched > 0 {
        let what = crate::screen::count(untouched, "exercise");
        report.add(Item::skipped("your own work", format!("{what} not started.")));
    }
    Ok(())
}
