//! `starters`: cut the starters from the solutions.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::Course;
use crate::select;
use crate::starters::{Rewritten, rewrite};
use crate::workspace::Workspace;
use anyhow::Result;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "starters",
    takes: "104|threads|--all",
    summary: "Cut starters from solutions into exercises/",
    help: "\
A file is written when it is missing or is an older starter: the one written last, or one cut from any committed
solution. A file that holds somebody's work is left alone; `cargo xtask reset 104` puts a starter there.

Example: cargo xtask starters --all
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("starters", raw, &Spec { switches: &["all"], values: &[], words: 1, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let chosen = match (args.word(), args.has("all")) {
        (Some(word), false) => select::exercises(&course, word)?,
        (None, true) => select::exercises(&course, "all")?,
        _ => {
            return usage(
                "starters: of which exercise? Try `cargo xtask starters 104`, or `cargo xtask starters --all`",
            );
        }
    };
    let mut exit = Exit::Fine;
    for (lesson, exercise) in chosen {
        let file = workspace.short(&lesson.answer(&exercise.id));
        match lesson.starter(&exercise.id) {
            Ok(Some(starter)) => match rewrite(&workspace, lesson, exercise, &starter)? {
                Rewritten::Same => println!("same     {file}"),
                Rewritten::Written => println!("written  {file}"),
                Rewritten::LeftAlone => {
                    println!(
                        "left     {file} holds somebody's work; `cargo xtask reset {}` replaces it",
                        exercise.number()
                    );
                    exit = exit.and(Exit::WorkFails);
                }
            },
            Ok(None) => {
                println!("missing  {}", workspace.short(&lesson.solution(&exercise.id)));
                exit = exit.and(Exit::WorkFails);
            }
            Err(error) => {
                println!("FAILED   {error:#}");
                exit = exit.and(Exit::WorkFails);
            }
        }
    }
    Ok(exit)
}
