//! How an answer and its judge become a program.
//!
//! Cargo builds what judges stand on (`interleave`, `judge`, the lesson's crates) and says where it put them. The
//! answer is then compiled by rustc itself, as a crate called `exercise`, and the judge against it. So a file that
//! does not compile hinders no other exercise, and an answer is never part of the judge's own crate, where one of its
//! macros could take the place of the judge's.
use crate::artifacts::{self, Artifacts};
use crate::diagnostics::{self, Diagnostic, plain};
use crate::lessons::{Exercise, Lesson};
use crate::workspace::Workspace;
use crate::{files, process, screen};
use anyhow::{Context, Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

/// An answer that is to be compiled.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// Its lesson.
    pub lesson: &'a Lesson,
    /// Its exercise.
    pub exercise: &'a Exercise,
    /// Its source.
    pub source: &'a Path,
    /// Which of the exercise's answers it is; each kind has its own place for what is compiled.
    pub slot: &'a str,
}

/// What the compiler made of it.
pub enum Compiled {
    /// A judge with the answer inside.
    Ready(PathBuf),
    /// The answer does not compile.
    AnswerRefused(Vec<Diagnostic>),
    /// The answer compiles, but the judge cannot call it.
    JudgeRefused(Vec<Diagnostic>),
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// Cargo, or finding out that it has nothing to do.
    pub cargo: Duration,
    /// The answer.
    pub answer: Duration,
    /// The judge, and linking.
    pub judge: Duration,
    /// The judge's run.
    pub run: Duration,
}

impl Answer<'_> {
    /// The folder for all that is compiled from it.
    pub fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.cache().join(&self.lesson.name).join(&self.exercise.id).join(self.slot)
    }
}

/// What rustc says of a crate that it cannot use: built by another compiler, for another machine, changed or gone.
const UNUSABLE_CRATE: [&str; 7] = ["E0460", "E0461", "E0462", "E0463", "E0514", "E0519", "E0786"];

/// Compiles `answer` and its judge. Whoever calls holds the lock of the answer's folder.
pub fn compile(workspace: &Workspace, answer: &Answer, timing: &mut Timing) -> Result<Compiled> {
    let compiled = compile_once(workspace, answer, timing)?;
    if !is_suspicious(&compiled) {
        return Ok(compiled);
    }
    // Perhaps not the answer's fault: cargo may have to build again what was thought to be fresh.
    artifacts::forget(workspace, answer.lesson);
    match compile_once(workspace, answer, timing)? {
        Compiled::AnswerRefused(errors) | Compiled::JudgeRefused(errors) if errors[0].place.is_none() => {
            bail!("rustc cannot finish, and blames no line of the answer:\n{}", plain(&errors[0].rendered))
        }
        compiled => Ok(compiled),
    }
}

/// Whether an error is about a crate that cannot be used, or about no line of source at all: a failed link, a full
/// disk, a crate that changed meanwhile.
fn is_suspicious(compiled: &Compiled) -> bool {
    let (Compiled::AnswerRefused(errors) | Compiled::JudgeRefused(errors)) = compiled else { return false };
    errors.iter().any(|error| error.place.is_none() || UNUSABLE_CRATE.contains(&error.code.as_str()))
}

fn compile_once(workspace: &Workspace, answer: &Answer, timing: &mut Timing) -> Result<Compiled> {
    let begin = Instant::now();
    let artifacts = artifacts::of_lesson(workspace, answer.lesson)?;
    timing.cargo = begin.elapsed();

    let folder = answer.folder(workspace);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let binary = folder.join(&answer.exercise.id);
    let stamp = Stamp::of(workspace, answer, &artifacts)?;
    if stamp.is_fresh(&folder) && binary.is_file() {
        return Ok(Compiled::Ready(binary));
    }
    stamp.withdraw(&folder)?;

    let begin = Instant::now();
    let refused = run(&mut answer_command(workspace, answer, &artifacts, &folder)?)?;
    timing.answer = begin.elapsed();
    if let Some(errors) = refused {
        return Ok(Compiled::AnswerRefused(errors));
    }

    let begin = Instant::now();
    let refused = run(&mut judge_command(workspace, answer, &artifacts, &folder))?;
    timing.judge = begin.elapsed();
    if let Some(errors) = refused {
        return Ok(Compiled::JudgeRefused(errors));
    }
    stamp.put(&folder)?;
    Ok(Compiled::Ready(binary))
}

/// Gives back the disk space that only the next edit of the lesson's other exercises would use: five megabytes each.
/// One that is being judged in another terminal keeps it.
pub fn forget_other_incremental(workspace: &Workspace, answer: &Answer) -> Result<()> {
    let lesson = workspace.cache().join(&answer.lesson.name);
    for entry in fs::read_dir(&lesson).with_context(|| format!("cannot read {}", lesson.display()))? {
        let folder = entry?.path().join(answer.slot);
        let incremental = folder.join("incremental");
        if folder == answer.folder(workspace) || !incremental.is_dir() {
            continue;
        }
        if let Some(_alone) = files::try_lock(&folder.join("lock"))? {
            fs::remove_dir_all(&incremental)
                .with_context(|| format!("cannot clear {}", incremental.display()))?;
        }
    }
    Ok(())
}

/// What clippy has to say of an answer alone.
pub fn lint(workspace: &Workspace, answer: &Answer) -> Result<Vec<Diagnostic>> {
    let folder = answer.folder(workspace);
    let _alone = files::lock(&folder.join("lock"))?;
    let artifacts = artifacts::of_lesson(workspace, answer.lesson)?;
    let command = answer_command(workspace, answer, &artifacts, &folder)?;
    // The same arguments, given to clippy's own compiler; nothing but its remarks is wanted.
    let mut clippy = Command::new("clippy-driver");
    clippy.current_dir(&workspace.root).args(command.get_args().filter(|arg| *arg != "--emit=link"));
    clippy.args(["--emit=metadata", "-Wclippy::all"]);
    let finished = process::capture(&mut clippy)?;
    let remarks = diagnostics::remarks(&finished.stderr);
    if !finished.status.success() && remarks.is_empty() {
        bail!("clippy-driver ended with {}:\n{}", finished.status, finished.stderr.trim());
    }
    Ok(remarks)
}

/// Compiles a program of a lesson that is one file, against the crates that the lesson has. `folder` is for what is
/// made; places in the program are told as if `source` lay in `as_if_in`.
pub fn program(
    workspace: &Workspace,
    lesson: &Lesson,
    source: &Path,
    folder: &Path,
    as_if_in: &str,
) -> Result<PathBuf> {
    let artifacts = artifacts::of_lesson(workspace, lesson)?;
    let mut command = rustc(workspace, &artifacts, folder);
    let own = source.parent().unwrap_or(folder).display();
    command.arg(format!("--remap-path-prefix={own}={as_if_in}"));
    command.args(["--crate-type=bin", "--emit=link", "-Awarnings"]).arg(source);
    match run(&mut command)? {
        Some(errors) => bail!("{} does not compile:\n{}", source.display(), plain(&errors[0].rendered)),
        None => Ok(folder.join(source.file_stem().context("a source has a name")?)),
    }
}

/// What all calls of the compiler have in common.
fn rustc(workspace: &Workspace, artifacts: &Artifacts, folder: &Path) -> Command {
    let mut command = workspace.rustc();
    command
        // Places come from `#[track_caller]` and need no debug information; without it a program is a third as large
        // and linked a fifth faster.
        .args(["--edition=2024", "-Cdebuginfo=0", "-Cstrip=debuginfo", "-Ccodegen-units=16"])
        .args(["--error-format=json", "--json=diagnostic-rendered-ansi"])
        .arg(format!("-Cincremental={}", folder.join("incremental").display()))
        .arg(format!("--remap-path-prefix={}=", workspace.root.display()))
        .arg("--out-dir")
        .arg(folder);
    if let Some(columns) = screen::known_columns() {
        // The compiler knows best which part of a long line matters. It leaves the numbers of lines out of account.
        command.arg(format!("--diagnostic-width={}", columns.saturating_sub(5)));
    }
    if let Some(triple) = &artifacts.triple {
        command.arg(format!("--target={triple}"));
    }
    for (name, path) in &artifacts.externs {
        command.arg("--extern").arg(format!("{name}={}", path.display()));
    }
    for path in &artifacts.search {
        command.arg("-L").arg(format!("dependency={}", path.display()));
    }
    command
}

fn answer_command(
    workspace: &Workspace,
    answer: &Answer,
    artifacts: &Artifacts,
    folder: &Path,
) -> Result<Command> {
    // The debug form of a path is a string literal: quotes and backslashes in it are escaped.
    let source = answer.source.to_str().context("the path of the answer is not UTF-8")?;
    let root = folder.join("root.rs");
    let text = format!(
        "//! What makes a crate of an answer; generated.\n\
         extern crate interleave as std;\n\
         #[path = {source:?}]\n\
         mod answer;\n\
         pub use answer::*;\n"
    );
    if files::read_if_there(&root)?.as_deref() != Some(&text) {
        files::replace(&root, text)?;
    }
    let mut command = rustc(workspace, artifacts, folder);
    command.args(["--crate-name=exercise", "--crate-type=rlib", "--emit=link"]).arg(root);
    Ok(command)
}

fn judge_command(workspace: &Workspace, answer: &Answer, artifacts: &Artifacts, folder: &Path) -> Command {
    let mut command = rustc(workspace, artifacts, folder);
    command
        .arg(format!("--crate-name={}", answer.exercise.id))
        .args(["--crate-type=bin", "--emit=link,dep-info", "--cfg=exercise_crate", "-Awarnings"])
        .arg("--extern")
        .arg(format!("exercise={}", folder.join("libexercise.rlib").display()))
        .arg(answer.lesson.judge(&answer.exercise.id))
        // What cargo sets for a test and `env!` in a judge may read.
        .env("CARGO_MANIFEST_DIR", &answer.lesson.folder)
        .env("CARGO_PKG_NAME", &answer.lesson.name);
    command
}

/// Runs the compiler. `None` is success; else its errors, of which there is at least one.
fn run(command: &mut Command) -> Result<Option<Vec<Diagnostic>>> {
    let finished = process::capture(command)?;
    if finished.status.success() {
        return Ok(None);
    }
    let errors = diagnostics::errors(&finished.stderr);
    if errors.is_empty() {
        bail!("rustc ended with {} and no error message:\n{}", finished.status, finished.stderr.trim());
    }
    Ok(Some(errors))
}

/// A number that changes with anything on which the judgement of `answer` depends; none before it was first judged, since
/// only the compiler knows what a judge is made of.
pub fn fingerprint(workspace: &Workspace, answer: &Answer) -> Result<Option<u64>> {
    let folder = answer.folder(workspace);
    if !folder.is_dir() {
        return Ok(None);
    }
    let sources = judge_sources(&folder)?;
    if sources.is_empty() {
        return Ok(None);
    }
    let artifacts = artifacts::of_lesson(workspace, answer.lesson)?;
    let program = state(&std::env::current_exe().unwrap_or_default());
    let mut hasher = DefaultHasher::new();
    (Stamp::of(workspace, answer, &artifacts)?.0, sources, program, answer.exercise.limit_s)
        .hash(&mut hasher);
    Ok(Some(hasher.finish()))
}

/// All that a compiled judge depends on, as text; equal texts mean that it need not be compiled again.
struct Stamp(String);

impl Stamp {
    fn of(workspace: &Workspace, answer: &Answer, artifacts: &Artifacts) -> Result<Stamp> {
        let mut text = format!("{}\n", workspace.root.display());
        for (name, path) in &artifacts.externs {
            text += &format!("{name} {}\n", state(path));
        }
        // The answer is compared by its text: an editor may save the same text again.
        text += &format!("{}\n{}", answer.source.display(), files::read(answer.source)?);
        Ok(Stamp(text))
    }

    fn is_fresh(&self, folder: &Path) -> bool {
        let stamp = fs::read_to_string(folder.join("stamp")).unwrap_or_default();
        let Some((sources, rest)) = stamp.split_once("\n\n") else { return false };
        rest == self.0
            && sources
                .lines()
                .all(|line| line.split_once('\t').is_some_and(|(path, was)| state(Path::new(path)) == was))
    }

    fn put(&self, folder: &Path) -> Result<()> {
        let sources = judge_sources(folder)?;
        files::replace(&folder.join("stamp"), format!("{sources}\n{}", self.0))
    }

    fn withdraw(&self, folder: &Path) -> Result<()> {
        match fs::remove_file(folder.join("stamp")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// The judge's files, as the compiler listed them, each with its state.
fn judge_sources(folder: &Path) -> Result<String> {
    let mut lines = String::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "d") {
            // A line `file:` for each source, after the rules; blanks in names are escaped.
            for line in files::read(&path)?.lines() {
                if let Some(source) = line.strip_suffix(':') {
                    let source = source.replace("\\ ", " ");
                    lines += &format!("{source}\t{}\n", state(Path::new(&source)));
                }
            }
        }
    }
    Ok(lines)
}

/// Name, size and time of a file; a changed file has a changed state.
pub fn state(path: &Path) -> String {
    let meta = fs::metadata(path);
    let time = meta.as_ref().ok().and_then(|meta| meta.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    format!(
        "{} {} {}",
        path.display(),
        meta.map_or(0, |meta| meta.len()),
        time.map_or(0, |time| time.as_nanos())
    )
}
