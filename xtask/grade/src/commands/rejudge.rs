//! `grade rejudge`: judges again what was judged before, and shows what would change.
use super::{Command, Exit, run as grading, status};
use crate::intake::{Class, Handed};
use crate::journal::{self, Journal, Record};
use crate::outcome::Verdict;
use crate::plan::{self, Job};
use crate::report;
use crate::setup::{self, Setup};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::thread;
use xtask::exit::usage;
use xtask::files;
use xtask::lessons::number;

pub const COMMAND: Command = Command {
    name: "rejudge",
    takes: "",
    summary: "Judge again, after a change to a judge, and show what differs",
    help: "\
The new judgements go to a journal of their own first and are shown against the old ones. With --preview they stay there;
the same command without it then takes them over as a whole, and --drop forgets them.

  --preview                  show, and change nothing
  --drop                     forget a preview
  --where exercise=302       only these; also verdict=FAIL, student=ann
  --out DIR, --config FILE, --only …, --jobs N    as for `grade run`

Example: cargo xtask grade rejudge --where exercise=302 --preview
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["where", "out", "config", "only", "jobs", "backend", "prepared"];
    let args = super::parse("rejudge", raw, &["preview", "drop", "allow-weak"], &values, 0)?;
    let out = setup::out(&args);
    let aside = out.join("rejudge.jsonl");
    if args.has("drop") {
        return match fs::remove_file(&aside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(Exit::Fine),
        };
    }
    let class = class(&out)?;
    let filter = args.text("where").unwrap_or_default();
    let setup = Setup::new(&args, super::sandbox(&args)?)?;
    let old = journal::merge(
        status::journals(&out)?.iter().map(|path| Journal::read(path)).collect::<Result<Vec<_>>>()?,
    )
    .records;
    let jobs = plan::jobs(&class, &setup.bundle, &setup.hidden, setup.repeat(), setup.sandbox.backend);
    let by_content: BTreeMap<(&str, &str), &Record> =
        old.values().map(|record| ((&*record.exercise, &*record.sha), record)).collect();
    let mut chosen = Vec::new();
    for job in jobs {
        if matches(&filter, &job, &class, by_content.get(&(&*job.exercise, &*job.sha)).copied())? {
            chosen.push(job);
        }
    }
    let mut journal = Journal::open(&aside)?;
    let open: Vec<Job> = chosen.iter().filter(|job| journal.find(&job.key).is_none()).cloned().collect();
    let workers =
        args.number("jobs")?.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let failed = grading::grade(&setup, &out, open, workers.max(1), &mut journal)?;
    let new = journal.records().clone();
    drop(journal);
    let mut changed = 0;
    for job in &chosen {
        let Some(after) = new.get(&job.key) else { continue };
        let before = by_content.get(&(&*job.exercise, &*job.sha));
        let was = before.map_or("not judged", |record| record.outcome.verdict.as_str());
        if was != after.outcome.verdict.as_str() {
            changed += 1;
            println!(
                "{}  {was} → {}  {}",
                job.exercise,
                after.outcome.verdict,
                owners(&class, job).join(" ")
            );
        }
    }
    println!("{} judged again, {changed} differ", chosen.len());
    if !args.has("preview") {
        let mut journal = Journal::open(&out.join("journal.jsonl"))?;
        for record in new.into_values().filter(|record| record.outcome.verdict != Verdict::GraderError) {
            journal.add(record)?;
        }
        let records = journal.records().clone();
        drop(journal);
        fs::remove_file(&aside)?;
        eprintln!("{}", report::write(&setup, &out, &class, &records)?);
    }
    Ok(if failed > 0 { Exit::SomeNotGraded } else { Exit::Fine })
}

/// The class that was taken in.
pub fn class(out: &Path) -> Result<Class> {
    match files::read_if_there(&out.join("class.json"))? {
        Some(text) => serde_json::from_str(&text).context("class.json cannot be read"),
        None => usage(format!("{}: no class was taken in there; --out names another folder", out.display())),
    }
}

/// The students who handed it in.
fn owners<'a>(class: &'a Class, job: &Job) -> Vec<&'a str> {
    let mine =
        |handed: Option<&Handed>| matches!(handed, Some(Handed::Answer { sha, .. }) if *sha == job.sha);
    class.students.iter().filter(|s| mine(s.answers.get(&job.exercise))).map(|s| s.id.as_str()).collect()
}

fn matches(filter: &str, job: &Job, class: &Class, before: Option<&Record>) -> Result<bool> {
    match filter.split_once('=') {
        None if filter.is_empty() => Ok(true),
        Some(("exercise", wanted)) => Ok(job.exercise == wanted || number(&job.exercise) == wanted),
        Some(("student", wanted)) => Ok(owners(class, job).contains(&wanted)),
        Some(("verdict", wanted)) => match wanted.parse::<Verdict>() {
            Ok(wanted) => Ok(before.is_some_and(|record| record.outcome.verdict == wanted)),
            Err(problem) => usage(format!("--where verdict: {problem}")),
        },
        _ => usage(format!("--where {filter}: write exercise=302, student=ann or verdict=FAIL")),
    }
}
