//! `list`: all steps, and which are done.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::{Course, Step};
use crate::path;
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style, cut};
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::{Value, json};
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "list",
    takes: "[--json] [--merge FILE]",
    summary: "Show all steps, and which are done",
    help: "\
Marks: + done, > next, ~ skipped, . open. A demo is marked as done when you run it by `cargo xtask run d104`, or by `r`
or the list in `learn`; a `cargo run` of your own cannot be seen, and the quiz marks none. What you did is kept in
progress.txt, one fact a line; notes of your own in it are left alone.

  --json          the same for programs
  --merge FILE    take over what another progress.txt says, from another machine perhaps

Example: cargo xtask list
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = Args::parse(
        "list",
        raw,
        &Spec { switches: &["json"], values: &["merge"], words: 0, passes_on: false },
    )?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let progress = match args.path("merge") {
        None => Progress::load(&workspace)?,
        Some(file) if !file.is_file() => {
            return usage(format!("--merge {}: there is no such file", file.display()));
        }
        Some(file) => {
            let other = Progress::read(&file)?;
            Progress::update(&workspace, |progress| progress.merge(&other))?
        }
    };
    if args.has("json") {
        println!("{}", as_json(&course, &progress));
    } else {
        print!("{}", as_text(&course, &progress, &Screen::stdout()));
    }
    Ok(if course.broken.is_empty() { Exit::Fine } else { Exit::NotJudged })
}

/// The steps around the one at `at`, which is marked: to choose from, in `rows` lines.
pub fn to_choose(course: &Course, progress: &Progress, at: usize, rows: usize, screen: &Screen) -> String {
    let mut lines = Vec::new();
    let (mut number, mut marked) = (0, 0);
    for lesson in &course.lessons {
        let title = screen.paint(Style::Strong, &format!("{}. {}", lesson.number, lesson.title));
        lines.push(cut(&title, screen.columns - 1));
        for step in &lesson.steps {
            if number == at {
                marked = lines.len();
            }
            let line = row(step, None, progress, screen);
            // One line each, however narrow: who chooses counts lines.
            let line = cut(&line, screen.columns - 3);
            lines.push(format!(
                "{} {line}",
                if number == at { screen.paint(Style::Warn, "▶") } else { " ".to_owned() }
            ));
            number += 1;
        }
    }
    let rows = rows.max(5);
    let first = marked.saturating_sub(rows / 2).min(lines.len().saturating_sub(rows));
    lines[first..].iter().take(rows).map(|line| format!("{line}\n")).collect()
}

/// `+ e104_visits   build   15 min  Count every visit`
fn row(step: &Step, next: Option<&str>, progress: &Progress, screen: &Screen) -> String {
    let id = step.id();
    let (mark, style) = match step {
        Step::Exercise(_) if progress.has(Fact::Done, id) => ("+", Style::Good),
        Step::Demo(_) if progress.has(Fact::Seen, id) => ("+", Style::Good),
        _ if next == Some(id) => (">", Style::Warn),
        _ if progress.has(Fact::Skipped, id) => ("~", Style::Faint),
        _ => (".", Style::Faint),
    };
    let (title, minutes, kind) = match step {
        Step::Demo(demo) => (&demo.title, demo.minutes, "run"),
        Step::Exercise(exercise) => (&exercise.title, exercise.minutes, exercise.kind.word()),
    };
    format!("{} {id:<26} {kind:<8} {minutes:>3} min  {title}", screen.paint(style, mark))
}

fn as_text(course: &Course, progress: &Progress, screen: &Screen) -> String {
    let next = path::next(course, progress).map(|next| next.exercise.id.as_str());
    let mut out = String::new();
    for lesson in &course.lessons {
        let (done, all) = path::done(lesson.exercises(), progress);
        let title = format!("{}. {}", lesson.number, lesson.title);
        out += &format!("{}  {done} of {all} done\n", screen.paint(Style::Strong, &title));
        for step in &lesson.steps {
            out += &format!("  {}\n", row(step, next, progress, screen));
        }
        out.push('\n');
    }
    let (done, all) = path::done(course.exercises().map(|(_, exercise)| exercise), progress);
    out += &format!("{done} of {all} exercises done\n");
    screen.fitted(&out) + &course.warning(screen)
}

fn as_json(course: &Course, progress: &Progress) -> Value {
    let step = |step: &Step| match step {
        Step::Demo(demo) => json!({
            "id": demo.id, "kind": "demo", "title": demo.title, "minutes": demo.minutes,
            "done": progress.value(Fact::Seen, &demo.id),
        }),
        Step::Exercise(exercise) => json!({
            "id": exercise.id, "kind": exercise.kind.word(), "title": exercise.title, "minutes": exercise.minutes,
            "points": exercise.points, "section": exercise.section, "misconception": exercise.misconception,
            "done": progress.value(Fact::Done, &exercise.id),
            "hints_opened": progress.value(Fact::Hint, &exercise.id).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0),
            "gave_up": progress.has(Fact::GaveUp, &exercise.id),
            "skipped": progress.has(Fact::Skipped, &exercise.id),
        }),
    };
    let lessons = course.lessons.iter().map(|lesson| {
        json!({
            "number": lesson.number, "name": lesson.name, "title": lesson.title,
            "steps": lesson.steps.iter().map(step).collect::<Vec<_>>(),
        })
    });
    let broken: Vec<&str> = course.broken.iter().map(|broken| broken.problem.as_str()).collect();
    json!({ "lessons": lessons.collect::<Vec<_>>(), "broken": broken })
}
