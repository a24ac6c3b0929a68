//! `bench`: measure what the book claims.
use super::Command as Described;
use crate::exit::Exit;
use crate::workspace::Workspace;
use crate::{interrupt, process};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::process::Command;

/// Optimised, and quick to make again.
const PROFILE: &str = "perf";

pub const COMMAND: Described = Described {
    name: "bench",
    takes: "[SUITE …] [--only T]",
    summary: "Measure the book's tables, paired and interleaved",
    help: "\
Builds the package `bench` on first use, optimised, and runs its suites: all of them, or those that are named.

  --list       the suites and their tables
  --only T     one table of a suite
  --rounds N   as many rounds, instead of what each table wants
  --json       every sample, for a program
  --write      the pages and pictures in docs/measured

Figures depend on the machine and on what else it does; each page says on which it was made. Trust the ratios.
Set BENCH_PYTHON to measure another Python than `python3`.

Example: cargo xtask bench threads --only counter
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let workspace = Workspace::find()?;
    let mut build = workspace.cargo();
    build.args(["build", "--quiet", "--profile", PROFILE, "-p", "bench"]);
    // What it measures beside itself.
    build.args(["-p", "threads", "--bin", "bench", "--bin", "p109_chat_server"]);
    eprintln!("$ {}", process::shown(&build));
    // Cargo and the program get the terminal, and Ctrl-C with it.
    if !interrupt::in_foreground(&mut build)?.success() {
        return Ok(Exit::NotJudged);
    }
    let mut command = Command::new(workspace.target.join(PROFILE).join("bench"));
    command.current_dir(&workspace.root).args(raw);
    let status = interrupt::in_foreground(&mut command).context("cannot start `bench`")?;
    Ok(match status.code() {
        Some(0) => Exit::Fine,
        Some(2) => Exit::WrongUsage,
        Some(75) => Exit::Interrupted,
        _ => Exit::NotJudged,
    })
}
