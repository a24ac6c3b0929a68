//! `grade prepare`: builds once what every answer is graded with.
use super::{Command, Exit};
use crate::prepared;
use crate::setup::Setup;
use anyhow::{Context, Result};
use std::ffi::OsString;
use xtask::lessons::Course;

pub const COMMAND: Command = Command {
    name: "prepare",
    takes: "",
    summary: "Build once what every answer is graded with",
    help: "\
`grade run` does this by itself where the course and cargo are. With --to, everything goes into a folder that needs
neither: the compiler, the crates, the judges and the grader itself, for the machines of a cluster.

  --to DIR          make such a folder
  --config FILE     settings; default: grade.toml, if there is one
  --only 302,sync   these exercises or lessons only

Example: cargo xtask grade prepare --only sync --to /srv/prepared
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["to", "config", "only", "backend"];
    let args = super::parse("prepare", raw, &["allow-weak"], &values, 0)?;
    let mut setup = Setup::new(&args, super::sandbox(&args)?)?;
    for task in &setup.bundle.tasks {
        println!("{:<24} {:>3} points  {} layers", task.id, task.points, task.layers.len());
    }
    for check in &setup.hidden {
        println!(
            "{:<24} hidden check, {} layers; the course's solution passes",
            check.name,
            check.layers.len()
        );
    }
    if let Some(to) = args.path("to") {
        let workspace = setup.workspace.as_ref().context("--to needs the course")?;
        let course = Course::load(workspace)?;
        let task = setup
            .bundle
            .prepare_selftest(workspace, &setup.sandbox, &course, &|what| eprintln!("{what} …"))?;
        setup.bundle.tasks.push(task);
        prepared::export(&setup.bundle, &setup.hidden, &to)?;
        println!("{}: use it with --prepared {}", to.display(), to.display());
    }
    Ok(Exit::Fine)
}
