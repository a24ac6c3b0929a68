//! From what was handed in to a class: which student handed in which answer, and what else lay there.
//!
//! Nothing is unpacked and nothing is followed. Names are data that others wrote: they choose neither paths nor columns.
pub mod archive;
pub mod entries;
pub mod folder;
pub mod layout;

use crate::bundle::hex;
use anyhow::{Context, Result};
use entries::{Entry, Found};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::files;

/// Who handed in what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The exercises that are asked for, in the course's order.
    pub exercises: Vec<String>,
    /// The students, by id.
    pub students: Vec<Student>,
    /// What belongs to no student.
    pub notes: Vec<String>,
}

/// One student.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// Safe as a file name, and nobody else's.
    pub id: String,
    /// As it was given; to be escaped wherever it is shown.
    pub name: String,
    /// The number or address by which the learning platform knows the student; empty if there is none.
    pub platform_id: String,
    /// When it was handed in, if somebody trustworthy says so: a time in RFC 3339.
    pub at: Option<String>,
    /// The platform itself says that it was late.
    pub marked_late: bool,
    /// What was found for each exercise.
    pub answers: BTreeMap<String, Handed>,
    /// What a person should know: files that were not used, and why.
    pub notes: Vec<String>,
}

/// What a student handed in for one exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handed {
    /// A file.
    Answer {
        /// Its content, by hash.
        sha: String,
        /// Where it lay, as it was given.
        path: String,
    },
    /// Something that is no file of the course's kind.
    Refused(String),
    /// Nothing.
    Missing,
}

/// Files whose presence is worth a word: they would have power if anybody let them.
const POWERFUL: [(&str, &str); 6] = [
    ("build.rs", "a build script"),
    ("Cargo.toml", "a manifest"),
    ("Cargo.lock", "a lock file"),
    ("config.toml", "settings of cargo"),
    ("rust-toolchain.toml", "a choice of compiler"),
    ("rust-toolchain", "a choice of compiler"),
];

impl Class {
    /// Takes in everything that lies at `sources`; the answers go to `store`, named by their content.
    ///
    /// # Errors
    /// A source cannot be read at all. What is wrong with a single entry is a note.
    pub fn take_in(sources: &[PathBuf], exercises: &[String], store: &Path) -> Result<Class> {
        let mut class = Class { exercises: exercises.to_vec(), ..Class::default() };
        let mut groups: Vec<layout::Group> = Vec::new();
        for source in sources {
            let mut found = entries::read(source, exercises)?;
            class.notes.append(&mut found.notes);
            groups.extend(layout::students(source, found, exercises, &mut class.notes));
        }
        fs::create_dir_all(store).with_context(|| format!("cannot make {}", store.display()))?;
        groups.sort_by(|a, b| a.key.cmp(&b.key));
        for group in groups {
            let student = class.student(group, store)?;
            class.students.push(student);
        }
        class.students.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(class)
    }

    fn student(&self, group: layout::Group, store: &Path) -> Result<Student> {
        let mut id = safe(&group.key);
        if let Some(other) = self.students.iter().find(|other| other.id.eq_ignore_ascii_case(&id)) {
            let number =
                (2..).find(|n| !self.students.iter().any(|s| s.id == format!("{id}~{n}"))).unwrap_or(2);
            let note = format!("the same name as {}: is it the same person?", other.id);
            id = format!("{id}~{number}");
            return self.fill(Student { id, notes: vec![note], ..Student::default() }, group, store);
        }
        self.fill(Student { id, ..Student::default() }, group, store)
    }

    fn fill(&self, mut student: Student, group: layout::Group, store: &Path) -> Result<Student> {
        student.name = group.name;
        student.platform_id = group.platform_id;
        student.at = group.at;
        student.marked_late = group.marked_late;
        student.notes.extend(group.notes);
        for exercise in &self.exercises {
            let handed = self.choose(exercise, &group.entries, &mut student.notes, store)?;
            student.answers.insert(exercise.clone(), handed);
        }
        let mut other = 0;
        for entry in &group.entries {
            let name = entry.name();
            if let Some((_, what)) = POWERFUL.iter().find(|(known, _)| *known == name) {
                student.notes.push(format!("{}: {what}; not used", entry.shown()));
            } else if !self.exercises.iter().any(|exercise| entry.is_answer_to(exercise)) {
                other += 1;
            }
        }
        if other > 0 {
            student.notes.push(format!("{other} other files; not used"));
        }
        Ok(student)
    }

    /// The entry that counts as the answer to `exercise`.
    fn choose(
        &self,
        exercise: &str,
        entries: &[Entry],
        notes: &mut Vec<String>,
        store: &Path,
    ) -> Result<Handed> {
        let mut candidates: Vec<&Entry> =
            entries.iter().filter(|entry| entry.is_answer_to(exercise)).collect();
        candidates.sort_by_key(|entry| std::cmp::Reverse(entry.rank()));
        let Some(first) = candidates.first() else { return Ok(Handed::Missing) };
        let bytes = match &first.found {
            Found::File(bytes) => bytes,
            Found::Refused(why) => return Ok(Handed::Refused(format!("{} {why}", first.shown()))),
        };
        for other in &candidates[1..] {
            if other.found != first.found {
                notes.push(format!("two versions: {} counts, {} does not", first.shown(), other.shown()));
            }
        }
        let sha = hex(&Sha256::digest(bytes));
        let path = store.join(format!("{sha}.rs"));
        if !path.is_file() {
            files::replace(&path, bytes)?;
        }
        Ok(Handed::Answer { sha, path: first.shown() })
    }
}

/// A name that is safe in paths, columns and pages: letters, digits, `.`, `_`, `-`. Different names stay different.
pub fn safe(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let kept: String = name.chars().map(|c| if plain(c) { c } else { '_' }).take(60).collect();
    let kept = kept.trim_start_matches(['.', '-']).to_owned();
    if kept == name && !kept.is_empty() {
        return kept;
    }
    let mark = &hex(&Sha256::digest(name))[..6];
    if kept.trim_matches('_').is_empty() { format!("student-{mark}") } else { format!("{kept}-{mark}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe_and_stay_different() {
        assert_eq!(safe("ann"), "ann");
        assert_eq!(safe("e.g_1-2"), "e.g_1-2");
        for evil in ["../../etc", "=HYPERLINK(1)", "a\nb", "", "..", "-rf", "ä", "a/b", "\u{202e}x", "a b"] {
            let name = safe(evil);
            assert!(!name.is_empty() && !name.starts_with(['.', '-', '=']), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "{name}");
        }
        assert_ne!(safe("ä"), safe("ö"));
        assert_ne!(safe("a b"), safe("a_b"));
        assert!(safe(&"x".repeat(5000)).len() < 80);
    }
}
