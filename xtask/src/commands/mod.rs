//! All commands, in the order in which a learner and then a maintainer meets them.
mod bench;
mod check;
mod check_all;
mod edits;
mod grade;
pub mod hint;
mod learn;
pub mod list;
mod models;
pub mod play;
pub mod quiz;
mod release;
pub mod reset;
mod run;
pub mod solution;
mod starters;
mod under_load;
mod verify;
pub mod why;

use crate::exit::Exit;
use crate::screen::{Screen, fit_help};
use anyhow::Result;
use std::ffi::OsString;

/// A command of the course.
pub struct Command {
    /// What is typed.
    pub name: &'static str,
    /// Its arguments.
    pub takes: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// The rest of its help, with an example.
    pub help: &'static str,
    /// Does it.
    pub run: fn(Vec<OsString>) -> Result<Exit>,
}

/// Every command.
pub const COMMANDS: &[Command] = &[
    learn::COMMAND,
    list::COMMAND,
    run::COMMAND,
    check::COMMAND,
    why::COMMAND,
    hint::COMMAND,
    quiz::COMMAND,
    play::COMMAND,
    solution::COMMAND,
    reset::COMMAND,
    verify::COMMAND,
    starters::COMMAND,
    check_all::COMMAND,
    grade::COMMAND,
    models::COMMAND,
    edits::COMMAND,
    under_load::COMMAND,
    bench::COMMAND,
    release::COMMAND,
];

/// The command that is a program of its own, and explains itself.
pub const OWN_HELP: &str = "grade";

/// The commands that are for maintainers only.
const MAINTAINERS_FROM: &str = "verify";

/// Whether a command is for those who keep the course: they have the answers.
pub fn is_for_maintainers(command: &Command) -> bool {
    let from = COMMANDS.iter().position(|other| other.name == MAINTAINERS_FROM);
    COMMANDS.iter().position(|other| other.name == command.name) >= from
}

const EXIT_CODES: &str = "\
Exit codes: 0 fine · 1 the work under judgement fails · 2 wrong usage · 3 could not be judged · 75 interrupted
";

/// What there is.
pub fn overview() -> String {
    let mut text =
        String::from("Interleave: learn concurrency in Rust.\n\nStart with `cargo xtask learn`.\n\n");
    for command in COMMANDS {
        if command.name == MAINTAINERS_FROM {
            text += "\nFor those who maintain the course:\n";
        }
        text += &format!("  {:<11} {}\n", command.name, command.summary);
    }
    text += "\n`cargo xtask COMMAND --help` says more. An exercise is named by its number: 104.\n";
    text += EXIT_CODES;
    fit_help(&text, Screen::stdout().columns)
}

/// One command's help.
pub fn help(command: &Command) -> String {
    let call = format!("cargo xtask {} {}", command.name, command.takes);
    let text = format!("{}\n\nUsage: {}\n\n{}\n{EXIT_CODES}", command.summary, call.trim_end(), command.help);
    fit_help(&text, Screen::stdout().columns)
}
