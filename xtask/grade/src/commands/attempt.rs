//! `grade try`: one file, graded as a submission would be.
use super::{Command, Exit};
use crate::bundle::Bundle;
use crate::judging::Grader;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::fs;
use xtask::exit::usage;
use xtask::lessons::{Course, number};
use xtask::workspace::Workspace;

pub const COMMAND: Command = Command {
    name: "try",
    takes: "EXERCISE FILE",
    summary: "Grade one file as a submission would be",
    help: "\
Prints the outcome as JSON. Nothing is recorded.

  --backend B     native, bwrap or none
  --allow-weak    go on where this host builds no boxes

Example: cargo xtask grade try 302 lessons/3-sync/solutions/e302_bank.rs
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = super::parse("try", raw, &["allow-weak"], &["backend"], 2)?;
    let [exercise, file] = &args.words[..] else {
        return usage("grade try: name an exercise and a file: cargo xtask grade try 302 answer.rs");
    };
    let text = fs::read(file).with_context(|| format!("cannot read {file}"))?;
    let workspace = Workspace::find()?;
    let course = Course::load(&workspace)?;
    let sandbox = super::sandbox(&args)?;
    let bundle = Bundle::prepare(
        &workspace,
        &sandbox,
        &course,
        &|_, known| known.id == *exercise || number(&known.id) == exercise,
        &|what| eprintln!("{what} …"),
    )?;
    let Some(task) = bundle.tasks.first() else { return usage(format!("`{exercise}` is no exercise")) };
    let grader = Grader { sandbox: &sandbox, bundle: &bundle, hidden: &[], repeat: 3, rules: true };
    println!("{}", serde_json::to_string_pretty(&grader.grade(task, &text)?)?);
    Ok(Exit::Fine)
}
