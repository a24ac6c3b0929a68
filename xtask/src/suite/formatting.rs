//! Whether every source file is as rustfmt would write it.
use super::{Item, Report, Suite};
use crate::lessons::Lesson;
use crate::process;
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

pub fn run(suite: &Suite, report: &Report) -> Result<()> {
    let mut crates = suite.workspace.cargo();
    crates.args(["fmt", "--all", "--check", "--", "--files-with-diff"]);
    report.add(item(suite, "the crates", &mut crates, "cargo fmt --all")?);

    // Solutions and wrong answers belong to no crate, so cargo does not know of them.
    for lesson in &suite.course.lessons {
        let files = answers(lesson);
        if files.is_empty() {
            continue;
        }
        let mut command = Command::new("rustfmt");
        command
            .current_dir(&suite.workspace.root)
            .args(["--edition=2024", "--check", "--files-with-diff"])
            .args(&files);
        let folder = suite.workspace.short(&lesson.folder);
        let again = format!("rustfmt --edition=2024 {folder}/solutions/*.rs {folder}/wrong/*/*.rs");
        report.add(item(suite, &format!("answers of lesson {}", lesson.number), &mut command, &again)?);
    }
    Ok(())
}

fn item(suite: &Suite, name: &str, command: &mut Command, again: &str) -> Result<Item> {
    let finished = process::capture(command)?;
    // A judge mounts the learner's file, so rustfmt looks at it too; how learners format is up to them.
    let files: BTreeSet<String> =
        finished.stdout.lines().map(|file| file.trim().replace("/tests/../", "/")).collect();
    let files: Vec<String> = files
        .iter()
        .filter(|file| !file.is_empty())
        .map(|file| {
            file.strip_prefix(&format!("{}/", suite.workspace.root.display())).unwrap_or(file).to_owned()
        })
        .filter(|file| !suite.worked.contains(file))
        .collect();
    let troubles = finished.stderr.lines().filter(|line| line.starts_with("error"));
    let mut details: Vec<String> = files.iter().map(|file| format!("{file} is not formatted")).collect();
    if !finished.status.success() && finished.stdout.trim().is_empty() && suite.worked.is_empty() {
        details.extend(troubles.map(str::to_owned));
        details.push(finished.stderr.trim().to_owned());
    }
    Ok(Item::new(name, details.is_empty(), details, again))
}

/// Solutions and wrong answers of a lesson, as far as they are there.
fn answers(lesson: &Lesson) -> Vec<PathBuf> {
    let of = |exercise: &crate::lessons::Exercise| {
        let wrong = exercise.wrong.iter().map(|wrong| lesson.wrong(&exercise.id, &wrong.slug));
        [lesson.solution(&exercise.id)].into_iter().chain(wrong).collect::<Vec<_>>()
    };
    lesson.exercises().flat_map(of).filter(|path| path.is_file()).collect()
}
