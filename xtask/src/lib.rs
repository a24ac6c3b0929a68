//! The course's commands, and what they have in common with the grader, which is a package of its own: reading the
//! course, building what judges stand on, running tools, replacing files. The commands themselves are private.
mod commands;

// What the commands are made of, from the outside in.
pub mod args;
pub mod exit;
mod hints;
pub mod lessons;
mod manifest;
mod select;
mod toml_table;
pub mod workspace;

// What a learner sees and does.
mod play;
mod quiz;
mod session;
mod step;

// A learner's state.
mod date;
mod last;
mod path;
mod progress;
pub mod source;
mod starter;
mod starters;

// From an answer to its verdict.
pub mod artifacts;
pub mod capture;
mod checking;
mod compile;
pub mod cpu;
pub mod diagnostics;
pub mod interrupt;
mod judging;
pub mod process;
mod timeline;

// What maintainers check, measure and give to a class.
mod measure;
mod release;
mod suite;
mod tidy;
mod verification;

// What people see and press, and what is written.
pub mod files;
mod keys;
pub mod screen;
mod terminal;
mod view;

use commands::{COMMANDS, Command};
use exit::{Exit, usage};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

/// The program `xtask`.
pub fn main() -> ExitCode {
    exit::quietly_with_the_reader();
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
    if command.name != commands::OWN_HELP && words.iter().take_while(|word| *word != "--").any(is_help) {
        print!("{}", commands::help(command));
        return Ok(Exit::Fine);
    }
    if commands::is_for_maintainers(command) {
        refuse_in_a_class(command)?;
    }
    (command.run)(words)
}

/// Commands for maintainers need the answers, and a class's copy of the course has none.
fn refuse_in_a_class(command: &Command) -> anyhow::Result<()> {
    let course = lessons::Course::load(&workspace::Workspace::find()?)?;
    if course.has_answers() {
        return Ok(());
    }
    usage(format!(
        "this copy of the course is for a class: it has no answers, and `{}` needs them",
        command.name
    ))
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
