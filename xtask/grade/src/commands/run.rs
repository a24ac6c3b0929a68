//! `grade run`: takes in a class and grades it.
use super::{Command, Exit};
use crate::intake::Class;
use crate::journal::{Journal, Record};
use crate::judging::Grader;
use crate::outcome::{Outcome, Verdict};
use crate::plan::{self, Job, Shard};
use crate::report;
use crate::setup::{self, Setup, Wrong};
use crate::text;
use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;
use xtask::exit::usage;
use xtask::files;
use xtask::screen::for_stderr;

pub const COMMAND: Command = Command {
    name: "run",
    takes: "SUBMISSIONS…",
    summary: "Take in a class and grade it; goes on where it was interrupted",
    help: "\
SUBMISSIONS are folders with a folder for each student, archives (.zip, .tar, .tar.gz), or exports of Moodle, Canvas or
Gradescope. Only the files of exercises are taken; whatever else lies there is reported and not used.

Every different answer is graded once and written to the journal at once: a run that was killed goes on where it was.
At the end the reports are written, as by `grade report`.

  --out DIR         where results go; default: grades
  --config FILE     settings; default: grade.toml, if there is one
  --only 302,sync   these exercises or lessons only
  --plan            take in and say what is to be graded; grade nothing
  --jobs N          at the same time; default: one for each processor
  --shard 0/64      only this part; `auto` reads it from Slurm, Kubernetes or GitLab
  --shards N        how many there are, where --shard auto cannot know
  --backend B       native, bwrap or none
  --allow-weak      go on where this host builds no boxes; every result says so
  --prepared DIR    what `grade prepare --to DIR` made, in place of the course

Example: cargo xtask grade run submissions.zip --only sync --out grades
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["out", "config", "only", "jobs", "shard", "shards", "backend", "prepared"];
    let args = super::parse("run", raw, &["allow-weak", "plan"], &values, usize::MAX)?;
    if args.words.is_empty() {
        return usage("grade run: name what was handed in: cargo xtask grade run submissions.zip");
    }
    let sources: Vec<PathBuf> = args.words.iter().map(PathBuf::from).collect();
    let shard = args
        .text("shard")
        .map(|text| Shard::parse(&text, args.number("shards")?.map(|count| count as u64)))
        .transpose()?;
    let workers = match args.number("jobs")? {
        Some(0) => return usage("--jobs 0: at least one"),
        Some(jobs) => jobs,
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    let sandbox = super::sandbox(&args).map_err(|error| Wrong(format!("{error:#}")))?;
    let setup = Setup::new(&args, sandbox)?;
    let out = setup::out(&args);
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;

    let class = Class::take_in(&sources, &setup.exercises(), &out.join("answers"))
        .map_err(|error| Wrong(format!("{error:#}")))?;
    if class.students.is_empty() {
        let notes = class.notes.join("\n  ");
        return Err(Wrong(format!(
            "nobody handed anything in: see `cargo xtask grade run --help`\n  {notes}"
        ))
        .into());
    }
    files::replace(&out.join("class.json"), serde_json::to_string_pretty(&class)?)?;
    let jobs = plan::jobs(&class, &setup.bundle, &setup.hidden, setup.repeat(), setup.sandbox.backend);
    let path = match shard {
        None => out.join("journal.jsonl"),
        Some(shard) => out.join(format!("journal.{}-of-{}.jsonl", shard.index, shard.count)),
    };
    files::replace(&out.join("plan.json"), plan_json(&jobs))?;
    if args.has("plan") {
        eprint!(
            "{}",
            for_stderr(&format!(
                "{} students, {} different answers to grade; the same call without --plan grades them",
                class.students.len(),
                jobs.len()
            ))
        );
        return Ok(Exit::Fine);
    }
    let mut journal = Journal::open(&path)?;
    if journal.dropped > 0 {
        eprintln!("the journal ended in half a line, {} bytes, which is dropped", journal.dropped);
    }
    let mine: Vec<Job> = jobs.into_iter().filter(|job| shard.is_none_or(|shard| shard.has(job))).collect();
    let (known, open): (Vec<Job>, Vec<Job>) =
        mine.into_iter().partition(|job| journal.find(&job.key).is_some());
    let before =
        if known.is_empty() { String::new() } else { format!(", {} of them graded before", known.len()) };
    let told = format!(
        "{} students, {} different answers{}{before}; in boxes of {}",
        class.students.len(),
        known.len() + open.len(),
        if shard.is_some() { " in this shard" } else { "" },
        setup.sandbox.name(),
    );
    eprint!("{}", for_stderr(&told));
    let not_graded = grade(&setup, &out, open, workers, &mut journal)?;
    let records = journal.records().clone();
    drop(journal);
    if shard.is_none() {
        let written = report::write(&setup, &out, &class, &records)?;
        eprint!("{}", for_stderr(&written));
    } else {
        let told = format!(
            "this shard is done; `cargo xtask grade merge --out {}` puts all together",
            out.display()
        );
        eprint!("{}", for_stderr(&told));
    }
    if not_graded > 0 {
        let told =
            format!("{not_graded} could not be graded, and have no score; the same call tries them again");
        eprint!("{}", for_stderr(&told));
    }
    Ok(if not_graded > 0 { Exit::SomeNotGraded } else { Exit::Fine })
}

/// The plan, for `grade status`: keys and how many students wait for each.
fn plan_json(jobs: &[Job]) -> String {
    let items: Vec<_> = jobs
        .iter()
        .map(|job| serde_json::json!({ "key": job.key, "exercise": job.exercise, "sha": job.sha, "students": job.students }))
        .collect();
    format!("{:#}\n", serde_json::Value::from(items))
}

/// Grades what is open with so many workers; says how many could not be graded.
///
/// A worker is a thread that starts its boxes and outlives them: a box ends with the thread that started it.
pub fn grade(
    setup: &Setup,
    out: &Path,
    open: Vec<Job>,
    workers: usize,
    journal: &mut Journal,
) -> Result<usize> {
    let total = open.len();
    let begin = Instant::now();
    let queue = Mutex::new(VecDeque::from(open));
    let state = Mutex::new((journal, 0usize, 0usize, None::<anyhow::Error>));
    let grader = Grader {
        sandbox: &setup.sandbox,
        bundle: &setup.bundle,
        hidden: &setup.hidden,
        repeat: setup.repeat(),
        rules: true,
    };
    let work = || {
        loop {
            let job = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(job) = job else { break };
            let outcome = one(setup, &grader, out, &job);
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let (journal, done, failed, trouble) = &mut *state;
            *done += 1;
            if outcome.verdict == Verdict::GraderError {
                *failed += 1;
            }
            let line = told(&job, &outcome, *done, total, begin);
            let record = Record { key: job.key, exercise: job.exercise, sha: job.sha, outcome };
            if let Err(error) = journal.add(record) {
                // Without the journal nothing can be promised: stop, and the next run goes on.
                trouble.get_or_insert(error);
                queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
                break;
            }
            eprint!("{}", for_stderr(&line));
        }
    };
    thread::scope(|scope| {
        for _ in 0..setup.sandbox.at_once(workers).min(total) {
            scope.spawn(work);
        }
    });
    let (_, _, failed, trouble) = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    trouble.map_or(Ok(failed), Err)
}

/// Grades one answer; what goes wrong with the grader is tried once more, and then said.
fn one(setup: &Setup, grader: &Grader, out: &Path, job: &Job) -> Outcome {
    let attempt = || -> Result<Outcome> {
        let path = out.join("answers").join(format!("{}.rs", job.sha));
        let answer = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let task = setup.bundle.find(&job.exercise).context("the exercise is gone")?;
        grader.grade(task, &answer)
    };
    attempt().or_else(|_| attempt()).unwrap_or_else(|error| {
        let mut outcome = Outcome::new(
            Verdict::GraderError,
            "",
            "The grader could not do its work; this says nothing about the answer.",
        );
        outcome.details.push(format!("{error:#}"));
        outcome
    })
}

fn told(job: &Job, outcome: &Outcome, done: usize, total: usize, begin: Instant) -> String {
    let seconds = begin.elapsed().as_secs_f64() / done as f64 * (total - done) as f64;
    // The first few say little about the others.
    let left = if done < total.min(5) || done == total {
        String::new()
    } else {
        format!("  about {} left", text::about(seconds.ceil() as u64))
    };
    let why = if outcome.verdict == Verdict::GraderError { outcome.details.join(" ") } else { String::new() };
    format!("{done}/{total}  {:<13} {}  {}{left}  {why}", outcome.verdict, job.exercise, job.whose(),)
        .trim_end()
        .to_owned()
}
