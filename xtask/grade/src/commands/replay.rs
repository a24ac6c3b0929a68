//! `grade replay`: judges one student's answer again and compares.
use super::{Command, Exit, rejudge, status};
use crate::intake::Handed;
use crate::journal::{self, Journal};
use crate::judging::Grader;
use crate::outcome::Outcome;
use crate::plan;
use crate::setup::{self, Setup};
use crate::text::tame;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::fs;
use xtask::exit::usage;
use xtask::lessons::number;
use xtask::screen::{Screen, for_stderr};

pub const COMMAND: Command = Command {
    name: "replay",
    takes: "STUDENT EXERCISE",
    summary: "Judge one answer again, compare, and tell it in full",
    help: "\
Nothing is recorded. Exit code 3 when the verdict is not the one that was recorded.

  --json                                as the journal has it, for programs
  --out DIR, --config FILE, --only …    as for `grade run`

Example: cargo xtask grade replay ann 302
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["out", "config", "only", "backend", "prepared"];
    let args = super::parse("replay", raw, &["allow-weak", "json"], &values, 2)?;
    let [student, exercise] = &args.words[..] else {
        return usage("grade replay: name a student and an exercise: cargo xtask grade replay ann 302");
    };
    let out = setup::out(&args);
    let class = rejudge::class(&out)?;
    let Some(student) = class.students.iter().find(|known| known.id == *student || known.name == *student)
    else {
        let ids: Vec<&str> = class.students.iter().map(|known| known.id.as_str()).take(20).collect();
        let more = if class.students.len() > ids.len() { ", …" } else { "" };
        return usage(format!(
            "`{student}` is no student of {}; there are {}{more}",
            out.display(),
            ids.join(", ")
        ));
    };
    // Before anything is prepared, which takes its time.
    if !student.answers.keys().any(|id| id == exercise || number(id) == exercise) {
        let ids: Vec<&str> = student.answers.keys().map(String::as_str).collect();
        return usage(format!("`{exercise}` is no exercise that is graded; there are {}", ids.join(", ")));
    }
    let setup = Setup::new(&args, super::sandbox(&args)?)?;
    let known = |task: &&crate::bundle::Task| task.id == *exercise || number(&task.id) == exercise;
    let Some(task) = setup.bundle.tasks.iter().find(known) else {
        return usage(format!(
            "`{exercise}` is not prepared: --only and --config must choose it, as for the run"
        ));
    };
    let Some(Handed::Answer { sha, .. }) = student.answers.get(&task.id) else {
        return usage(format!("{} handed in nothing for {}", student.id, task.id));
    };
    let path = out.join("answers").join(format!("{sha}.rs"));
    let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let grader = Grader {
        sandbox: &setup.sandbox,
        bundle: &setup.bundle,
        hidden: &setup.hidden,
        repeat: setup.repeat(),
        rules: true,
    };
    let outcome = grader.grade(task, &text)?;
    if args.has("json") {
        println!("{}", serde_json::to_string_pretty(&outcome)?);
    } else {
        let screen = Screen::stdout();
        print!("{}", screen.fitted(&in_full(&outcome, screen.width)));
    }
    let key = plan::key(task, &setup.hidden, setup.repeat(), setup.sandbox.backend, sha);
    let records = journal::merge(
        status::journals(&out)?.iter().map(|path| Journal::read(path)).collect::<Result<Vec<_>>>()?,
    )
    .records;
    let recorded = records.get(&key).map(|record| record.outcome.verdict);
    let was = recorded.map_or("nothing with this judge", |verdict| verdict.as_str());
    let told = format!("{} {}: {}, recorded: {was}", student.id, task.id, outcome.verdict);
    eprint!("{}", for_stderr(&told));
    let same = recorded.is_none_or(|recorded| recorded == outcome.verdict);
    Ok(if same { Exit::Fine } else { Exit::SomeNotGraded })
}

/// An outcome for a person at a terminal of this width: what of it came from the answer moves no cursor.
fn in_full(outcome: &Outcome, width: usize) -> String {
    let mut text = String::new();
    for layer in &outcome.layers {
        text += &format!("  {:<8} {:<14} {}\n", layer.status, layer.name, layer.what);
    }
    for check in &outcome.hidden {
        text += &format!("  {:<8} {}  {}\n", check.verdict, check.name, check.sentence);
    }
    text += &format!("\n{}\n", outcome.sentence);
    if let Some((file, line, code)) = &outcome.place {
        text += &format!("  {file}:{line}: {code}\n");
    }
    for detail in outcome.details.iter().chain(&outcome.flags) {
        text += &format!("  • {detail}\n");
    }
    if let Some(story) = outcome.story.as_ref().and_then(|value| judge::story_from_json(value).ok()) {
        text += &format!("\n{}\n", story.terminal(width, false));
    }
    for (title, said) in
        [("compiler", outcome.compiler.as_deref().unwrap_or("")), ("printed", &outcome.printed)]
    {
        if !said.trim().is_empty() {
            text += &format!("\n{title}:\n{}\n", said.trim_end());
        }
    }
    tame(&text) + "\n"
}
