//! The course's commands: `cargo xtask learn` for learners, `cargo xtask check-all` for maintainers.
mod commands;

// What the commands are made of, from the outside in.
mod args;
mod exit;
mod hints;
mod lessons;
mod manifest;
mod select;
mod toml_table;
mod workspace;

// A learner's state.
mod date;
mod last;
mod path;
mod progress;
mod source;
mod starter;
mod starters;

// From an answer to its verdict.
mod artifacts;
mod capture;
mod checking;
mod compile;
mod diagnostics;
mod interrupt;
mod judging;
mod process;

// What maintainers check.
mod suite;
mod tidy;
mod verification;

// What people see, and what is written.
mod files;
mod screen;
mod view;

use commands::{COMMANDS, Command};
use exit::{Exit, usage};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    exit::report(run(env::args_os().skip(1).collect()))
}

fn run(mut words: Vec<OsString>) -> anyhow::Result<Exit> {
    interrupt::install()?;
    if words.is_empty() || is_help(&words[0]) || words[0] == "help" && words.len() == 1 {
        print!("{}", commands::overview());
        return Ok(Exit::Fine);
    }
    let name = words.remove(0);
    if name == "help" {
        print!("{}", commands::help(find(&words[0])?));
        return Ok(Exit::Fine);
    }
    let command = find(&name)?;
    // What stands behind `--` is for somebody else, a call for help too.
    if words.iter().take_while(|word| *word != "--").any(is_help) {
        print!("{}", commands::help(command));
        return Ok(Exit::Fine);
    }
    (command.run)(words)
}

fn is_help(word: &OsString) -> bool {
    word == "--help" || word == "-h"
}

fn find(name: &OsString) -> anyhow::Result<&'static Command> {
    match COMMANDS.iter().find(|command| *name == *command.name) {
        Some(command) => Ok(command),
        None => usage(format!("there is no command {name:?}; `cargo xtask` lists them")),
    }
}
