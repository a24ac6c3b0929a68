//! The class's copy of the course: what a learner needs and nothing that gives an answer away.
use crate::files;
use crate::lessons::Course;
use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What is left out wherever it lies: answers, and what only those need who keep the course.
const LEFT_OUT: [&str; 13] = [
    "*/solutions/",
    "*/wrong/",
    ".ci/",
    "xtask/tests/",
    "xtask/bench/",
    "xtask/grade/",
    "common/*/tests/",
    "common/*/examples/",
    "docs/adding-",
    "docs/architecture.md",
    "docs/grading",
    "docs/models-",
    "docs/teaching",
];

/// The parts of the README that are about what is left out.
const FOR_OTHERS: [&str; 2] = ["## Grading a class", "## Working on the course"];

/// What was written.
pub struct Released {
    /// How many files there are.
    pub files: usize,
    /// How many exercises.
    pub exercises: usize,
}

/// Writes the copy into `folder`, which must not be there yet or be empty, and begins its history.
pub fn write(workspace: &Workspace, course: &Course, folder: &Path) -> Result<Released> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty: name a folder that is not there yet", folder.display());
    }
    if folder.starts_with(&workspace.root) {
        bail!("{} lies inside the course; name a folder outside", folder.display());
    }
    let stays = |path: &String| !is_left_out(path) && !stands_on_answers(workspace, path);
    let kept: BTreeSet<String> = tracked(workspace)?.into_iter().filter(stays).collect();
    // A file that is gone from the disk but not from the index, or a link: neither is there to be read.
    for path in kept.iter().filter(|path| workspace.root.join(path).is_file()) {
        let from = workspace.root.join(path);
        let to = folder.join(path);
        let Ok(text) = fs::read_to_string(&from) else {
            fs::create_dir_all(to.parent().unwrap_or(folder))?;
            fs::copy(&from, &to).with_context(|| format!("cannot copy {path}"))?;
            continue;
        };
        let text = match path.rsplit('/').next() {
            Some("Cargo.toml") => manifest(&text, path, &kept),
            Some("lesson.toml") => without_tables(&text, |head| head == "[[exercise.wrong]]"),
            Some("README.md") if path == "README.md" => without_sections(&text, &FOR_OTHERS),
            _ => text,
        };
        files::replace(&to, text)?;
    }
    let mut exercises = 0;
    for (lesson, exercise) in course.exercises() {
        let starter = lesson.starter(&exercise.id)?;
        let starter =
            starter.with_context(|| format!("{} has no solution to cut its starter from", exercise.id))?;
        let copy = folder.join(lesson.folder.strip_prefix(&workspace.root).unwrap_or(&lesson.folder));
        for kind in ["exercises", "starters"] {
            files::replace(&copy.join(kind).join(format!("{}.rs", exercise.id)), &starter)?;
        }
        exercises += 1;
    }
    refuse_what_tells(folder)?;
    // Takes what nobody needs any more out of the lock file. Where it cannot, cargo does it at the first call.
    let mut shorten = workspace.cargo();
    shorten.current_dir(folder).env_remove("CARGO_TARGET_DIR").args([
        "metadata",
        "--offline",
        "--format-version=1",
    ]);
    process::capture(&mut shorten)?;
    begin_history(folder)?;
    Ok(Released { files: kept.len() + exercises, exercises })
}

/// The files that belong to the course, from its root.
fn tracked(workspace: &Workspace) -> Result<Vec<String>> {
    let mut list = Command::new("git");
    list.current_dir(&workspace.root).args(["ls-files", "-z"]);
    let finished = process::capture(&mut list)?;
    if !finished.status.success() {
        bail!(
            "`git ls-files` says which files belong to the course, and it failed: {}",
            finished.stderr.trim()
        );
    }
    Ok(finished.stdout.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn is_left_out(path: &str) -> bool {
    LEFT_OUT.iter().any(|pattern| match pattern.split_once('*') {
        None => path.starts_with(pattern),
        Some((start, rest)) => path.strip_prefix(start).is_some_and(|path| path.contains(rest)),
    })
}

/// Whether a test of a lesson uses answers, as those do that draw the chapter's pictures.
fn stands_on_answers(workspace: &Workspace, path: &str) -> bool {
    let is_test = path.starts_with("lessons/") && path.contains("/tests/") && path.ends_with(".rs");
    is_test
        && fs::read_to_string(workspace.root.join(path))
            .is_ok_and(|text| text.contains("../wrong/") || text.contains("../solutions/"))
}

/// A manifest without what names files that are not in the copy: members, tests, examples, and what only those used.
fn manifest(text: &str, path: &str, kept: &BTreeSet<String>) -> String {
    let folder = path.strip_suffix("Cargo.toml").unwrap_or_default();
    let is_there = |path: String| kept.contains(&path);
    let text: String = text
        .lines()
        .filter(|line| {
            let member = line.trim().strip_prefix('"').and_then(|line| line.strip_suffix("\","));
            // In the list of members each stands in a line of its own.
            !member.is_some_and(|member| path == "Cargo.toml" && !is_there(format!("{member}/Cargo.toml")))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let has_tests = kept.iter().any(|file| {
        let inside = file.strip_prefix(folder);
        inside.is_some_and(|file| file.starts_with("tests/") || file.starts_with("examples/"))
    });
    let text = if has_tests || folder.is_empty() {
        text
    } else {
        without_tables(&text, |head| head == "[dev-dependencies]")
    };
    let mut out = String::new();
    for block in blocks(&text) {
        let target = ["[[test]]", "[[example]]", "[[bench]]"].iter().position(|head| *head == block.head);
        let gone = target.is_some_and(|kind| {
            let kind = ["tests", "examples", "benches"][kind];
            let name =
                block.text.lines().find_map(|line| line.trim().strip_prefix("name = \"")?.strip_suffix('"'));
            name.is_some_and(|name| {
                !is_there(format!("{folder}{kind}/{name}.rs"))
                    && !is_there(format!("{folder}{kind}/{name}/main.rs"))
            })
        });
        if !gone {
            out += &block.text;
        }
    }
    out
}

/// A table of a TOML file with the comments above it.
struct Block {
    head: String,
    text: String,
}

/// The tables of a TOML file as they are written; the first block is what comes before them.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = vec![Block { head: String::new(), text: String::new() }];
    let mut comments = String::new();
    for line in text.lines() {
        let last = blocks.len() - 1;
        if line.starts_with('[') {
            blocks.push(Block { head: line.trim().to_owned(), text: format!("{comments}{line}\n") });
            comments.clear();
        } else if line.starts_with('#') {
            comments += &format!("{line}\n");
        } else {
            // Comments above a key belong to the table that they stand in.
            blocks[last].text += &format!("{comments}{line}\n");
            comments.clear();
        }
    }
    if let Some(last) = blocks.last_mut() {
        last.text += &comments;
    }
    blocks
}

fn without_tables(text: &str, goes: impl Fn(&str) -> bool) -> String {
    let kept: String =
        blocks(text).into_iter().filter(|block| !goes(&block.head)).map(|block| block.text).collect();
    format!("{}\n", kept.trim_end())
}

/// A text without some sections, each from its heading to the next of the same rank.
fn without_sections(text: &str, headings: &[&str]) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in text.lines() {
        if headings.contains(&line) {
            inside = true;
        } else if line.starts_with("## ") {
            inside = false;
        }
        if !inside {
            out += &format!("{line}\n");
        }
    }
    out
}

/// A copy that gives answers away is worse than none.
fn refuse_what_tells(folder: &Path) -> Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() {
                if name == "solutions" || name == "wrong" {
                    bail!("{} holds answers and would be given away", path.display());
                }
                folders.push(path);
            } else if path.components().any(|part| part.as_os_str() == "lessons")
                && fs::read_to_string(&path)
                    .is_ok_and(|text| text.lines().any(|line| line.trim_start().starts_with("//~")))
            {
                bail!("{} has the marks of a solution in it and would be given away", path.display());
            }
        }
    }
    Ok(())
}

/// A history of its own: that of the course has the answers in it.
fn begin_history(folder: &Path) -> Result<()> {
    let git = |words: &[&str]| -> Result<()> {
        let mut command = Command::new("git");
        command.current_dir(folder).args(words);
        // Whoever makes a class's copy on a machine without a name can give none.
        for (variable, value) in [("GIT_AUTHOR", "Interleave"), ("GIT_COMMITTER", "Interleave")] {
            command
                .env(format!("{variable}_NAME"), value)
                .env(format!("{variable}_EMAIL"), "course@localhost");
        }
        let finished = process::capture(&mut command)?;
        if !finished.status.success() {
            bail!("{} in {}: {}", process::shown(&command), folder.display(), finished.stderr.trim());
        }
        Ok(())
    };
    git(&["init", "--quiet", "--initial-branch=main"])?;
    git(&["add", "--all"])?;
    git(&["commit", "--quiet", "--no-gpg-sign", "-m", "The course, for a class"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_what_keepers_need_are_left_out() {
        for path in [
            "lessons/1-threads/solutions/e101.rs",
            "lessons/1-threads/wrong/e101/no_threads.rs",
            ".ci/run",
            "xtask/tests/it/main.rs",
            "common/interleave/tests/it/main.rs",
        ] {
            assert!(is_left_out(path), "{path}");
        }
        for path in ["lessons/1-threads/tests/e101.rs", "xtask/src/lib.rs", "common/src/lib.rs", "README.md"]
        {
            assert!(!is_left_out(path), "{path}");
        }
    }

    #[test]
    fn a_manifest_names_only_what_is_there() {
        let text = "# W.\n[workspace]\nmembers = [\n    \"common\",\n    \"xtask/bench\",\n]\n";
        let kept = ["common/Cargo.toml".to_owned(), "a/tests/e1.rs".to_owned()].into();
        assert_eq!(
            manifest(text, "Cargo.toml", &kept),
            "# W.\n[workspace]\nmembers = [\n    \"common\",\n]\n"
        );
        let text = "[package]\nname = \"a\"\n\n[[test]]\nname = \"e1\"\n\n# Gone.\n[[test]]\nname = \"e2\"\n\n[lints]\nx = 1\n";
        let wanted = "[package]\nname = \"a\"\n\n[[test]]\nname = \"e1\"\n\n[lints]\nx = 1\n";
        assert_eq!(manifest(text, "a/Cargo.toml", &kept), wanted);
        let text = "[package]\nname = \"common\"\n\n# For its tests.\n[dev-dependencies]\nloom = \"1\"\n\n[lints]\nx = 1\n";
        assert_eq!(
            manifest(text, "common/Cargo.toml", &kept),
            "[package]\nname = \"common\"\n\n[lints]\nx = 1\n"
        );
    }

    #[test]
    fn wrong_answers_are_not_told_of() {
        let text = "number = 1\n\n[[exercise]]\nid = \"e1\"\n\n[[exercise.wrong]]\nslug = \"x\"\nwhy = \"y\"\n\n[[exercise]]\nid = \"e2\"\n";
        let wanted = "number = 1\n\n[[exercise]]\nid = \"e1\"\n\n[[exercise]]\nid = \"e2\"\n";
        assert_eq!(without_tables(text, |head| head == "[[exercise.wrong]]"), wanted);
    }

    #[test]
    fn a_section_ends_at_the_next() {
        let text = "# A\n## B\nb\n## Working on the course\nc\n### D\nd\n## E\ne\n## Grading a class\nf\n";
        assert_eq!(without_sections(text, &FOR_OTHERS), "# A\n## B\nb\n## E\ne\n");
    }
}
