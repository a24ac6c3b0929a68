//! `grade status`: how far a run is.
use super::{Command, Exit};
use crate::journal::{self, Journal};
use crate::outcome::Verdict;
use crate::setup;
use crate::text;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use xtask::exit::usage;
use xtask::files;
use xtask::screen::Screen;

pub const COMMAND: Command = Command {
    name: "status",
    takes: "",
    summary: "How far it is: done, left, time left",
    help: "\
Reads the journals beside the plan; a run may be going on meanwhile, here or on other machines that share the folder.

  --out DIR    where results are; default: grades
  --json       for programs

Example: cargo xtask grade status --out grades
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = super::parse("status", raw, &["json"], &["out"], 0)?;
    let out = setup::out(&args);
    let Some(plan) = files::read_if_there(&out.join("plan.json"))? else {
        return usage(format!(
            "{}: no run was begun there, or it is still being prepared; --out names another folder",
            out.display()
        ));
    };
    let plan: Value = serde_json::from_str(&plan).context("plan.json cannot be read")?;
    let keys: Vec<&str> =
        plan.as_array().into_iter().flatten().filter_map(|job| job["key"].as_str()).collect();
    let paths = journals(&out)?;
    let records =
        journal::merge(paths.iter().map(|path| Journal::read(path)).collect::<Result<Vec<_>>>()?).records;
    let done: Vec<_> = keys.iter().filter_map(|key| records.get(*key)).collect();
    let graded = done.iter().filter(|record| record.outcome.verdict != Verdict::GraderError).count();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for record in &done {
        *verdicts.entry(record.outcome.verdict.as_str()).or_default() += 1;
    }
    let left = keys.len() - graded;
    let seconds = time_left(&out, &paths, done.len(), left);
    if args.has("json") {
        println!(
            "{}",
            json!({ "total": keys.len(), "graded": graded, "left": left, "verdicts": verdicts, "seconds_left": seconds })
        );
    } else {
        println!("{graded} of {} different answers graded, {left} left", keys.len());
        for (verdict, count) in verdicts {
            println!("  {verdict:<13} {count}");
        }
        let failed = done.len() - graded;
        if failed > 0 {
            told(&format!(
                "{failed} could not be graded so far, and have no score; the next run tries again"
            ));
        }
        let goes_on = is_going_on(&paths)?;
        match seconds.filter(|_| goes_on && left > 0) {
            Some(seconds) => println!("about {} left at the pace so far", text::about(seconds)),
            None if goes_on => println!("it has just begun, or writes its reports"),
            None if left > 0 => {
                told("nobody is grading here: the same `cargo xtask grade run` as before goes on")
            }
            None => told(&format!("all done: open {}/staff/index.html", out.display())),
        }
    }
    Ok(Exit::Fine)
}

fn told(text: &str) {
    print!("{}", Screen::stdout().fitted(&format!("{text}\n")));
}

/// Whether a grader of this machine has one of the journals.
fn is_going_on(journals: &[PathBuf]) -> Result<bool> {
    for path in journals {
        if files::try_lock(&path.with_extension("lock"))?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All journals of a folder: of a whole run, and of shards.
pub fn journals(out: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(out).with_context(|| format!("cannot read {}", out.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("journal") && name.ends_with(".jsonl")
    });
    paths.sort();
    Ok(paths)
}

/// From the pace since the plan was made.
fn time_left(out: &Path, journals: &[PathBuf], done: usize, left: usize) -> Option<u64> {
    let time = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    let begin = time(&out.join("plan.json"))?;
    let last: SystemTime = journals.iter().filter_map(|path| time(path)).max()?;
    let so_far = last.duration_since(begin).ok()?.as_secs_f64();
    (done > 0).then(|| (so_far / done as f64 * left as f64).ceil() as u64)
}
