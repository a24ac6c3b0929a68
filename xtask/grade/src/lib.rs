//! Grades a class of untrusted submissions. See `docs/grading.md` for instructors; this is the map for maintainers.
//!
//! An answer's way: [`intake`] takes the files that are answers out of what was handed in; [`judging`] has each
//! compiled and judged in boxes ([`sandbox`]) against what was prepared once ([`bundle`]).

pub mod attacks;
pub mod build;
pub mod bundle;
pub mod commands;
pub mod config;
pub mod findings;
pub mod hidden;
pub mod intake;
pub mod journal;
pub mod judging;
pub mod memory;
pub mod outcome;
pub mod plan;
pub mod prepared;
pub mod report;
pub mod sandbox;
pub mod score;
pub mod setup;
pub mod text;

use anyhow::Result;
use commands::{COMMANDS, Exit};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;
use xtask::exit::{Usage, quietly_with_the_reader, usage};
use xtask::interrupt;
use xtask::screen::{Screen, fit, fit_help, for_stderr};

/// The program.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    if words.first().is_some_and(|word| word == "__box") {
        return sandbox::inside::main(&words[1..]);
    }
    quietly_with_the_reader();
    let exit = run(words).unwrap_or_else(|error| {
        eprint!("{}", for_stderr(&format!("grade: {error:#}")));
        if error.is::<Usage>() || error.is::<setup::Wrong>() {
            Exit::Configuration
        } else {
            Exit::SomeNotGraded
        }
    });
    ExitCode::from(exit as u8)
}

fn run(mut words: Vec<OsString>) -> Result<Exit> {
    interrupt::install()?;
    if words.first().is_none_or(|word| is_help(word) || word == "help") {
        print!("{}", fit(&commands::overview(), Screen::stdout().columns));
        return Ok(Exit::Fine);
    }
    let name = words.remove(0);
    let Some(command) = COMMANDS.iter().find(|command| *name == *command.name) else {
        return usage(format!("there is no command {name:?}; `cargo xtask grade` lists them"));
    };
    if words.iter().any(is_help) {
        print!("{}", fit_help(&commands::help(command), Screen::stdout().columns));
        return Ok(Exit::Fine);
    }
    (command.run)(words)
}

fn is_help(word: &OsString) -> bool {
    word == "--help" || word == "-h"
}
