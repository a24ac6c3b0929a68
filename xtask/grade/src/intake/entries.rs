//! What was handed in, as a flat list of names; contents only of what may be an answer.
use super::{archive, folder};
use crate::findings::LARGEST_ANSWER;
use crate::text::tame;
use anyhow::{Result, bail};
use std::path::Path;

/// One entry of a folder or an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The parts of its path: no part is empty, `.`, `..` or contains `/`.
    pub parts: Vec<String>,
    /// What it is.
    pub found: Found,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file; empty unless it may be an answer.
    File(Vec<u8>),
    /// Something else, and what.
    Refused(String),
}

/// All entries of a source.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// In the order in which they came.
    pub entries: Vec<Entry>,
    /// What was refused as a whole.
    pub notes: Vec<String>,
}

/// How many entries a source may have. A class of hundreds with whole checkouts stays below.
pub const MOST_ENTRIES: usize = 200_000;

/// How many bytes an archive may unpack to, and how many times its own size.
pub const MOST_BYTES: u64 = 2 << 30;
/// See [`MOST_BYTES`].
pub const MOST_RATIO: u64 = 200;

/// Folders in which nothing is anybody's answer.
pub const PASSED_OVER: [&str; 6] = ["target", ".git", "solutions", "tests", "wrong", "__MACOSX"];

impl Entry {
    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// Its path, safe to print.
    pub fn shown(&self) -> String {
        tame(&self.parts.join("/")).replace('\n', "\\n")
    }

    /// Whether it may be an answer to `exercise`.
    pub fn is_answer_to(&self, exercise: &str) -> bool {
        answers(&self.parts, exercise)
    }

    /// Which of several versions counts: one where the course has it, else a later upload, else the one closest to the
    /// top.
    pub fn rank(&self) -> (bool, u32, usize) {
        let in_place = self.parts.iter().rev().nth(1).is_some_and(|folder| folder == "exercises");
        (in_place, version(self.name()), usize::MAX - self.parts.len())
    }
}

/// Whether a file of this path may be an answer to `exercise`: `e302_bank.rs`, or as platforms rename a second upload,
/// `e302_bank-1.rs`, `e302_bank (1).rs`, or behind what Canvas puts before it.
fn answers(parts: &[String], exercise: &str) -> bool {
    let Some((name, folders)) = parts.split_last() else { return false };
    if folders.iter().any(|folder| PASSED_OVER.contains(&folder.as_str())) {
        return false;
    }
    let Some(stem) = name.strip_suffix(".rs") else { return false };
    let Some(at) = stem.rfind(exercise) else { return false };
    let (before, after) = (&stem[..at], &stem[at + exercise.len()..]);
    (before.is_empty() || before.ends_with('_')) && (after.is_empty() || version_of(after).is_some())
}

/// The number of an upload, 0 for the first.
fn version(name: &str) -> u32 {
    let stem = name.strip_suffix(".rs").unwrap_or(name);
    let at = stem.rfind(['-', '(']).unwrap_or(stem.len());
    version_of(stem[at..].trim_start()).or_else(|| version_of(&stem[at.saturating_sub(1)..])).unwrap_or(0)
}

/// `-1` or ` (1)`.
fn version_of(suffix: &str) -> Option<u32> {
    let digits = suffix
        .strip_prefix('-')
        .or_else(|| suffix.trim_start().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')))?;
    digits.parse().ok()
}

/// Reads a source of any kind.
///
/// # Errors
/// It is not there, or of no kind that is known.
pub fn read(source: &Path, exercises: &[String]) -> Result<Entries> {
    let name = source.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if source.is_dir() {
        return folder::read(source, exercises);
    }
    if archive::is_archive(&name) {
        return archive::read(source, exercises);
    }
    if name.ends_with(".rs") && source.is_file() {
        return folder::single(source, exercises);
    }
    bail!("{}: is neither a folder, a .zip, .tar, .tar.gz or .tgz archive, nor a .rs file", source.display())
}

/// Whether the bytes of an entry with this path are wanted.
pub fn is_wanted(parts: &[String], exercises: &[String]) -> bool {
    exercises.iter().any(|exercise| answers(parts, exercise))
        || parts.last().is_some_and(|name| name == "submission_metadata.yml")
}

/// How many bytes of an entry are kept: one more than an answer may have, so that it is seen to be too large.
pub fn most_bytes(parts: &[String]) -> usize {
    if parts.last().is_some_and(|name| name.ends_with(".yml")) { 8 << 20 } else { LARGEST_ANSWER + 1 }
}

/// The parts of a path as an archive gives it, or why it is refused.
pub fn parts(path: &[u8]) -> Result<Vec<String>, String> {
    let shown = || tame(&String::from_utf8_lossy(&path[..path.len().min(200)])).replace('\n', "\\n");
    if path.contains(&0) {
        return Err(format!("{}: a zero byte in a name", shown()));
    }
    let Ok(text) = std::str::from_utf8(path) else {
        return Err(format!("{}: a name that is not UTF-8", shown()));
    };
    let text = text.replace('\\', "/");
    let is_drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
    if text.starts_with('/') || is_drive {
        return Err(format!("{}: an absolute path", shown()));
    }
    let mut parts = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(format!("{}: a path that leads out of its folder", shown())),
            part => parts.push(part.to_owned()),
        }
    }
    if parts.is_empty() || parts.len() > 40 || text.len() > 4096 {
        return Err(format!("{}: no usable path", shown()));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry { parts: path.split('/').map(str::to_owned).collect(), found: Found::File(Vec::new()) }
    }

    #[test]
    fn answers_are_known_by_their_names() {
        for good in [
            "e302_bank.rs",
            "ann/e302_bank.rs",
            "ann/lessons/3-sync/exercises/e302_bank.rs",
            "e302_bank-1.rs",
            "e302_bank (2).rs",
            "annexample_12_345_e302_bank-3.rs",
        ] {
            assert!(entry(good).is_answer_to("e302_bank"), "{good}");
        }
        for bad in [
            "solutions/e302_bank.rs",
            "ann/target/e302_bank.rs",
            "e302_bank.rs.kept.1",
            "xe302_bank.rs",
            "e302_bank_old.rs",
            "e302_bank.txt",
            "e302_bank.rs/x",
        ] {
            assert!(!entry(bad).is_answer_to("e302_bank"), "{bad}");
        }
    }

    #[test]
    fn of_two_versions_the_one_in_place_counts_then_the_later_one() {
        let rank = |path: &str| entry(path).rank();
        assert!(rank("a/lessons/3-sync/exercises/e302_bank.rs") > rank("a/e302_bank.rs"));
        assert!(rank("a/e302_bank-2.rs") > rank("a/e302_bank.rs"));
        assert!(rank("a/e302_bank (10).rs") > rank("a/e302_bank (9).rs"));
        assert!(rank("a/e302_bank.rs") > rank("a/old/e302_bank.rs"));
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for evil in
            [&b"../x"[..], b"/etc/passwd", b"a/../../b", b"C:\\x", b"a\\..\\b", b"a\0b", b"\xff", b"", b"./."]
        {
            assert!(parts(evil).is_err(), "{evil:?}");
        }
        assert_eq!(parts(b"./a//b\\c").unwrap(), ["a", "b", "c"]);
    }
}
