//! `bench`: measure what the book claims.
use super::Command;
use crate::exit::Exit;
use crate::process;
use crate::workspace::Workspace;
use anyhow::Result;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
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
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--profile", "perf", "-p", "bench", "--"]).args(raw);
    eprintln!("$ {}", process::shown(&command));
    // It gets the terminal, and Ctrl-C with it: everything that it starts stays in the foreground group.
    let status = command.status()?;
    Ok(match status.code() {
        Some(0) => Exit::Fine,
        Some(2) => Exit::WrongUsage,
        _ => Exit::NotJudged,
    })
}
