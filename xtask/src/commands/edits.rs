//! `edits`: how long it takes from an edit to its verdict.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::files;
use crate::lessons::Course;
use crate::measure::edits::{self, Other, Times, Took, median, ratio};
use crate::screen::{Screen, count};
use crate::select;
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::json;
use std::ffi::OsString;
use std::io::Write;
use std::time::Duration;

pub const COMMAND: Command = Command {
    name: "edits",
    takes: "[302|sync|all]",
    summary: "Measure the time from an edit to its verdict",
    help: "\
Edits the largest exercise of each lesson again and again, once with the solution and once with its first wrong answer,
and measures until the verdict is there: by `check`, and by `cargo test` of the same judge. Each round measures every
way once, so that the ratios hold also on a busy machine. The exercise must be untouched; its starter is put back.

  --edits N       edits of each (10)
  --against CMD   a command line to compare with, run after an edit of …
  --file F        … this file, in …
  --in DIR        … this folder
  --called NAME   what the table calls it
  --write         the table goes to docs/edit-to-verdict.md
  --json          every time in milliseconds

Exit code 1 if `check` takes a second or more of CPU time in the median: that is what a machine needs that has nothing
else to do.

Example: cargo xtask edits sync --edits 10
",
    run,
};

/// What a learner should wait for a verdict at most.
const GOAL: Duration = Duration::from_secs(1);

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = &["edits", "against", "file", "in", "called"];
    let spec = Spec { switches: &["json", "write"], values, words: 1, passes_on: false };
    let args = Args::parse("edits", raw, &spec)?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let chosen = select::exercises(&course, args.word().unwrap_or("all"))?;
    let edits = args.number("edits")?.unwrap_or(10);
    let other = match (args.text("against"), args.path("file"), args.path("in")) {
        (None, None, None) => None,
        (Some(command), Some(file), Some(folder)) => {
            let name = args.text("called").unwrap_or_else(|| command.clone());
            Some(Other { name, command, folder, file })
        }
        _ => return usage("--against, --file and --in belong together".to_owned()),
    };
    let screen = Screen::stdout();
    let json = args.has("json");
    let mut say = |what: &str| {
        if screen.live && !json {
            let line: String = what.chars().take(screen.columns.saturating_sub(1)).collect();
            print!("\r\x1b[K{line}");
            // Only a courtesy.
            let _ = std::io::stdout().flush();
        }
    };
    let mut all = Vec::new();
    for (lesson, exercise) in edits::largest(&chosen)? {
        let mut answers = vec![(format!("{}, solution", exercise.id), lesson.solution(&exercise.id))];
        answers.extend(exercise.wrong.first().map(|wrong| {
            (format!("{}, {}", exercise.id, wrong.slug), lesson.wrong(&exercise.id, &wrong.slug))
        }));
        for (what, source) in answers {
            let chosen = (lesson, exercise);
            all.push(edits::measure(&workspace, chosen, &source, &what, edits, other.as_ref(), &mut say)?);
        }
    }
    say("");
    if json {
        let millis =
            |times: &[Took]| times.iter().map(|took| took.wall.as_secs_f64() * 1_000.0).collect::<Vec<_>>();
        let cpu = |times: &[Took]| times.iter().map(|took| took.cpu.as_millis() as u64).collect::<Vec<_>>();
        let rows = all.iter().map(|times| {
            json!({
                "what": times.what, "lines": times.lines, "check": millis(&times.check),
                "cargo_test": millis(&times.cargo_test), "other": millis(&times.other),
                "check_cpu": cpu(&times.check), "cargo_test_cpu": cpu(&times.cargo_test),
            })
        });
        println!("{}", rows.collect::<serde_json::Value>());
    } else {
        print!("{}", table(&all, other.as_ref()));
    }
    if args.has("write") {
        let path = workspace.root.join("docs/edit-to-verdict.md");
        files::replace(&path, page(&all, edits, other.as_ref()))?;
        eprintln!("written: {}", workspace.short(&path));
    }
    let cpu = |times: &Times| median(times.check.iter().map(|took| took.cpu));
    let in_time = all.iter().all(|times| cpu(times).is_none_or(|median| median < GOAL));
    Ok(if in_time { Exit::Fine } else { Exit::WorkFails })
}

/// Median on the wall, least on the wall, median of the processor.
fn seconds(times: &[Took]) -> String {
    let Some(middle) = median(times.iter().map(|took| took.wall)) else { return "–".to_owned() };
    let least = times.iter().map(|took| took.wall).min().unwrap_or(middle);
    let cpu = median(times.iter().map(|took| took.cpu)).unwrap_or_default();
    format!("{:.2} s (least {:.2}, CPU {:.2})", middle.as_secs_f64(), least.as_secs_f64(), cpu.as_secs_f64())
}

fn times(ratio: Option<f64>) -> String {
    ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"))
}

/// Markdown, which is as easy to read at a terminal.
fn table(all: &[Times], other: Option<&Other>) -> String {
    let mut text = "| edited | lines | `check` | `cargo test` | for each of its seconds |".to_owned();
    let name = other.map(|other| format!("`{}`", other.name));
    if let Some(name) = &name {
        text += &format!(" {name} | for each of its seconds |");
    }
    text += "\n|---|---:|---:|---:|---:|";
    text += if other.is_some() { "---:|---:|\n" } else { "\n" };
    for row in all {
        text += &format!(
            "| {} | {} | {} | {} | {} |",
            row.what,
            row.lines,
            seconds(&row.check),
            seconds(&row.cargo_test),
            times(ratio(&row.check, &row.cargo_test))
        );
        if other.is_some() {
            text += &format!(" {} | {} |", seconds(&row.other), times(ratio(&row.check, &row.other)));
        }
        text.push('\n');
    }
    text
}

fn page(all: &[Times], edits: usize, other: Option<&Other>) -> String {
    let against = other.map_or(String::new(), |other| {
        format!("\n\nThe other command is `{}`, after an edit of a file of its own of like size.", other.name)
    });
    format!(
        "# From an edit to its verdict\n\nWritten by `cargo xtask edits --write`; do not edit.\n\nThe largest exercise of \
         each lesson, edited {edits} times with its solution and {edits} times with a wrong answer. Median on\nthe wall, \
         the least, and the median of CPU time, which depends less on what else the machine does; then how long\n`check` \
         takes for each second of the other, as the median of the pairs. Every round measures each once. `check`\ncompiles, \
         explores and explains; `cargo test` runs the same judge. The machine has {}, and other work:\ntrust the \
         ratios.{against}\n\n{}",
        std::thread::available_parallelism().map_or("one processor".into(), |n| count(n.get(), "processor")),
        table(all, other),
    )
}
