//! The files in exercises/: whether they are still what is cut from the solutions.
use crate::lessons::{Exercise, Lesson};
use crate::progress::{Fact, Progress};
use crate::workspace::Workspace;
use crate::{files, process, starter};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a learner's file stands to the starter.
#[derive(Debug, PartialEq, Eq)]
pub enum InStep {
    /// It is the starter.
    Same,
    /// Somebody works on it; the committed file is the starter.
    Worked,
    /// It is an older starter, or missing.
    Stale(String),
}

/// How the file of `exercise` stands to its starter.
pub fn in_step(workspace: &Workspace, lesson: &Lesson, exercise: &Exercise) -> Result<InStep> {
    let path = lesson.answer(&exercise.id);
    let rewrite = format!("`cargo xtask starters {}` writes it", exercise.number());
    let Some(starter) = lesson.starter(&exercise.id)? else {
        return Ok(InStep::Stale(format!("{} is missing", workspace.short(&lesson.solution(&exercise.id)))));
    };
    let Some(text) = files::read_if_there(&path)? else {
        return Ok(InStep::Stale(format!("{} is missing; {rewrite}", workspace.short(&path))));
    };
    if text == starter {
        return Ok(InStep::Same);
    }
    let stale = || {
        InStep::Stale(format!("{} differs from the solution's starter; {rewrite}", workspace.short(&path)))
    };
    Ok(match committed(workspace, "HEAD", &path) {
        Some(committed) if committed == starter => InStep::Worked,
        Some(_) => stale(),
        // No repository, or not in it yet: progress tells whether somebody works here.
        None => {
            let progress = Progress::load(workspace)?;
            let facts = [Fact::Done, Fact::Hint, Fact::GaveUp, Fact::Skipped];
            let worked = facts.into_iter().any(|fact| progress.has(fact, &exercise.id));
            if worked { InStep::Worked } else { stale() }
        }
    })
}

/// What was done about a starter.
pub enum Rewritten {
    /// It was right.
    Same,
    /// It is written.
    Written,
    /// The file holds somebody's work.
    LeftAlone,
}

/// Writes the starter where the file is missing or is an older starter.
pub fn rewrite(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    starter: &str,
) -> Result<Rewritten> {
    let path = lesson.answer(&exercise.id);
    let remembered = workspace.cache().join("starters").join(format!("{}.rs", exercise.id));
    let done = match files::read_if_there(&path)? {
        Some(text) if text == starter => Rewritten::Same,
        Some(text) if !was_a_starter(workspace, lesson, exercise, &text, &remembered)? => {
            return Ok(Rewritten::LeftAlone);
        }
        _ => {
            files::replace(&path, starter)?;
            Rewritten::Written
        }
    };
    files::replace(&remembered, starter)?;
    Ok(done)
}

/// Whether `text` is the starter that was written last, or is cut from any committed solution.
fn was_a_starter(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    text: &str,
    remembered: &Path,
) -> Result<bool> {
    if files::read_if_there(remembered)?.as_deref() == Some(text) {
        return Ok(true);
    }
    let solution = lesson.solution(&exercise.id);
    let mut log = git(workspace);
    log.args(["log", "--format=%H", "--"]).arg(&solution);
    let commits = process::capture(&mut log).map(|finished| finished.stdout).unwrap_or_default();
    Ok(commits.lines().any(|commit| {
        let then = committed(workspace, commit, &solution);
        then.is_some_and(|solution| starter::cut(&solution).is_ok_and(|starter| starter == text))
    }))
}

/// A file as it was committed, if there is a repository that has it.
fn committed(workspace: &Workspace, commit: &str, path: &Path) -> Option<String> {
    let relative: PathBuf = path.strip_prefix(&workspace.root).ok()?.to_owned();
    // `./`: the course may be a folder of a larger repository.
    let finished =
        process::capture(git(workspace).arg("show").arg(format!("{commit}:./{}", relative.display())))
            .ok()?;
    finished.status.success().then_some(finished.stdout)
}

fn git(workspace: &Workspace) -> Command {
    let mut command = Command::new("git");
    command.current_dir(&workspace.root);
    command
}
