//! `grade replay`: judges one student's answer again and compares.
use super::{Command, Exit, rejudge, status};
use crate::intake::Handed;
use crate::journal::{self, Journal};
use crate::judging::Grader;
use crate::plan;
use crate::setup::{self, Setup};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::fs;
use xtask::exit::usage;
use xtask::lessons::number;

pub const COMMAND: Command = Command {
    name: "replay",
    takes: "STUDENT EXERCISE",
    summary: "Judge one answer again, compare, and tell it in full",
    help: "\
Nothing is recorded. Exit code 3 when the verdict is not the one that was recorded.

  --out DIR, --config FILE, --only …    as for `grade run`

Example: cargo xtask grade replay ann 302
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["out", "config", "only", "backend", "prepared"];
    let args = super::parse("replay", raw, &["allow-weak"], &values, 2)?;
    let [student, exercise] = &args.words[..] else {
        return usage("grade replay: name a student and an exercise: cargo xtask grade replay ann 302");
    };
    let out = setup::out(&args);
    let class = rejudge::class(&out)?;
    let Some(student) = class.students.iter().find(|known| known.id == *student || known.name == *student)
    else {
        return usage(format!("`{student}` is no student of {}", out.display()));
    };
    let setup = Setup::new(&args, super::sandbox(&args)?)?;
    let known = |task: &&crate::bundle::Task| task.id == *exercise || number(&task.id) == exercise;
    let Some(task) = setup.bundle.tasks.iter().find(known) else {
        return usage(format!("`{exercise}` is no exercise that is graded"));
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
    println!("{}", serde_json::to_string_pretty(&outcome)?);
    let key = plan::key(task, &setup.hidden, setup.repeat(), setup.sandbox.backend, sha);
    let records = journal::merge(
        status::journals(&out)?.iter().map(|path| Journal::read(path)).collect::<Result<Vec<_>>>()?,
    )
    .records;
    let recorded = records.get(&key).map(|record| record.outcome.verdict);
    eprintln!(
        "{} {}: {}, recorded: {}",
        student.id,
        task.id,
        outcome.verdict,
        recorded.map_or("nothing with this judge", |verdict| verdict.as_str())
    );
    let same = recorded.is_none_or(|recorded| recorded == outcome.verdict);
    Ok(if same { Exit::Fine } else { Exit::SomeNotGraded })
}
