//! `hint`: one hint more, or one that was opened before.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::last::Last;
use crate::lessons::{Course, Exercise};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style};
use crate::workspace::Workspace;
use crate::{last, path, select};
use anyhow::Result;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "hint",
    takes: "[104] [--level N]",
    summary: "Open the next hint",
    help: "\
Hints go from a gentle nudge to almost the answer, and open one by one. Each call opens one more; how many were
opened is remembered. When the last two tries failed in the same way, a hint about just that comes first.

  --level N    show hint N again, if it was opened, or open it, if it is the next one

Example: cargo xtask hint 104
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("hint", raw, &Spec { switches: &[], values: &["level"], words: 1, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let progress = Progress::load(&workspace)?;
    let (lesson, exercise) = match (args.word(), path::next(&course, &progress)) {
        (Some(word), _) => select::exercise(&course, word)?,
        (None, Some(next)) => (next.lesson, next.exercise),
        (None, None) => return usage("everything is done; name an exercise: cargo xtask hint 104"),
    };
    let screen = Screen::stdout();
    let opened = open(&workspace, exercise, args.number("level")?, &screen)?;
    let last = last::recall(&workspace, &lesson.answer(&exercise.id), &exercise.id)?;
    if let Some(last) = last.filter(Last::hint_is_due)
        && let Some(hint) = last.judged.hint(exercise)
    {
        let of = if hint.later { ", for an error after the first" } else { "" };
        let head = format!("After {}{of}", last.judged.judgement.verdict);
        println!("{}\n{}", screen.paint(Style::Strong, &head), screen.wrapped(hint.text, 2));
    }
    print!("{opened}");
    Ok(Exit::Fine)
}

/// Opens a hint and gives what is to be shown.
pub fn open(
    workspace: &Workspace,
    exercise: &Exercise,
    level: Option<usize>,
    screen: &Screen,
) -> Result<String> {
    let all = exercise.hints.len();
    let number = exercise.number();
    if all == 0 {
        return Ok(format!(
            "{} has no hints; its chapter section is \"{}\".\n",
            exercise.id, exercise.section
        ));
    }
    let opened = opened(&Progress::load(workspace)?, exercise);
    let level = level.unwrap_or((opened + 1).min(all));
    if level == 0 || level > all {
        return usage(format!("{} has hints 1 to {all}", exercise.id));
    }
    if level > opened + 1 {
        return usage(format!("hint {} comes first: cargo xtask hint {number}", opened + 1));
    }
    if level > opened {
        Progress::update(workspace, |progress| progress.set(Fact::Hint, &exercise.id, level))?;
    }
    let mut out = String::new();
    out += &format!("{}\n", screen.paint(Style::Strong, &format!("Hint {level} of {all}")));
    out += &screen.wrapped(&exercise.hints[level - 1], 2);
    out += &match level.cmp(&all) {
        std::cmp::Ordering::Less => format!("\nOne more: cargo xtask hint {number}\n"),
        _ => format!("\nThat was the last one. The answer: cargo xtask solution {number} --give-up\n"),
    };
    Ok(screen.fitted(&out))
}

fn opened(progress: &Progress, exercise: &Exercise) -> usize {
    progress.value(Fact::Hint, &exercise.id).and_then(|level| level.parse().ok()).unwrap_or(0)
}
