//! `solution`: the answer, once it cannot spoil anything.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::{Course, Exercise, Lesson};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, fit_code};
use crate::workspace::Workspace;
use crate::{files, select};
use anyhow::Result;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "solution",
    takes: "104 [--give-up]",
    summary: "Show the answer, once yours is green",
    help: "\
  --give-up    show it before; this is written into progress.txt

Example: cargo xtask solution 104
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = Args::parse(
        "solution",
        raw,
        &Spec { switches: &["give-up"], values: &[], words: 1, passes_on: false },
    )?;
    let Some(word) = args.word() else {
        return usage("solution: which exercise? Try `cargo xtask solution 104`");
    };
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let (lesson, exercise) = select::exercise(&course, word)?;
    match text(&workspace, lesson, exercise, args.has("give-up"))? {
        Some(text) => {
            // Whoever keeps it in a file wants it as it is.
            let screen = Screen::stdout();
            print!("{}", if screen.live { fit_code(&text, screen.columns) } else { text });
            Ok(Exit::Fine)
        }
        None => usage(refusal(exercise)),
    }
}

/// What is said instead of the answer.
pub fn refusal(exercise: &Exercise) -> String {
    let (id, number) = (&exercise.id, exercise.number());
    format!(
        "{id} is not green yet. `cargo xtask hint {number}` opens a hint; \
         `cargo xtask solution {number} --give-up` shows the answer and writes that down"
    )
}

/// What is said where there are no answers.
pub fn none_here(exercise: &Exercise) -> String {
    format!("this copy of the course has no answers; ask whoever gave it to you about {}", exercise.id)
}

/// The answer without its markers, if the learner may see it.
pub fn text(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    give_up: bool,
) -> Result<Option<String>> {
    let Some(solution) = files::read_if_there(&lesson.solution(&exercise.id))? else {
        return usage(none_here(exercise));
    };
    let progress = Progress::load(workspace)?;
    let known = [Fact::Done, Fact::GaveUp].into_iter().any(|fact| progress.has(fact, &exercise.id));
    if !known && !give_up {
        return Ok(None);
    }
    if !known {
        Progress::update(workspace, |progress| progress.set_today(Fact::GaveUp, &exercise.id))?;
    }
    let marker = |line: &&str| !line.trim_start().starts_with("//~");
    Ok(Some(solution.lines().filter(marker).map(|line| format!("{line}\n")).collect()))
}
