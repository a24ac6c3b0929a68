//! `why`: tell the last verdict again, whole.
use super::Command;
use super::check::{exit_of, next_command};
use crate::args::{Args, Spec};
use crate::checking::OnSave;
use crate::exit::{Exit, usage};
use crate::lessons::Course;
use crate::progress::Progress;
use crate::screen::Screen;
use crate::view::{self, Length};
use crate::workspace::Workspace;
use crate::{checking, last, path, select};
use anyhow::Result;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "why",
    takes: "[104]",
    summary: "Tell the last verdict again, with the whole schedule",
    help: "\
Shows everything that `check` shortened. If the file was changed since, or was never judged, it is judged first.

Example: cargo xtask why 104
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = Args::parse("why", raw, &Spec { switches: &[], values: &[], words: 1, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let progress = Progress::load(&workspace)?;
    let (lesson, exercise) = match (args.word(), path::next(&course, &progress)) {
        (Some(word), _) => select::exercise(&course, word)?,
        (None, Some(next)) => (next.lesson, next.exercise),
        (None, None) => return usage("everything is done; name an exercise: cargo xtask why 104"),
    };
    let screen = Screen::stdout();
    let judged = match last::recall(&workspace, &lesson.answer(&exercise.id), &exercise.id)? {
        Some(last) if !last.outdated => last.judged,
        _ => checking::check(&workspace, lesson, exercise, &screen, OnSave::GoOn)?,
    };
    print!("{}", view::verdict(&judged, exercise, &screen, Length::Whole));
    print!("\n{}", next_command(exercise, judged.judgement.verdict, &screen));
    Ok(exit_of(judged.judgement.verdict))
}
