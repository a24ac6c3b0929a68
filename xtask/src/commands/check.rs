//! `check`: judge what the learner wrote.
use super::Command;
use crate::args::{Args, Spec};
use crate::checking::ProgressLine;
use crate::diagnostics::plain;
use crate::exit::{Exit, usage};
use crate::lessons::{Course, Exercise};
use crate::progress::Progress;
use crate::screen::{Screen, Style, count};
use crate::view::{self, Length};
use crate::workspace::Workspace;
use crate::{checking, last, path, select};
use anyhow::Result;
use judge::Verdict;
use serde_json::json;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "check",
    takes: "[104|threads|all] [--json] [--answer FILE]",
    summary: "Judge an exercise, a lesson or everything; without a name, the next exercise",
    help: "\
An exercise is named by its number, `104`, or its name, `e104_visits`; a lesson by its name or number.
The verdict is shown with the schedule that fails; `cargo xtask why 104` tells it again. When the next try fails in the
same way, a hint about just that comes with it.

  --json           for programs: every judgement as JSON
  --answer FILE    judge this file instead of the one in exercises/; nothing is remembered

Exit code 1 when any verdict is not `pass`, also when something is not started.

Example: cargo xtask check 104
",
    run,
};

const SPEC: Spec = Spec { switches: &["json"], values: &["answer"], words: 1, passes_on: false };

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = Args::parse("check", raw, &SPEC)?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let chosen = match args.word() {
        Some(word) => select::exercises(&course, word)?,
        None => match path::next(&course, &Progress::load(&workspace)?) {
            Some(next) => vec![(next.lesson, next.exercise)],
            None => {
                return usage(
                    "everything is done; name an exercise to judge it again: cargo xtask check 104",
                );
            }
        },
    };
    let other = args.path("answer");
    if other.is_some() && chosen.len() != 1 {
        return usage("--answer is for one exercise: cargo xtask check 104 --answer FILE");
    }
    let json = args.has("json");
    let screen =
        if json { Screen { colour: false, live: false, ..Screen::stdout() } } else { Screen::stdout() };
    let many = chosen.len() > 1;
    let mut exit = Exit::Fine;
    let mut judgements = Vec::new();
    let mut passed = 0;
    for (lesson, exercise) in &chosen {
        let mut line = ProgressLine::begin(&workspace, lesson, exercise, &screen);
        let judged = match &other {
            Some(file) => checking::check_other(&workspace, lesson, exercise, file, &mut line)?,
            None => checking::check(&workspace, lesson, exercise, &mut line)?,
        };
        drop(line);
        let verdict = judged.judgement.verdict;
        passed += usize::from(verdict.is_pass());
        exit = exit.and(exit_of(verdict));
        if json {
            let mut value = last::to_json(&judged);
            // Programs want the compiler's words without its colours.
            value["compiler"] = json!(judged.compiler.as_ref().map(|refusal| plain(&refusal.rendered)));
            judgements.push(value);
        } else if many {
            let word = screen.paint(view::style(verdict), &format!("{:<18}", verdict.as_str()));
            let sentence = if verdict.is_pass() { "" } else { judged.judgement.sentence.as_str() };
            print!("{}", screen.fitted(&format!("{:<26} {word} {sentence}\n", exercise.id)));
        } else {
            print!("{}", view::verdict(&judged, exercise, &screen, Length::Screen));
            let last = last::recall(&workspace, &lesson.answer(&exercise.id), &exercise.id)?;
            // Of another file nothing is remembered, so nobody can know whether it fails for the first time.
            if other.is_some() || last.is_some_and(|last| last.hint_is_due()) {
                print!("{}", view::hint(&judged, exercise, &screen));
            }
            if other.is_none() {
                print!("\n{}", next_command(exercise, verdict, &screen));
            }
        }
    }
    if json {
        println!("{}", json!({ "results": judgements }));
    } else if many {
        println!("\n{passed} of {} pass", count(chosen.len(), "exercise"));
    }
    // Whoever asks for everything must not take a part for it.
    if args.word() == Some("all") && !course.broken.is_empty() {
        if !json {
            print!("{}", course.warning(&screen));
        }
        exit = exit.and(Exit::NotJudged);
    }
    Ok(exit)
}

/// What a verdict means to a script.
pub fn exit_of(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Fine,
        Verdict::CouldNotJudge => Exit::NotJudged,
        _ => Exit::WorkFails,
    }
}

/// What to type after a verdict.
pub fn next_command(exercise: &Exercise, verdict: Verdict, screen: &Screen) -> String {
    let number = exercise.number();
    // A command is not broken across lines.
    let command = |text: String| screen.paint(Style::Name, &text.replace(' ', "\u{a0}"));
    screen.fitted(&match verdict {
        Verdict::Pass => format!(
            "Next: {}; to compare with the answer: {}\n",
            command("cargo xtask learn".to_owned()),
            command(format!("cargo xtask solution {number}"))
        ),
        Verdict::CouldNotJudge => format!(
            "This is not your fault. {} looks for the reason.\n",
            command(format!("cargo xtask verify {number}"))
        ),
        Verdict::NotStarted => {
            format!("When it is written: {}\n", command(format!("cargo xtask check {number}")))
        }
        _ => format!(
            "Next: change it and run {}; {} helps\n",
            command(format!("cargo xtask check {number}")),
            command(format!("cargo xtask hint {number}"))
        ),
    })
}
