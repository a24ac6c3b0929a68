//! `why`: tell the last verdict again, whole.
use super::check::{exit_of, next_command};
use crate::args::{Args, Spec};
use crate::checking::ProgressLine;
use crate::exit::{Exit, usage};
use crate::lessons::Course;
use crate::progress::Progress;
use crate::screen::Screen;
use crate::view::{self, Length};
use crate::workspace::Workspace;
use crate::{checking, files, last, path, select};
use anyhow::Result;
use judge::Judgement;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const COMMAND: super::Command = super::Command {
    name: "why",
    takes: "[104] [--html[=FILE]] [--open] [--json]",
    summary: "Tell the last verdict again, with the whole schedule",
    help: "\
Shows everything that `check` shortened. If the file was changed since, or was never judged, it is judged first.

  --html         draw the failing schedule as a page to step through, beside your source; the path is printed
  --html=FILE    write the page there instead of into target/interleave/why
  --json         the judgement for programs, its schedule with it
  --open         open the page in the browser, too

Example: cargo xtask why 104
         cargo xtask why 104 --open
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let spec = Spec { switches: &["open", "json"], values: &["html?"], words: 1, passes_on: false };
    let args = Args::parse("why", raw, &spec)?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let progress = Progress::load(&workspace)?;
    let (lesson, exercise) = match (args.word(), path::next(&course, &progress)) {
        (Some(word), _) => select::exercise(&course, word)?,
        (None, Some(next)) => (next.lesson, next.exercise),
        (None, None) => return usage("everything is done; name an exercise: cargo xtask why 104"),
    };
    let screen = if args.has("json") { Screen { live: false, ..Screen::stdout() } } else { Screen::stdout() };
    let judged = match last::recall(&workspace, &lesson.answer(&exercise.id), &exercise.id)? {
        Some(last) if !last.outdated => last.judged,
        _ => {
            let mut line = ProgressLine::begin(&workspace, lesson, exercise, &screen);
            checking::check(&workspace, lesson, exercise, &mut line)?
        }
    };
    if args.has("json") {
        println!("{}", last::to_json(&judged));
        return Ok(exit_of(judged.judgement.verdict));
    }
    if args.has("html") || args.has("open") {
        let path = args.path("html").map(std::path::absolute).transpose()?;
        println!("{}", page(&workspace, &judged.judgement, path, args.has("open"))?);
        return Ok(exit_of(judged.judgement.verdict));
    }
    print!("{}", view::verdict(&judged, exercise, &screen, Length::Whole));
    let last = last::recall(&workspace, &lesson.answer(&exercise.id), &exercise.id)?;
    if last.is_some_and(|last| last.hint_is_due()) {
        print!("{}", view::hint(&judged, exercise, &screen));
    }
    print!("\n{}", next_command(exercise, judged.judgement.verdict, &screen));
    Ok(exit_of(judged.judgement.verdict))
}

/// Writes the failing schedule as a page, at `path` or among what is kept, and gives what is to be said: where it is.
pub fn page(
    workspace: &Workspace,
    judgement: &Judgement,
    path: Option<PathBuf>,
    open: bool,
) -> Result<String> {
    let Some(story) = &judgement.story else {
        return Ok(format!(
            "{}: {}: there is no failing schedule to draw",
            judgement.exercise, judgement.verdict
        ));
    };
    let default = || workspace.cache().join("why").join(format!("{}.html", judgement.exercise));
    let page = path.unwrap_or_else(default);
    files::replace(&page, story.html())?;
    let mut said = workspace.short(&page);
    if open && !opened(&page) {
        said += "\nNo program could be found to open it with: open it in a browser.";
    }
    Ok(said)
}

/// Hands a page to whatever shows pages on this system.
fn opened(page: &Path) -> bool {
    let hand_to = |program: &str| {
        let mut program = Command::new(program);
        program.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        program.status().is_ok_and(|status| status.success())
    };
    ["xdg-open", "open"].into_iter().any(hand_to)
}
