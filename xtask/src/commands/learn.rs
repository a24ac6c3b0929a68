//! `learn`: where you are, what is next, and the verdict on what you wrote; at a terminal again at every save.
use super::Command;
use super::check::{exit_of, next_command};
use crate::args::{Args, Spec};
use crate::checking::{self, ProgressLine};
use crate::exit::Exit;
use crate::lessons::Course;
use crate::path::{self, Next};
use crate::progress::Progress;
use crate::screen::{Screen, Style};
use crate::step::By;
use crate::view::{self, Length};
use crate::workspace::Workspace;
use crate::{files, last, select, session, step, terminal};
use anyhow::Result;
use judge::Verdict;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "learn",
    takes: "[104] [--once]",
    summary: "Go on where you are: what is next, and a verdict at every save",
    help: "\
At a terminal it stays: it judges the exercise whenever you save it, goes on to the next one when it is green, and has
keys for all you may want (? lists them). Without a terminal, or with --once, it says the same, judges once and ends;
the exit code is 1 when what you wrote fails, and 0 when it is right or not begun.

  104       go to this exercise instead of the next one
  --once    do not stay

Example: cargo xtask learn
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("learn", raw, &Spec { switches: &["once"], values: &[], words: 1, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let named = match args.word() {
        Some(word) => Some(select::exercise(&course, word)?.1.id.clone()),
        None => None,
    };
    if !args.has("once") && terminal::is_there() {
        return session::run(workspace, course, named.as_deref());
    }
    once(&workspace, &course, named.as_deref())
}

/// Judges what was begun, as far as it is green, and says what is next.
fn once(workspace: &Workspace, course: &Course, mut named: Option<&str>) -> Result<Exit> {
    let screen = Screen::stdout();
    loop {
        let progress = Progress::load(workspace)?;
        let named = named.take().and_then(|id| course.exercises().find(|(_, exercise)| exercise.id == id));
        let next = match named {
            Some((lesson, exercise)) => Some(path::at(course, lesson, exercise, &progress)),
            None => path::next(course, &progress),
        };
        let Some(next) = next else {
            print!("{}{}", step::all_done(course, &progress, &screen), course.warning(&screen));
            return Ok(Exit::Fine);
        };
        if let Some(exit) = look(workspace, course, &next, &progress, &screen)? {
            print!("{}", course.warning(&screen));
            return Ok(exit);
        }
    }
}

/// Looks at one exercise. Nothing is given back when it is green: then the next one is to be looked at.
fn look(
    workspace: &Workspace,
    course: &Course,
    next: &Next,
    progress: &Progress,
    screen: &Screen,
) -> Result<Option<Exit>> {
    let (lesson, exercise) = (next.lesson, next.exercise);
    let head = step::whereabouts(course, next, progress, screen) + "\n";
    let untouched = checking::not_started(workspace, lesson, exercise)?;
    if let Some(judgement) = untouched {
        print!("{head}{}", step::title(exercise, screen));
        print!("{}", step::instructions(workspace, next, &judgement, By::Command, screen));
        return Ok(Some(Exit::Fine));
    }
    let mut line = ProgressLine::begin(workspace, lesson, exercise, screen);
    let judged = checking::check(workspace, lesson, exercise, &mut line)?;
    drop(line);
    let verdict = judged.judgement.verdict;
    if verdict.is_pass() {
        print!("{}", view::verdict(&judged, exercise, screen, Length::Screen));
        let call = format!("cargo\u{a0}xtask\u{a0}solution\u{a0}{}", exercise.number());
        println!("{}", step::green(exercise, &screen.paint(Style::Name, &call), screen));
        return Ok(None);
    }
    print!("{head}{}", step::title(exercise, screen));
    if verdict == Verdict::NotStarted {
        print!("{}", step::instructions(workspace, next, &judged.judgement, By::Command, screen));
        return Ok(Some(Exit::Fine));
    }
    print!(
        "{}",
        screen.fitted(&format!("  read   {}\n\n", step::reading(workspace, lesson, exercise, screen)))
    );
    print!("{}", view::verdict(&judged, exercise, screen, Length::Screen));
    let path = lesson.answer(&exercise.id);
    if let Some(last) = last::recall(workspace, &path, &exercise.id)? {
        if last.hint_is_due() {
            print!("{}", view::hint(&last.judged, exercise, screen));
        }
        let untouched = lesson.starter(&exercise.id)? == files::read_if_there(&path).ok().flatten();
        let how = format!("cargo\u{a0}xtask\u{a0}hint\u{a0}{}", exercise.number());
        print!("{}", step::remark(next, &last, untouched, progress, &how, screen));
    }
    print!("\n{}", next_command(exercise, verdict, screen));
    Ok(Some(exit_of(verdict)))
}
