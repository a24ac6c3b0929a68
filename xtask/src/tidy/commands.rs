//! Rules about the commands that texts name: a reader types them as they stand.
use super::{Finding, Tree};
use crate::commands::COMMANDS;
use crate::lessons::Course;

/// A command that does not exist, or a program that is not there, stops a reader at once.
pub fn named_commands_exist(tree: &Tree, _: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    let texts = tree.files.iter().filter(|f| f.path.ends_with(".md") || f.path.ends_with("lesson.toml"));
    for file in texts {
        for (number, line) in file.numbered() {
            for command in after(line, "cargo xtask ") {
                let word = command.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap_or("");
                let known =
                    word.is_empty() || word.starts_with('-') || COMMANDS.iter().any(|c| c.name == word);
                if !known {
                    findings
                        .push(file.at(number, format!("`cargo xtask {word}` is no command; mend the text")));
                }
            }
            for (run, option, folder) in [
                ("cargo run ", "--bin", "src/bin"),
                ("cargo test ", "--test", "tests"),
                ("cargo nextest run ", "--test", "tests"),
            ] {
                for command in after(line, run) {
                    let Some(target) = value(command, option) else { continue };
                    let end = format!("/{folder}/{target}");
                    let is_there = |path: &str| {
                        path.ends_with(&format!("{end}.rs")) || path.ends_with(&format!("{end}/main.rs"))
                    };
                    let package = value(command, "-p");
                    let in_package = |path: &str| {
                        package.is_none_or(|p| {
                            path.contains(&format!("-{p}/")) || path.contains(&format!("/{p}/"))
                        })
                    };
                    if !tree.files.iter().any(|f| is_there(&f.path) && in_package(&f.path)) {
                        findings
                            .push(file.at(number, format!("there is no `{target}` to run; mend the text")));
                    }
                }
            }
        }
    }
    findings
}

/// What follows each `start` in a line.
fn after<'a>(line: &'a str, start: &str) -> Vec<&'a str> {
    line.match_indices(start).map(|(at, _)| &line[at + start.len()..]).collect()
}

/// The word after an option; what stands in for any word (`X`, `NAME`, `…`) is none.
fn value<'a>(command: &'a str, option: &str) -> Option<&'a str> {
    let mut words = command.split_whitespace();
    words.by_ref().find(|word| *word == option)?;
    let word = words.next()?.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
    word.starts_with(|c: char| c.is_ascii_lowercase()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_in_what_is_typed() {
        let command = "-q -p threads --bin d101_spawn_one`, or";
        assert_eq!(
            (value(command, "-p"), value(command, "--bin")),
            (Some("threads"), Some("d101_spawn_one"))
        );
        assert_eq!(value("-p PKG --bin NAME", "--bin"), None);
        assert_eq!(after("`cargo xtask check 104` and cargo xtask why", "cargo xtask ").len(), 2);
    }
}
