//! `grade`: grade a class. A program of its own, built when it is first used.
use super::Command;
use crate::exit::Exit;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;

pub const COMMAND: Command = Command {
    name: "grade",
    takes: "[COMMAND …]",
    summary: "Grade a class of untrusted submissions",
    help: "\
Builds the package `grade` on first use and becomes it: `cargo xtask grade` lists its commands, each explains itself with
--help, and docs/grading.md tells the whole story. Its exit codes are its own: 0 all graded, 3 some could not be graded,
42 wrong settings, call or host, 75 interrupted.

Example: cargo xtask grade run submissions.zip --only sync --out grades
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let workspace = Workspace::find()?;
    let here = env::current_dir()?;
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "-p", "grade", "--manifest-path"]).arg(workspace.root.join("Cargo.toml"));
    // Paths in its arguments are meant from here.
    command.current_dir(here).arg("--").args(raw);
    // Cargo becomes the program as well, so that signals and exit codes are the grader's own.
    Err(command.exec()).context("cannot start cargo")
}
