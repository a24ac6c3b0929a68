//! Rules about single files.
use super::{Finding, Source, Tree, finding};
use crate::lessons::Course;

const MOST_LINES: usize = 500;

/// A file should say what it is before anything else: nobody reads a tree of files from its beginning.
pub fn first_lines(tree: &Tree, _: &Course) -> Vec<Finding> {
    let wanted = |path: &str| -> Option<&[&str]> {
        match path.rsplit('.').next()? {
            // The crate of a lesson is its chapter.
            "rs" => Some(&["//! ", "#![doc = include_str!("]),
            "md" => Some(&["# "]),
            "toml" if path.ends_with("Cargo.toml") => Some(&["[package]", "# "]),
            "toml" => Some(&["# "]),
            _ => None,
        }
    };
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some(starts) = wanted(&file.path) else { continue };
        let first = file.text.lines().next().unwrap_or("");
        if !starts.iter().any(|start| first.starts_with(start)) {
            findings.push(file.at(1, format!("begin with `{}…` and say what this file is", starts[0])));
        }
    }
    findings
}

/// What does not fit into a head should be two files.
pub fn lengths(tree: &Tree, _: &Course) -> Vec<Finding> {
    let too_long = |file: &&Source| file.text.lines().count() > MOST_LINES;
    let say = |file: &Source| {
        finding(
            &file.path,
            format!("{} lines; split it, {MOST_LINES} are the most", file.text.lines().count()),
        )
    };
    tree.ending(".rs").filter(too_long).map(say).collect()
}

/// A note for later belongs into an issue; only an exercise is meant to be unfinished.
pub fn nothing_left_to_do(tree: &Tree, _: &Course) -> Vec<Finding> {
    // Written in two pieces, so that this file keeps its own rule.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !file.path.contains("/exercises/")) {
        for (number, line) in file.numbered() {
            let marker = line.trim_start().starts_with("//~");
            if let Some(word) = words.into_iter().find(|word| !marker && has_word(line, word)) {
                findings.push(file.at(number, format!("do what `{word}` says, or write it into an issue")));
            }
        }
    }
    findings
}

/// The compiler cannot check such code, so a person must be told what makes it right.
pub fn unsafe_says_why(tree: &Tree, _: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".rs").filter(|file| !file.path.contains("/wrong/")) {
        let starts = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe trait", "unsafe extern"];
        let uses = |line: &str| {
            let code = line.trim_start();
            !code.starts_with("//")
                && starts.iter().any(|start| code.starts_with(start) || code.contains(&format!(" {start}")))
        };
        let Some((number, _)) = file.numbered().find(|(_, line)| uses(line) && !line.contains('"')) else {
            continue;
        };
        let mut says = file.text.lines().filter(|line| line.contains("expect(unsafe_code"));
        if !says.any(|_| file.text.contains("reason = ")) {
            let say = "put `#![expect(unsafe_code, reason = \"…\")]` at the head of the file and say why";
            findings.push(file.at(number, say));
        }
    }
    findings
}

/// A link that leads nowhere costs every reader a search.
pub fn links(tree: &Tree, _: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending(".md") {
        let folder = tree.root.join(&file.path).parent().map(ToOwned::to_owned).unwrap_or_default();
        let mut in_code = false;
        for (number, line) in file.numbered() {
            in_code ^= line.trim_start().starts_with("```");
            for target in link_targets(line).into_iter().filter(|_| !in_code) {
                let path = target.split('#').next().unwrap_or("");
                let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
                if !elsewhere && !folder.join(path).exists() {
                    findings.push(file.at(number, format!("`{target}` does not exist; mend the link")));
                }
            }
        }
    }
    findings
}

/// The targets of `[text](target)` and `[name]: target` in a line.
fn link_targets(line: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        rest = &rest[at + 2..];
        let Some(end) = rest.find(')') else { break };
        targets.extend(rest[..end].split_whitespace().next());
    }
    if line.starts_with('[')
        && let Some((_, target)) = line.split_once("]: ")
    {
        targets.extend(target.split_whitespace().next());
    }
    targets
}

/// What works on one machine only does not belong into the course.
pub fn machine_paths(tree: &Tree, _: &Course) -> Vec<Finding> {
    // Written in two pieces, so that this file keeps its own rule.
    let homes = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];
    let mut findings = Vec::new();
    for file in &tree.files {
        for (number, line) in file.numbered() {
            let starts_path = |home: &str| {
                line.match_indices(home).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "-_./}>".contains(c))
                })
            };
            if let Some(home) = homes.into_iter().find(|home| starts_path(home)) {
                findings
                    .push(file.at(number, format!("a path with `{home}`; name it from the course's root")));
            }
        }
    }
    findings
}

/// Blanks that nobody sees make differences that everybody sees.
pub fn line_ends(tree: &Tree, _: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| !file.text.is_empty()) {
        // Blanks at the end of a line of Rust are rustfmt's business, or belong to a string.
        let blank = |line: &str| line.ends_with([' ', '\t', '\r']) && !file.path.ends_with(".rs");
        if let Some((number, _)) = file.numbered().find(|(_, line)| blank(line)) {
            findings.push(file.at(number, "take the blanks at the end of the line away"));
        }
        if !file.text.ends_with('\n') || file.text.ends_with("\n\n") {
            findings.push(file.at(file.text.lines().count(), "end the file with one line end"));
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '!';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(part_of_word) && !line[at + word.len()..].starts_with(part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(rule: fn(&Tree, &Course) -> Vec<Finding>, path: &str, text: &str) -> Vec<String> {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        let tree = Tree { root: "/nowhere".into(), files: vec![source] };
        rule(&tree, &Course::default()).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_first_line_must_say_something() {
        assert!(places(first_lines, "a.rs", "//! What it is.\n").is_empty());
        assert_eq!(places(first_lines, "a.rs", "use std::fmt;\n"), ["a.rs:1"]);
        assert_eq!(places(first_lines, "docs/a.md", "Text\n"), ["docs/a.md:1"]);
        assert!(places(first_lines, "x/Cargo.toml", "[package]\n").is_empty());
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(places(lengths, "a.rs", &"//! x\n".repeat(500)).is_empty());
        assert_eq!(places(lengths, "a.rs", &"//! x\n".repeat(501)), ["a.rs"]);
    }

    #[test]
    fn notes_for_later_are_found_but_not_in_exercises_and_markers() {
        let note = concat!("// TO", "DO: more\n");
        assert_eq!(places(nothing_left_to_do, "a.rs", note), ["a.rs:1"]);
        assert!(places(nothing_left_to_do, "lessons/1/exercises/a.rs", note).is_empty());
        assert!(places(nothing_left_to_do, "a.rs", concat!("    //~ // TO", "DO: here\n")).is_empty());
        assert!(places(nothing_left_to_do, "a.rs", "let methods = todo!();\n").is_empty());
    }

    #[test]
    fn unsafe_without_a_reason_is_found() {
        assert_eq!(places(unsafe_says_why, "a.rs", "//! x\nlet a = unsafe { f() };\n"), ["a.rs:2"]);
        let good = "//! x\n#![expect(unsafe_code, reason = \"f wants it\")]\nlet a = unsafe { f() };\n";
        assert!(places(unsafe_says_why, "a.rs", good).is_empty());
        assert!(places(unsafe_says_why, "a.rs", "//! x\n// unsafe { }\n").is_empty());
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        assert_eq!(places(links, "a.md", "# A\n[b](b.md) [web](https://x.y) [here](#a)\n"), ["a.md:2"]);
        assert!(places(links, "a.md", "# A\n```rust\nf[0](b.md)\n```\n").is_empty());
        assert_eq!(places(links, "a.md", "[b]: b/c.md#d\n"), ["a.md:1"]);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        assert_eq!(places(machine_paths, "a.md", concat!("see /ho", "me/me/x\n")), ["a.md:1"]);
        assert!(places(machine_paths, "a.md", concat!("lessons/ho", "me/x and src/wo", "rk/y\n")).is_empty());
    }

    #[test]
    fn blanks_at_ends_are_found() {
        assert_eq!(places(line_ends, "a.md", "a \nb\n"), ["a.md:1"]);
        assert_eq!(places(line_ends, "a.rs", "a\nb"), ["a.rs:2"]);
        assert!(places(line_ends, "a.rs", "a\n\nb\n").is_empty());
    }
}
