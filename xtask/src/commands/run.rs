//! `run`: run a demo.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::Course;
use crate::progress::{Fact, Progress};
use crate::workspace::Workspace;
use crate::{process, select};
use anyhow::Result;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "run",
    takes: "d106 [ARGUMENTS]",
    summary: "Run a demo",
    help: "\
Everything behind the demo's name goes to the demo. Exit code 1 when the demo fails.

Example: cargo xtask run d106
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = Args::parse("run", raw, &Spec { switches: &[], values: &[], words: 1, passes_on: true })?;
    let Some(word) = args.word() else { return usage("run: which demo? Try `cargo xtask run d101`") };
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let (lesson, demo) = select::demo(&course, word)?;
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "-p", &lesson.name, "--bin", &demo.id]);
    println!("$ {}", process::shown(&command));
    if !args.rest.is_empty() {
        command.arg("--").args(&args.rest);
    }
    // The demo gets the terminal: it stays in the foreground group, where Ctrl-C reaches it.
    let status = command.status()?;
    if status.success() {
        Progress::update(&workspace, |progress| progress.set_today(Fact::Seen, &demo.id))?;
        return Ok(Exit::Fine);
    }
    eprintln!("{} ended with {status}", demo.id);
    Ok(Exit::WorkFails)
}
