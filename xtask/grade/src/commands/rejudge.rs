//! `grade rejudge`: judges again what was judged before, and shows what would change.
use super::{Command, Exit, run as grading, status};
use crate::intake::{Class, Handed};
use crate::journal::{Journal, Record};
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
use xtask::screen::{Screen, for_stderr};

pub const COMMAND: Command = Command {
    name: "rejudge",
    takes: "",
    summary: "Judge again, after a change to a judge, and show what differs",
    help: "\
Judges whatever a change to the course concerns; with --where what that says, changed or not. The new judgements go to a
journal of their own first and are shown against the old ones. With --preview they stay there; the same command without
it then takes them over as a whole, and --drop forgets them.

  --preview                  show, and change nothing
  --drop                     forget a preview
  --where exercise=302       these, whatever has changed; also verdict=FAIL, student=ann
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
        match fs::remove_file(&aside) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!("there is no preview to forget");
            }
            forgotten => {
                forgotten.with_context(|| format!("cannot remove {}", aside.display()))?;
                eprintln!("the preview is forgotten; all judgements are as they were");
            }
        }
        return Ok(Exit::Fine);
    }
    let class = class(&out)?;
    let filter = args.text("where").unwrap_or_default();
    check(&filter, &class)?;
    let setup = Setup::new(&args, super::sandbox(&args)?)?;
    let old = status::journals(&out)?
        .iter()
        .map(|path| Journal::read_in_order(path))
        .collect::<Result<Vec<_>>>()?
        .concat();
    let by_content = last_of_each(&old);
    let jobs = plan::jobs(&class, &setup.bundle, &setup.hidden, setup.repeat(), setup.sandbox.backend);
    let mut chosen = Vec::new();
    for job in jobs {
        let before = by_content.get(&(&*job.exercise, &*job.sha)).copied();
        let concerned = !filter.is_empty() || before.is_none_or(|record| record.key != job.key);
        if concerned && matches(&filter, &job, &class, before) {
            chosen.push(job);
        }
    }
    if chosen.is_empty() {
        let why = if filter.is_empty() {
            "nothing to judge again: no judge has changed since; `--where exercise=302` judges all the same"
        } else {
            "nothing to judge again: no answer is like that"
        };
        eprint!("{}", for_stderr(why));
        return Ok(Exit::Fine);
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
            let owners = owners(&class, job).join(" ");
            let line = format!("{}  {was} → {}  {owners}\n", job.exercise, after.outcome.verdict);
            print!("{}", Screen::stdout().fitted(&line));
        }
    }
    println!("{} judged again, {changed} differ", chosen.len());
    if args.has("preview") {
        let next =
            "nothing is changed yet: the same call without --preview takes them over, --drop forgets them";
        eprint!("{}", for_stderr(next));
    } else {
        let mut journal = Journal::open(&out.join("journal.jsonl"))?;
        for record in new.into_values().filter(|record| record.outcome.verdict != Verdict::GraderError) {
            journal.add(record)?;
        }
        let records = journal.records().clone();
        drop(journal);
        fs::remove_file(&aside)?;
        eprint!("{}", for_stderr(&report::write(&setup, &out, &class, &records)?));
    }
    Ok(if failed > 0 { Exit::SomeNotGraded } else { Exit::Fine })
}

/// The last judgement of each answer, by exercise and content; one that could not be made is none.
fn last_of_each(records: &[Record]) -> BTreeMap<(&str, &str), &Record> {
    let judged = records.iter().filter(|record| record.outcome.verdict != Verdict::GraderError);
    judged.map(|record| ((&*record.exercise, &*record.sha), record)).collect()
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

/// Whether there can be anything like that: said before anything is prepared, which takes its time.
fn check(filter: &str, class: &Class) -> Result<()> {
    match filter.split_once('=') {
        None if filter.is_empty() => Ok(()),
        Some(("exercise", _)) => Ok(()),
        Some(("student", wanted)) if class.students.iter().any(|known| known.id == wanted) => Ok(()),
        Some(("student", wanted)) => usage(format!("--where student: `{wanted}` is no student's id")),
        Some(("verdict", wanted)) => match wanted.parse::<Verdict>() {
            Ok(_) => Ok(()),
            Err(problem) => usage(format!("--where verdict: {problem}")),
        },
        _ => usage(format!("--where {filter}: write exercise=302, student=ann or verdict=FAIL")),
    }
}

fn matches(filter: &str, job: &Job, class: &Class, before: Option<&Record>) -> bool {
    match filter.split_once('=') {
        None => filter.is_empty(),
        Some(("exercise", wanted)) => job.exercise == wanted || number(&job.exercise) == wanted,
        Some(("student", wanted)) => owners(class, job).contains(&wanted),
        Some(("verdict", wanted)) => before.is_some_and(|record| record.outcome.verdict.as_str() == wanted),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;

    #[test]
    fn the_judgement_before_is_the_last_one_whatever_the_keys() {
        let record = |key: &str, verdict| Record {
            key: key.to_owned(),
            exercise: "e1".to_owned(),
            sha: "aa".to_owned(),
            outcome: Outcome::new(verdict, "", ""),
        };
        // Keys are hashes: that of an older judge may well be the greater one.
        let records =
            [record("z", Verdict::Pass), record("a", Verdict::Fail), record("m", Verdict::GraderError)];
        let last = last_of_each(&records);
        assert_eq!(last[&("e1", "aa")].outcome.verdict, Verdict::Fail);
    }
}
