//! `grade measure`: grades a made-up class and compares with the naive way.
use super::{Command, Exit, run as grading};
use crate::intake::Class;
use crate::journal::Journal;
use crate::outcome::Verdict;
use crate::plan;
use crate::sandbox::cpu;
use crate::setup::Setup;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use xtask::lessons::{Course, Exercise, Lesson};
use xtask::workspace::Workspace;

pub const COMMAND: Command = Command {
    name: "measure",
    takes: "",
    summary: "Grade a made-up class and compare with the naive way",
    help: "\
Makes a class out of solutions, wrong answers, broken and hostile files, no two alike; grades it; holds every verdict
against the one it must get; and measures what `cargo test` in a clean target directory takes for a sample, before and
after, so that other load on the machine meets both. Processor time is the figure to trust.

  --students N    how many files; default: 300
  --sample N      how many of them the naive way; default: 2
  --only sync     of these exercises or lessons
  --out DIR       default: a folder that is removed
  --prepared DIR  what `grade prepare --to DIR` made

Example: cargo xtask grade measure --only sync --students 300
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["students", "sample", "only", "out", "jobs", "backend", "config", "prepared"];
    let args = super::parse("measure", raw, &["allow-weak"], &values, 0)?;
    let students = args.number("students")?.unwrap_or(300);
    let sample = args.number("sample")?.unwrap_or(2);
    let workers =
        args.number("jobs")?.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let workspace = Workspace::find()?;
    let course = Course::load(&workspace)?;
    let setup = Setup::new(&args, super::sandbox(&args)?)?;
    let keep = args.path("out");
    let out = keep.clone().unwrap_or_else(|| setup.bundle.folder.join("measure"));
    let _ = fs::remove_dir_all(&out);
    let handed = out.join("class");
    let chosen: Vec<(&Lesson, &Exercise)> =
        course.exercises().filter(|(_, exercise)| setup.bundle.find(&exercise.id).is_some()).collect();
    let made = make(&chosen, students, &handed)?;
    println!("{} files of {} exercises, no two alike", made.len(), chosen.len());

    let mut naive = Vec::new();
    let half = sample.div_ceil(2);
    for (at, file) in made.iter().filter(|file| file.kind == "right").take(half).enumerate() {
        naive.push(naively(&workspace, file, &out.join(format!("naive-{at}")))?);
    }
    let class = Class::take_in(std::slice::from_ref(&handed), &setup.exercises(), &out.join("answers"))?;
    let jobs = plan::jobs(&class, &setup.bundle, &[], setup.repeat(), setup.sandbox.backend);
    if jobs.len() + made.iter().filter(|file| file.wanted == "REJECTED").count() < made.len() {
        bail!("two files are alike");
    }
    let mut journal = Journal::open(&out.join("journal.jsonl"))?;
    let (begin, cpu, own) = (Instant::now(), cpu::of_children()?, cpu::of_this()?);
    cpu::take();
    grading::grade(&setup, &out, jobs.clone(), workers, &mut journal)?;
    let (wall, cpu) = (begin.elapsed(), cpu::of_children()? - cpu);
    let (own, costs) = (cpu::of_this()? - own, cpu::take());
    let rest = sample - half;
    for (at, file) in made.iter().filter(|file| file.kind == "right").skip(half).take(rest).enumerate() {
        naive.push(naively(&workspace, file, &out.join(format!("naive-{}", half + at)))?);
    }

    let book = crate::report::Book::new(&setup, &class, journal.records());
    let mut wrong = 0;
    for row in &book.rows {
        let file =
            made.iter().find(|file| file.student == row.student.id).context("a student was made up twice")?;
        let cell =
            row.cells.iter().find(|cell| cell.task.id == file.exercise).context("an exercise is gone")?;
        let outcome = cell.outcome.as_deref().context("not graded")?;
        let got = if outcome.finding.is_empty() { outcome.verdict.as_str() } else { &outcome.finding };
        if !file.fits(outcome.verdict, got) {
            wrong += 1;
            println!(
                "{} {}: wanted {}, got {got} ({}): {}",
                file.exercise, file.name, file.wanted, outcome.verdict, outcome.sentence
            );
        }
    }
    let each = |time: Duration| time.as_secs_f64() / jobs.len() as f64;
    println!("verdicts        {} as they must be, {wrong} not", book.rows.len() - wrong);
    println!(
        "graded          {} answers in {:.1} s: {:.1} a minute, with {workers} workers",
        jobs.len(),
        wall.as_secs_f64(),
        60.0 / each(wall)
    );
    println!(
        "processor time  {:.2} s an answer: {:.0} a minute on two cores that do nothing else",
        each(cpu),
        2.0 * 60.0 / each(cpu)
    );
    println!("the grader      {:.3} s an answer besides, of its own", each(own));
    if workers == 1 {
        for (purpose, cost) in costs {
            println!(
                "{purpose:<22} {:>6} boxes, {:.4} s each, {:.3} s an answer",
                cost.boxes,
                cost.cpu.as_secs_f64() / f64::from(cost.boxes),
                each(cost.cpu)
            );
        }
    }
    if !naive.is_empty() {
        let mean = |of: fn(&(Duration, Duration)) -> Duration| {
            naive.iter().map(|pair| of(pair).as_secs_f64()).sum::<f64>() / naive.len() as f64
        };
        let (naive_wall, naive_cpu) = (mean(|pair| pair.0), mean(|pair| pair.1));
        println!(
            "naive           {naive_wall:.1} s and {naive_cpu:.1} s of processor time an answer, mean of {}",
            naive.len()
        );
        println!(
            "ratio           {:.0}x in processor time, {:.0}x on the clock",
            naive_cpu / each(cpu),
            naive_wall / each(wall)
        );
    }
    if keep.is_none() {
        fs::remove_dir_all(&out)?;
    }
    Ok(if wrong > 0 { Exit::SomeNotGraded } else { Exit::Fine })
}

/// A made-up file.
struct Made {
    student: String,
    exercise: String,
    kind: &'static str,
    name: String,
    /// The judge's verdict, or the grader's.
    wanted: String,
    text: Vec<u8>,
}

impl Made {
    fn fits(&self, verdict: Verdict, got: &str) -> bool {
        self.wanted == got || self.wanted == verdict.as_str()
    }
}

/// Of ten files four are right, four wrong, one broken, one hostile.
fn make(chosen: &[(&Lesson, &Exercise)], students: usize, to: &Path) -> Result<Vec<Made>> {
    let mut made = Vec::new();
    for number in 0..students {
        let (lesson, exercise) = chosen[number % chosen.len()];
        let round = number / chosen.len();
        let right = || -> Result<String> { Ok(fs::read_to_string(lesson.solution(&exercise.id))?) };
        let (kind, name, wanted, text) = match round % 10 {
            8 => {
                let (name, wanted, text) = broken(round / 10, lesson, exercise, right()?)?;
                ("broken", name, wanted, text)
            }
            9 => {
                let (name, wanted, text) = hostile(round / 10, right()?);
                ("hostile", name, wanted, text)
            }
            n if n % 2 == 1 && !exercise.wrong.is_empty() => {
                let wrong = &exercise.wrong[(round / 2) % exercise.wrong.len()];
                let text = fs::read(lesson.wrong(&exercise.id, &wrong.slug))?;
                ("wrong", wrong.slug.clone(), wrong.verdict.to_string(), text)
            }
            _ => ("right", "solution".to_owned(), "pass".to_owned(), right()?.into_bytes()),
        };
        let student = format!("s{number:04}");
        let mut text = text;
        text.extend(format!("\n// {student}\n").into_bytes());
        let folder = to.join(&student);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{}.rs", exercise.id)), &text)?;
        made.push(Made { student, exercise: exercise.id.clone(), kind, name, wanted, text });
    }
    Ok(made)
}

fn broken(
    turn: usize,
    lesson: &Lesson,
    exercise: &Exercise,
    right: String,
) -> Result<(String, String, Vec<u8>)> {
    let compile = judge::Verdict::DoesNotCompile.to_string();
    Ok(match turn % 3 {
        0 => (
            "half of it".to_owned(),
            compile,
            right[..right.len() / 2]
                .rfind('\n')
                .map_or("fn f(", |at| &right[..at])
                .replace("todo!", "f!")
                .into_bytes(),
        ),
        1 => {
            let starter = lesson.starter(&exercise.id)?.unwrap_or_default();
            let wanted = exercise.starter.unwrap_or(judge::Verdict::NotStarted).to_string();
            ("the starter".to_owned(), wanted, starter.into_bytes())
        }
        _ => {
            ("not UTF-8".to_owned(), Verdict::Rejected.to_string(), [right.as_bytes(), b"\xff\xfe"].concat())
        }
    })
}

fn hostile(turn: usize, right: String) -> (String, String, Vec<u8>) {
    let forbidden = judge::Verdict::BreaksARule.to_string();
    let (name, wanted, more) = match turn % 6 {
        0 => ("ends the process", forbidden, "pub fn evil() { std::process::exit(0) }".to_owned()),
        1 => {
            ("reads the judge", forbidden, "pub const T: &str = include_str!(\"../tests/x.rs\");".to_owned())
        }
        2 => ("uses unsafe", forbidden, "pub fn evil(p: *const u8) -> u8 { unsafe { *p } }".to_owned()),
        3 => (
            "a constant without an end",
            Verdict::CompileLimit.to_string(),
            "pub const N: u64 = { let mut n = 0u64; while n < u64::MAX { n += 1; } n };".to_owned(),
        ),
        4 => ("a hook", forbidden, "pub fn evil() { std::panic::set_hook(Box::new(|_| ())) }".to_owned()),
        _ => ("far too long", Verdict::Rejected.to_string(), "// ".repeat(100_000)),
    };
    (name.to_owned(), wanted, format!("{right}\n{more}\n").into_bytes())
}

/// `cargo test` in a clean target directory, with the file in its place in a copy of the course.
fn naively(workspace: &Workspace, file: &Made, to: &Path) -> Result<(Duration, Duration)> {
    let copy = to.join("course");
    fs::create_dir_all(&copy)?;
    for name in ["Cargo.toml", "Cargo.lock", ".cargo", "common", "lessons", "xtask", "README.md", "docs"] {
        let status = Process::new("cp").arg("-r").arg(workspace.root.join(name)).arg(&copy).status()?;
        if !status.success() {
            bail!("cannot copy {name}");
        }
    }
    let course = Course::load(workspace)?;
    let (lesson, exercise) =
        course.exercises().find(|(_, known)| known.id == file.exercise).context("the exercise is gone")?;
    let place = copy.join(workspace.short(&lesson.answer(&exercise.id)));
    fs::write(&place, &file.text)?;
    let (begin, cpu) = (Instant::now(), cpu::of_children()?);
    let status = Process::new("cargo")
        .args(["test", "--quiet", "--offline", "-p", &lesson.name, "--test", &exercise.id])
        .current_dir(&copy)
        .env("CARGO_TARGET_DIR", to.join("target"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    let taken = (begin.elapsed(), cpu::of_children()? - cpu);
    if !status.success() {
        bail!("the naive way failed for {}", file.name);
    }
    fs::remove_dir_all(to)?;
    println!(
        "naive           {} took {:.1} s, {:.1} s of processor time",
        exercise.id,
        taken.0.as_secs_f64(),
        taken.1.as_secs_f64()
    );
    Ok(taken)
}
