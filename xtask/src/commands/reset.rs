//! `reset`: the starter back, the learner's text kept beside it.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::{Course, Exercise, Lesson};
use crate::progress::{Fact, Progress};
use crate::source::Source;
use crate::workspace::Workspace;
use crate::{files, select};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

pub const COMMAND: Command = Command {
    name: "reset",
    takes: "104|--all",
    summary: "Put the starter back; your text is kept beside it",
    help: "\
What you wrote stays as `e104_visits.rs.kept.1`, `.kept.2`, … in the same folder. The exercise counts as open again.

  --all    every exercise that was changed

Example: cargo xtask reset 104
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("reset", raw, &Spec { switches: &["all"], values: &[], words: 1, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let chosen = match (args.word(), args.has("all")) {
        (Some(word), false) => select::exercises(&course, word)?,
        (None, true) => select::exercises(&course, "all")?,
        _ => {
            return usage("reset: which exercise? Try `cargo xtask reset 104`, or `cargo xtask reset --all`");
        }
    };
    let mut changed = 0;
    for (lesson, exercise) in chosen {
        if let Some(said) = reset(&workspace, lesson, exercise)? {
            println!("{said}");
            changed += 1;
        }
    }
    if changed == 0 {
        println!("Nothing to do: it is the starter already.");
    }
    Ok(Exit::Fine)
}

/// Puts one starter back. Gives what is to be said, unless there was nothing to do.
pub fn reset(workspace: &Workspace, lesson: &Lesson, exercise: &Exercise) -> Result<Option<String>> {
    let Some(starter) = lesson.starter(&exercise.id)? else {
        bail!(
            "{} has neither solutions/ nor starters/ to take the starter from",
            workspace.short(&lesson.folder)
        );
    };
    let path = lesson.answer(&exercise.id);
    let source = Source::at(&path)?;
    let mut kept = String::new();
    match source {
        Source::Text(text) if text == starter => {
            // A reset that was killed may have left something beside.
            path.parent().into_iter().for_each(files::clear_away);
            return Ok(None);
        }
        Source::Missing | Source::Empty => {}
        Source::Text(text) => {
            let beside = free_name(&path)?;
            files::replace(&beside, text)?;
            kept = format!("; your text is {}", workspace.short(&beside));
        }
        // Not a text that could be copied; it is moved as it is.
        Source::Dangling(_) | Source::Folder | Source::Special | Source::NotUtf8(_) => {
            let beside = free_name(&path)?;
            fs::rename(&path, &beside).with_context(|| format!("cannot move {} away", path.display()))?;
            kept = format!("; what was there is {}", workspace.short(&beside));
        }
    }
    files::replace(&path, starter)?;
    Progress::update(workspace, |progress| {
        progress.forget(Fact::Done, &exercise.id);
        progress.forget(Fact::Skipped, &exercise.id);
    })?;
    Ok(Some(format!("{} is the starter again{kept}", workspace.short(&path))))
}

/// `e104_visits.rs.kept.1`, or the first number that is free.
fn free_name(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().context("an exercise has a name")?.to_string_lossy();
    let mut names = (1..=9_999).map(|number| path.with_file_name(format!("{name}.kept.{number}")));
    names
        // A link that leads nowhere takes its name, too.
        .find(|path| path.symlink_metadata().is_err())
        .with_context(|| format!("remove some of the old texts beside {}", path.display()))
}
