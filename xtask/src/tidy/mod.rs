//! Rules about the files themselves: each has a reason, and its finding says what to change.
mod commands;
mod manifests;
mod stems;
mod texts;

use crate::lessons::Course;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// All files that people wrote.
pub struct Tree {
    /// The course's root.
    pub root: PathBuf,
    /// Every text file, sorted by path.
    pub files: Vec<Source>,
}

/// One file.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Something to change.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: a path, perhaps with a line.
    pub place: String,
    /// What is wrong and what to do.
    pub problem: String,
}

/// A rule.
pub struct Rule {
    /// What holds where the rule is kept.
    pub name: &'static str,
    /// Finds where it is not.
    pub check: fn(&Tree, &Course) -> Vec<Finding>,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule { name: "every lesson.toml can be read", check: stems::lessons_are_readable },
    Rule {
        name: "exercises, solutions, judges and manifests have the same stems",
        check: stems::stems_are_equal,
    },
    Rule { name: "every wrong answer is listed and there", check: stems::wrong_answers_are_listed },
    Rule { name: "pages about models show every wrong answer", check: stems::wrong_answers_have_pictures },
    Rule { name: "every demo is listed and there", check: stems::demos_are_listed },
    Rule { name: "every exercise's section is in its chapter", check: stems::sections_exist },
    Rule {
        name: "judges are targets that plain `cargo test` leaves alone",
        check: manifests::judges_are_targets,
    },
    Rule {
        name: "dependencies are named once, in the workspace",
        check: manifests::dependencies_are_inherited,
    },
    Rule { name: "every file's first line says what it is", check: texts::first_lines },
    Rule { name: "no source file is longer than 500 lines", check: texts::lengths },
    Rule { name: "nothing is left to do outside exercises", check: texts::nothing_left_to_do },
    Rule { name: "unsafe code says why", check: texts::unsafe_says_why },
    Rule { name: "commands named in texts exist", check: commands::named_commands_exist },
    Rule { name: "links lead somewhere", check: texts::links },
    Rule { name: "no path of one machine", check: texts::machine_paths },
    Rule { name: "lines end without blanks, files with one line end", check: texts::line_ends },
];

impl Tree {
    /// Reads all text files, except what is built and what belongs to one learner.
    pub fn read(workspace: &Workspace) -> Result<Tree> {
        let mut files = Vec::new();
        read_folder(&workspace.root, &workspace.root, &workspace.target, &mut files)?;
        files.sort_by(|a: &Source, b: &Source| a.path.cmp(&b.path));
        Ok(Tree { root: workspace.root.clone(), files })
    }

    /// The files whose name ends like that.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a Source> {
        self.files.iter().filter(move |file| file.path.ends_with(end))
    }
}

impl Source {
    /// Each line with its number.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// A finding at a line of this file.
    pub fn at(&self, line: usize, problem: impl Into<String>) -> Finding {
        Finding { place: format!("{}:{line}", self.path), problem: problem.into() }
    }
}

/// A finding at a path.
fn finding(place: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding { place: place.into(), problem: problem.into() }
}

fn read_folder(root: &Path, folder: &Path, target: &Path, files: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            // A target directory of any name carries cargo's mark.
            if name != ".git" && path != target && !path.join("CACHEDIR.TAG").is_file() {
                read_folder(root, &path, target, files)?;
            }
            continue;
        }
        // In a further worktree `.git` is a file.
        if name == "Cargo.lock"
            || name == ".git"
            || name.starts_with("progress.txt")
            || name.contains(".kept.")
        {
            continue;
        }
        // A picture is no text, and no rule is about it.
        if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(Source { path, text });
        }
    }
    Ok(())
}
