//! `release`: the class's copy of the course.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::Course;
use crate::release;
use crate::screen::count;
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use serde_json::json;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "release",
    takes: "DIR [--json]",
    summary: "Write the class's copy: no answers, no wrong answers, its own history",
    help: "\
Writes into DIR, which must not be there yet, everything that a learner needs: chapters, demos, starters, judges, the
commands. Answers, wrong answers and what only those need who keep the course are left out, also from the history: the
copy is a repository of its own with one commit. What learners do works in it as here; `solution` says that there are
no answers.

The files are those that git knows, as they are on the disk now; exercises are put in as starters.

  --json    for programs

Example: cargo xtask release ../class-2026
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("release", raw, &Spec { switches: &["json"], values: &[], words: 1, passes_on: false })?;
    let Some(word) = args.word() else {
        return usage("release: into which folder? Try `cargo xtask release ../class-2026`");
    };
    let workspace = Workspace::find()?;
    let course = Course::load(&workspace)?;
    if let Some(broken) = course.broken.first() {
        bail!("a class needs every lesson: {}", broken.told());
    }
    let folder = std::path::absolute(word)?;
    let released = release::write(&workspace, &course, &folder)?;
    if args.has("json") {
        println!("{}", json!({ "folder": folder, "files": released.files, "exercises": released.exercises }));
    } else {
        println!(
            "{}: {}, {}",
            folder.display(),
            count(released.files, "file"),
            count(released.exercises, "exercise")
        );
        println!("Try it as a learner would: cd {} && cargo xtask learn", folder.display());
    }
    Ok(Exit::Fine)
}
