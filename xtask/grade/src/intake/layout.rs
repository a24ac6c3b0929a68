//! Whose is what: the layouts in which platforms and people hand over a class's submissions.
use super::entries::{Entries, Entry, Found};
use crate::text::tame;
use std::collections::BTreeMap;
use std::path::Path;

/// All entries of one student.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// By what the student is known: the source of the id.
    pub key: String,
    /// As it was given.
    pub name: String,
    /// The platform's number or address for the student.
    pub platform_id: String,
    /// When it was handed in, as the platform says.
    pub at: Option<String>,
    /// The platform says that it was late.
    pub marked_late: bool,
    /// The entries; paths begin below the student's folder.
    pub entries: Vec<Entry>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// The students among the entries of `source`.
pub fn students(source: &Path, found: Entries, exercises: &[String], notes: &mut Vec<String>) -> Vec<Group> {
    let mut entries = found.entries;
    let metadata = entries.iter().position(|entry| entry.name() == "submission_metadata.yml");
    let metadata = metadata.map(|at| entries.remove(at));
    strip_common_root(&mut entries, exercises);
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let people = metadata.map(|entry| gradescope_people(&entry)).unwrap_or_default();
    for mut entry in entries {
        let top = entry.parts[0].clone();
        let owner = if let Some(person) = people.get(&top) {
            entry.parts.remove(0);
            person.clone()
        } else if let Some(owner) = moodle(&top) {
            entry.parts.remove(0);
            owner
        } else if entry.parts.len() == 1 {
            match canvas(&top, exercises) {
                Some(owner) => owner,
                None => match named_file(&mut entry, exercises, source) {
                    Some(owner) => owner,
                    None => {
                        notes.push(format!("{}: belongs to no student; not used", entry.shown()));
                        continue;
                    }
                },
            }
        } else {
            entry.parts.remove(0);
            Group { key: top.clone(), name: top, ..Group::default() }
        };
        let group = groups.entry(owner.key.clone()).or_insert(owner.clone());
        group.marked_late |= owner.marked_late;
        group.entries.push(entry);
    }
    groups.into_values().collect()
}

/// Takes away folders around everything: `submissions/`, `assignment_1_export/`.
fn strip_common_root(entries: &mut [Entry], exercises: &[String]) {
    loop {
        let Some(top) = entries.first().map(|entry| entry.parts[0].clone()) else { return };
        let around_all = entries.iter().all(|entry| entry.parts.len() > 1 && entry.parts[0] == top);
        // One student's folder is not a root: its answers lie directly in it, or in a checkout's folders.
        let is_student = moodle(&top).is_some()
            || entries.iter().any(|entry| {
                let rest = &entry.parts[1..];
                rest.len() == 1 && exercises.iter().any(|exercise| entry.is_answer_to(exercise))
                    || rest
                        .first()
                        .is_some_and(|part| matches!(part.as_str(), "lessons" | "exercises" | "src"))
            });
        let flat_canvas =
            entries.iter().all(|e| e.parts.len() == 2 && canvas(&e.parts[1], exercises).is_some());
        if !around_all || (is_student && !flat_canvas) {
            return;
        }
        for entry in entries.iter_mut() {
            entry.parts.remove(0);
        }
    }
}

/// `Ann Example_12345_assignsubmission_file_`
fn moodle(folder: &str) -> Option<Group> {
    let rest = folder
        .strip_suffix("_assignsubmission_file_")
        .or_else(|| folder.strip_suffix("_assignsubmission_file"))?;
    let (name, number) = rest.rsplit_once('_')?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| Group {
        key: format!("{name}_{number}"),
        name: name.to_owned(),
        platform_id: number.to_owned(),
        ..Group::default()
    })
}

/// `exampleann_12345_67890_e302_bank.rs`, with `LATE_` after the name when it was.
fn canvas(file: &str, exercises: &[String]) -> Option<Group> {
    let before = exercises.iter().find_map(|exercise| file.rfind(exercise.as_str()).map(|at| &file[..at]))?;
    let mut parts: Vec<&str> = before.strip_suffix('_')?.split('_').collect();
    let submission = parts.pop()?;
    let user = parts.pop()?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(submission) || !is_number(user) {
        return None;
    }
    let marked_late = parts.last() == Some(&"LATE");
    if marked_late {
        parts.pop();
    }
    let name = parts.join("_");
    (!name.is_empty()).then(|| Group {
        key: format!("{name}_{user}"),
        name,
        platform_id: user.to_owned(),
        marked_late,
        ..Group::default()
    })
}

/// A file by itself: `ann_e302_bank.rs` is Ann's; and a source that is one student's archive or folder, `ann.zip`, is
/// named after its owner.
fn named_file(entry: &mut Entry, exercises: &[String], source: &Path) -> Option<Group> {
    let name = entry.name().to_owned();
    let exercise = exercises.iter().find(|exercise| entry.is_answer_to(exercise));
    let owner = match exercise {
        Some(exercise) => {
            let at = name.rfind(exercise.as_str())?;
            name[..at].trim_end_matches('_').to_owned()
        }
        None => match exercises {
            // With one exercise, a file may simply carry its owner's name.
            [only] if name.ends_with(".rs") && matches!(entry.found, Found::File(_)) && !source.is_file() => {
                let owner = name.trim_end_matches(".rs").to_owned();
                entry.parts = vec![format!("{only}.rs")];
                owner
            }
            _ => String::new(),
        },
    };
    let owner = if owner.is_empty() && exercise.is_some() {
        let file = source.file_name()?.to_string_lossy().into_owned();
        super::archive::stem(&file).map_or(file.clone(), str::to_owned).trim_end_matches(".rs").to_owned()
    } else {
        owner
    };
    (!owner.is_empty()).then(|| Group { key: owner.clone(), name: owner, ..Group::default() })
}

/// Who handed in what, from Gradescope's `submission_metadata.yml`, of which only these lines are read.
fn gradescope_people(entry: &Entry) -> BTreeMap<String, Group> {
    let Found::File(bytes) = &entry.found else { return BTreeMap::new() };
    let text = String::from_utf8_lossy(bytes);
    let mut people: BTreeMap<String, Group> = BTreeMap::new();
    let mut current = String::new();
    let value = |line: &str, key: &str| -> Option<String> {
        let rest = line.trim().trim_start_matches("- ").strip_prefix(key)?.trim();
        let plain = rest.strip_prefix(['\'', '"']).and_then(|r| r.strip_suffix(['\'', '"'])).unwrap_or(rest);
        (!plain.is_empty()).then(|| plain.to_owned())
    };
    for line in text.lines() {
        if let Some(name) = line.strip_suffix(':').filter(|name| name.starts_with("submission_")) {
            current = name.to_owned();
            people.insert(
                current.clone(),
                Group { key: current.clone(), name: current.clone(), ..Group::default() },
            );
            continue;
        }
        let Some(person) = people.get_mut(&current) else { continue };
        if let Some(name) = value(line, ":name:") {
            if person.name == current {
                person.name = name;
            } else {
                person.notes.push(format!("handed in together with {}", tame(&name)));
            }
        } else if let Some(id) = value(line, ":sid:").or_else(|| value(line, ":email:")) {
            if person.platform_id.is_empty() {
                person.key.clone_from(&id);
                person.platform_id = id;
            }
        } else if let Some(at) = value(line, ":created_at:") {
            person.at = Some(at.replacen(' ', "T", 1).replace(' ', ""))
                .filter(|at| person.at.is_none() && at.len() > 9);
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(paths: &[(&str, &str)], exercises: &[&str], source: &str) -> (Vec<Group>, Vec<String>) {
        let entries = paths
            .iter()
            .map(|(path, text)| Entry {
                parts: path.split('/').map(str::to_owned).collect(),
                found: Found::File(text.as_bytes().to_vec()),
            })
            .collect();
        let exercises: Vec<String> = exercises.iter().map(|text| (*text).to_owned()).collect();
        let mut notes = Vec::new();
        let groups =
            students(Path::new(source), Entries { entries, notes: Vec::new() }, &exercises, &mut notes);
        (groups, notes)
    }

    fn keys(groups: &[Group]) -> Vec<&str> {
        groups.iter().map(|group| group.key.as_str()).collect()
    }

    #[test]
    fn a_folder_for_each_student_below_any_root() {
        for root in ["", "all/", "x/all/"] {
            let paths = ["ann/e302_bank.rs", "ben/lessons/3-sync/exercises/e302_bank.rs"];
            let paths: Vec<String> = paths.iter().map(|path| format!("{root}{path}")).collect();
            let paths: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
            let (groups, notes) = group(&paths, &["e302_bank"], "all");
            assert_eq!(keys(&groups), ["ann", "ben"], "{root}");
            assert!(notes.is_empty());
        }
        let (groups, _) = group(&[("ann/e302_bank.rs", "")], &["e302_bank"], "all");
        assert_eq!(keys(&groups), ["ann"], "a class of one");
    }

    #[test]
    fn moodles_folders() {
        let paths = [
            ("Ann Example_101_assignsubmission_file_/e302_bank.rs", ""),
            ("Ben O_Neill_102_assignsubmission_file_/e302_bank.rs", ""),
        ];
        let (groups, _) = group(&paths, &["e302_bank"], "export.zip");
        assert_eq!(keys(&groups), ["Ann Example_101", "Ben O_Neill_102"]);
        assert_eq!((groups[1].name.as_str(), groups[1].platform_id.as_str()), ("Ben O_Neill", "102"));
    }

    #[test]
    fn canvass_flat_files() {
        let paths = [
            ("exampleann_LATE_201_9001_e302_bank-1.rs", ""),
            ("oneillben_202_9002_e302_bank.rs", ""),
            ("readme.txt", ""),
        ];
        let (groups, notes) = group(&paths, &["e302_bank"], "submissions.zip");
        assert_eq!(keys(&groups), ["exampleann_201", "oneillben_202"]);
        assert!(groups[0].marked_late && !groups[1].marked_late);
        assert_eq!(groups[0].platform_id, "201");
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn gradescopes_export() {
        let yml = "---\nsubmission_77:\n  :submitters:\n  - :name: Ann Example\n    :sid: '1001'\n    :email: a@example.org\n  \
                   :created_at: 2026-11-20 23:10:11.5 Z\nsubmission_78:\n  :submitters:\n  - :name: Ben\n    :email: b@example.org\n";
        let paths = [
            ("assignment_1_export/submission_77/e302_bank.rs", "x"),
            ("assignment_1_export/submission_78/src/e302_bank.rs", "y"),
            ("assignment_1_export/submission_metadata.yml", yml),
        ];
        let (groups, notes) = group(&paths, &["e302_bank"], "export.zip");
        assert_eq!(keys(&groups), ["1001", "b@example.org"]);
        assert_eq!(groups[0].name, "Ann Example");
        assert_eq!(groups[0].at.as_deref(), Some("2026-11-20T23:10:11.5Z"));
        assert!(notes.is_empty());
    }

    #[test]
    fn files_with_owners_names() {
        let (groups, _) = group(&[("ann_e302_bank.rs", ""), ("ben_e302_bank.rs", "")], &["e302_bank"], "all");
        assert_eq!(keys(&groups), ["ann", "ben"]);
        let (groups, _) = group(&[("ann.rs", ""), ("ben.rs", "")], &["e302_bank"], "/nowhere/all");
        assert_eq!(keys(&groups), ["ann", "ben"]);
        let (groups, _) = group(&[("e302_bank.rs", "")], &["e302_bank"], "ann.zip");
        assert_eq!(keys(&groups), ["ann"]);
    }
}
