//! What is measured of the judges themselves: verdicts under load, time from an edit to its verdict, what a model costs.

pub mod edits;
pub mod journal;
pub mod model_pages;
pub mod models;
pub mod neighbours;
pub mod stress;
pub mod under_load;

use crate::compile::{Answer, Compiled, Timing, compile, state};
use crate::lessons::{Exercise, Lesson};
use crate::workspace::Workspace;
use crate::{artifacts, files};
use anyhow::{Context, Result};
use judge::Verdict;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// An answer that ships: the solution, or a wrong one.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// `solution`, `wrong/<slug>`.
    pub name: String,
    /// Its file.
    pub source: PathBuf,
    /// The verdict it must get.
    pub verdict: Verdict,
    /// The layer that must find it, if only one will do.
    pub layer: Option<String>,
}

/// The solution and the wrong answers of an exercise.
pub fn shipped(lesson: &Lesson, exercise: &Exercise) -> Vec<Shipped> {
    let solution = Shipped {
        name: "solution".to_owned(),
        source: lesson.solution(&exercise.id),
        verdict: Verdict::Pass,
        layer: None,
    };
    let wrong = exercise.wrong.iter().map(|wrong| Shipped {
        name: format!("wrong/{}", wrong.slug),
        source: lesson.wrong(&exercise.id, &wrong.slug),
        verdict: wrong.verdict,
        layer: wrong.layer.clone(),
    });
    [solution].into_iter().chain(wrong).collect()
}

/// A compiled judge with an answer inside, kept apart from the place where the next one is compiled.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// Tells it from all others: a hash of its bytes.
    pub hash: String,
}

/// Compiles an answer and keeps a copy of the program; none if it does not compile. One that is there already, and made
/// of the same things, is taken as it is; unless `make`, no other is.
pub fn program(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    source: &Path,
    name: &str,
    make: bool,
) -> Result<Option<Program>> {
    let answer = Answer { lesson, exercise, source, slot: "measure" };
    let folder = answer.folder(workspace).join("programs");
    fs::create_dir_all(&folder)?;
    let _alone = files::lock(&answer.folder(workspace).join("lock"))?;
    let path = folder.join(name.replace('/', "-"));
    let stamp_file = path.with_extension("stamp");
    let stamp = stamp(workspace, &answer)?;
    if fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) && path.is_file() {
        return hashed(path).map(Some);
    }
    if !make {
        return Ok(None);
    }
    let Compiled::Ready(binary) = compile(workspace, &answer, &mut Timing::default())? else {
        return Ok(None);
    };
    // Replaced by a rename: another call may be running the old one.
    let new = path.with_extension("new");
    fs::copy(&binary, &new).with_context(|| format!("cannot copy {}", binary.display()))?;
    fs::rename(&new, &path)?;
    files::replace(&stamp_file, stamp)?;
    hashed(path).map(Some)
}

fn hashed(path: PathBuf) -> Result<Program> {
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
    Ok(Program { path, hash: format!("{:016x}", hasher.finish()) })
}

/// All that a program is made of: the answer's text, the state of the lesson's judges and of the crates they stand on.
fn stamp(workspace: &Workspace, answer: &Answer) -> Result<String> {
    let mut text = files::read(answer.source)?;
    for (name, path) in artifacts::of_lesson(workspace, answer.lesson)?.externs {
        text += &format!("\n{name} {}", state(&path));
    }
    let mut judges = Vec::new();
    files_below(&answer.lesson.folder.join("tests"), &mut judges)?;
    judges.sort();
    for judge in judges {
        text += &format!("\n{}", state(&judge));
    }
    Ok(text + "\n")
}

fn files_below(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files_below(&path, into)? } else { into.push(path) }
    }
    Ok(())
}
