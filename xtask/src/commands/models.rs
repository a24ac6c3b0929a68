//! `models`: what the judges' models cover, and what stress testing would have found instead.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::Exit;
use crate::lessons::Course;
use crate::measure::journal::Journal;
use crate::measure::model_pages;
use crate::measure::models::{self, Covered};
use crate::measure::stress::Stress;
use crate::screen::Screen;
use crate::select;
use crate::workspace::Workspace;
use anyhow::Result;
use judge::Judgement;
use serde_json::{Value, json};
use std::collections::BTreeSet;
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
fails, a run does not end within five seconds, or a minute is over. Runs that compute come one after another, runs that
wait wait side by side. What they found is remembered as long as the answer and its judge stay the same, so a call that was
stopped is gone on with by the same call.

  --stress N   real runs of each model; 1000 is what people do
  --write      the tables go to docs/models-LESSON.md, with a page and pictures for each exercise, as soon as it is done
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
    let mut journal = Journal::open(&workspace.cache().join("stress.jsonl"))?;
    let mut all = Vec::new();
    let mut pages = BTreeSet::new();
    for exercise in &chosen {
        let covered = models::look_at(&workspace, *exercise, stress, &mut journal, &mut say)?;
        say("");
        if !json {
            println!("### {}\n\n{}", covered.exercise, model_pages::tables(&covered, stress, false));
        }
        if args.has("write") {
            // At once: whoever is stopped later has this much.
            pages.extend(model_pages::write(&workspace, *exercise, &covered, stress)?);
        }
        all.push(covered);
    }
    if json {
        println!("{}", all.iter().map(to_json).collect::<Value>());
    }
    for page in pages {
        eprintln!("written: {}", workspace.short(&page));
    }
    let as_stated = all.iter().flat_map(|covered| &covered.wrong).all(|wrong| wrong.as_stated);
    Ok(if as_stated { Exit::Fine } else { Exit::WorkFails })
}

fn to_json(covered: &Covered) -> Value {
    let models = covered.models.iter().map(|model| {
        json!({ "layer": model.layer, "what": model.what, "covered": model.note, "micros": model.micros })
    });
    let wrong = covered.wrong.iter().map(|wrong| {
        let Judgement { verdict, layer, sentence, .. } = &wrong.judgement;
        json!({
            "slug": wrong.slug, "verdict": verdict.as_str(), "layer": layer, "sentence": sentence,
            "stress": wrong.stress.as_ref().map_or(Value::Null, Stress::to_json),
            "schedule": wrong.found().map(|found| found.0), "unlucky_moments": wrong.found().map(|found| found.1),
        })
    });
    json!({
        "exercise": covered.exercise, "models": models.collect::<Vec<_>>(), "wrong": wrong.collect::<Vec<_>>(),
    })
}
