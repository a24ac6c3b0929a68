//! `run`: run a demo.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::Course;
use crate::progress::{Fact, Progress};
use crate::workspace::Workspace;
use crate::{interrupt, process, select, timeline};
use anyhow::Result;
use std::ffi::OsString;
use std::path::PathBuf;

pub const COMMAND: Command = Command {
    name: "run",
    takes: "d106 [--timeline F.html] [ARGUMENTS]",
    summary: "Run a demo, or draw what its threads do",
    help: "\
Everything behind the demo's name goes to the demo, except what stands first there:

  --timeline F.html   record what the demo's threads do with threads, locks, atomics and channels, and draw it as a
                      page to step through, beside the source

Exit code 1 when the demo fails.

Example: cargo xtask run d106
         cargo xtask run d112 --timeline d112.html
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let spec = Spec { switches: &[], values: &["timeline"], words: 1, passes_on: true };
    let mut args = Args::parse("run", raw, &spec)?;
    let Some(word) = args.word().map(str::to_owned) else {
        return usage("run: which demo? Try `cargo xtask run d101`");
    };
    let timeline = match args.path("timeline") {
        None => timeline_behind(&mut args.rest)?,
        before => before,
    };
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let (lesson, demo) = select::demo(&course, &word)?;
    let status = if let Some(page) = &timeline {
        let status = timeline::draw(&workspace, lesson, demo, &std::path::absolute(page)?, &args.rest)?;
        println!("{}", page.display());
        status
    } else {
        let mut command = workspace.cargo();
        command.args(["run", "--quiet", "-p", &lesson.name, "--bin", &demo.id]);
        println!("$ {}", process::shown(&command));
        if !args.rest.is_empty() {
            command.arg("--").args(&args.rest);
        }
        // The demo gets the terminal, and Ctrl-C with it: a server may want to say goodbye.
        interrupt::in_foreground(&mut command)?
    };
    if status.success() {
        Progress::update(&workspace, |progress| progress.set_today(Fact::Seen, &demo.id))?;
        return Ok(Exit::Fine);
    }
    eprintln!("{} ended with {status}", demo.id);
    Ok(Exit::WorkFails)
}

/// `--timeline F` as the first words behind the demo's name, which are ours; all others are the demo's.
fn timeline_behind(rest: &mut Vec<OsString>) -> Result<Option<PathBuf>> {
    let Some(first) = rest.first().and_then(|word| word.to_str()) else { return Ok(None) };
    if let Some(page) = first.strip_prefix("--timeline=") {
        let page = PathBuf::from(page);
        rest.remove(0);
        return Ok(Some(page));
    }
    if first != "--timeline" {
        return Ok(None);
    }
    if rest.len() < 2 {
        return usage("run: --timeline wants a file: cargo xtask run d106 --timeline d106.html");
    }
    Ok(rest.drain(..2).nth(1).map(PathBuf::from))
}
