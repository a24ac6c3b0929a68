//! `models`: what the judges' models cover, and what stress testing would have found instead.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::Exit;
use crate::files;
use crate::lessons::Course;
use crate::measure::models::{self, Covered, Stress, Wrong};
use crate::screen::{Screen, count};
use crate::select;
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::Write;

pub const COMMAND: Command = Command {
    name: "models",
    takes: "[302|sync|all]",
    summary: "What each model covers, and what it takes to find each wrong answer",
    help: "\
For every exercise: each model of its judge, how far it was explored, in how many runs, in what time. For every wrong
answer: its verdict, and the simplest schedule that shows it, counted in unlucky moments (0: it fails whoever runs
when). With --stress also what is commonly done instead: the same models, so often on real threads, until something
fails or a run does not end within five seconds.

  --stress N   real runs of each model; 1000 is what people do
  --write      the tables go to docs/models-LESSON.md
  --json       for programs

Exit code 1 if a wrong answer got another verdict than lesson.toml says.

Example: cargo xtask models sync --stress 1000
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let spec = Spec { switches: &["json", "write"], values: &["stress"], words: 1, passes_on: false };
    let args = Args::parse("models", raw, &spec)?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let word = args.word().unwrap_or("all");
    let chosen = select::exercises(&course, word)?;
    let stress = args.number("stress")?.unwrap_or(0);
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
    for exercise in &chosen {
        all.push(models::look_at(&workspace, *exercise, stress, &mut say)?);
    }
    say("");
    if json {
        println!("{}", all.iter().map(to_json).collect::<Value>());
    } else {
        print!("{}", tables(&all, stress));
    }
    if args.has("write") {
        let path = workspace.root.join(format!("docs/models-{}.md", chosen[0].0.name));
        files::replace(&path, page(&all, stress, word))?;
        eprintln!("written: {}", workspace.short(&path));
    }
    let as_stated = all.iter().flat_map(|covered| &covered.wrong).all(|wrong| wrong.as_stated);
    Ok(if as_stated { Exit::Fine } else { Exit::WorkFails })
}

fn to_json(covered: &Covered) -> Value {
    let models = covered.models.iter().map(|model| {
        json!({ "layer": model.layer, "what": model.what, "covered": model.note, "micros": model.micros })
    });
    let wrong = covered.wrong.iter().map(|wrong| {
        let stress = match &wrong.stress {
            None => Value::Null,
            Some(Stress::NotPossible) => json!("not possible"),
            Some(Stress::Missed) => json!("missed"),
            Some(Stress::Caught { run, verdict }) => json!({ "run": run, "verdict": verdict }),
        };
        json!({
            "slug": wrong.slug, "verdict": wrong.verdict, "layer": wrong.layer, "stress": stress,
            "schedule": wrong.found.map(|found| found.0), "unlucky_moments": wrong.found.map(|found| found.1),
        })
    });
    json!({
        "exercise": covered.exercise, "models": models.collect::<Vec<_>>(), "wrong": wrong.collect::<Vec<_>>(),
    })
}

/// Markdown, which is as easy to read at a terminal.
fn tables(all: &[Covered], stress: usize) -> String {
    let mut text = String::new();
    for covered in all {
        text += &format!(
            "\n### {}\n\n| model | layer | covered | time |\n|---|---|---|---:|\n",
            covered.exercise
        );
        for model in &covered.models {
            let millis = model.micros as f64 / 1_000.0;
            text += &format!("| {} | {} | {} | {millis:.0} ms |\n", model.what, model.layer, model.note);
        }
        text += "\n| wrong answer | verdict | found by | unlucky moments | schedule |";
        text += if stress > 0 {
            " stress |\n|---|---|---|---:|---:|---|\n"
        } else {
            "\n|---|---|---|---:|---:|\n"
        };
        for wrong in &covered.wrong {
            let (cost, schedule) = match wrong.found {
                Some((schedule, cost)) => (cost.to_string(), schedule.to_string()),
                None => ("–".to_owned(), "–".to_owned()),
            };
            let (slug, verdict, layer) = (&wrong.slug, &wrong.verdict, &wrong.layer);
            text += &format!("| {slug} | {verdict} | {layer} | {cost} | {schedule} |");
            text += &if stress > 0 { format!(" {} |\n", stress_cell(wrong)) } else { "\n".to_owned() };
        }
    }
    text += &format!("\n{}\n", summary(all, stress));
    text
}

fn stress_cell(wrong: &Wrong) -> String {
    match &wrong.stress {
        None => String::new(),
        Some(Stress::NotPossible) => "not possible: needs model time".to_owned(),
        Some(Stress::Missed) => "**missed**".to_owned(),
        Some(Stress::Caught { run, verdict }) => format!("{verdict}, in run {run}"),
    }
}

fn summary(all: &[Covered], stress: usize) -> String {
    let models = all.iter().map(|covered| covered.models.len()).sum();
    let complete = all.iter().flat_map(|covered| &covered.models);
    let complete = complete.filter(|model| model.note.starts_with("every schedule, in")).count();
    let wrong: Vec<&Wrong> = all.iter().flat_map(|covered| &covered.wrong).collect();
    let mut text = format!(
        "{} of {}, {complete} of them explored completely; {}, of which {} got the verdict they must get.",
        count(models, "model"),
        count(all.len(), "exercise"),
        count(wrong.len(), "wrong answer"),
        wrong.iter().filter(|wrong| wrong.as_stated).count(),
    );
    if stress > 0 {
        let tried: Vec<&Stress> =
            wrong.iter().filter_map(|w| w.stress.as_ref()).filter(|s| **s != Stress::NotPossible).collect();
        let caught: Vec<usize> = tried
            .iter()
            .filter_map(|stress| if let Stress::Caught { run, .. } = stress { Some(*run) } else { None })
            .collect();
        let at_once = caught.iter().filter(|run| **run == 1).count();
        text += &format!(
            "\n\nOf {} that the explorer found in a model of schedules and whose model can be run on real threads, {} \
             runs of each model caught {}: {at_once} in the first run, which no schedule is needed for, {} later, and {} \
             never. The explorer caught all {}.",
            tried.len(),
            stress,
            caught.len(),
            caught.len() - at_once,
            tried.len() - caught.len(),
            tried.len(),
        );
    }
    text
}

fn page(all: &[Covered], stress: usize, word: &str) -> String {
    let with_stress = if stress > 0 { format!(" --stress {stress}") } else { String::new() };
    format!(
        "# Models of the judges: {word}\n\nWritten by `cargo xtask models {word}{with_stress} --write`; do not edit.\n\n\
         What each model covers, what it takes to find each wrong answer (unlucky moments of its simplest schedule; 0:\n\
         it fails whoever runs when; –: no schedule is to blame), and what the same models find when they are run on real\n\
         threads instead. Counts are the same on every machine; times and stress are of one with {}, busy otherwise, too.\n{}",
        std::thread::available_parallelism().map_or("one processor".into(), |n| count(n.get(), "processor")),
        tables(all, stress),
    )
}
