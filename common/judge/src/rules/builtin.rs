//! The rules that hold for every exercise.
use super::tokens::{Kind, Path, Token};
use super::{Pattern, Text, Where};

/// Patterns that no answer needs, each with what to do instead.
pub(super) const RULES: [(&str, &str); 15] = [
    ("extern crate", "Everything an answer needs is in scope already; say `use std::…`."),
    ("include!", "An answer is one file; write the code here."),
    ("include_str!", "An answer is one file; write the text here."),
    ("include_bytes!", "An answer is one file; write the bytes here."),
    ("#[path", "An answer is one file; write the module here, as `mod name { … }`."),
    ("macro_export", "A macro for this file needs no `#[macro_export]`."),
    ("std::process::exit", "It ends the judge too; return a value, or panic, and let the caller decide."),
    ("std::process::abort", "It ends the judge too; return a value, or panic, and let the caller decide."),
    (
        "std::panic::set_hook",
        "The judge watches panics; to handle one, join the thread and look at its result.",
    ),
    (
        "std::panic::take_hook",
        "The judge watches panics; to handle one, join the thread and look at its result.",
    ),
    ("std::env", "What an answer does must not depend on its surroundings; use what the function is given."),
    ("std::model", "An answer must not know whether it is being checked; delete it."),
    ("std::Checker", "An answer must not start checks of its own; delete it."),
    ("interleave", "An answer must not know whether it is being checked; say `use std::…`."),
    ("judge", "An answer must not talk to the judge; call the function that you were given."),
];

const UNSAFE: &str = "Safe Rust can do all that is asked here; look for a lock, an atomic or a channel.";
const INNER: &str = "Only lint levels such as `#![allow(…)]` may stand there; delete it.";
const MODULE: &str = "An answer is one file; write the module here, as `mod name { … }`.";
const PATH: &str = "Write the path out, as `std::…`.";
const NAME: &str = "That is the name of a crate; give the module another one.";
const FACADE: &str = "It is the same thing under another name, and the judge only sees `std::…`; say that.";

const NOT_STD: &str =
    "Only the course's `std` has it, and an answer must not know whether it is being checked; delete it.";

/// What the course's `std` has and no other: for judges and demos. `RaceCell` is for answers, too; a rule of the table
/// above stands for some.
const NOT_IN_STD: [&str; 17] = [
    "Act",
    "Blocked",
    "Cause",
    "Excerpt",
    "Failure",
    "FailureKind",
    "Place",
    "Recording",
    "Report",
    "Step",
    "Story",
    "check",
    "outcomes",
    "play",
    "record",
    "record_at_most",
    "watch",
];

/// Inner attributes that change nothing but warnings and documentation.
const HARMLESS_INNER: [&str; 8] = ["allow", "warn", "deny", "forbid", "expect", "doc", "rustfmt", "clippy"];

/// The first rule broken: the line, what is there, and what to do instead.
pub(super) fn find(text: &Text, allowed: &[String]) -> Option<(usize, String, String)> {
    let by_pattern = RULES.iter().filter(|(pattern, _)| !allowed.iter().any(|a| a == pattern)).filter_map(
        |(pattern, instead)| {
            let line = line_of(text, pattern)?;
            let shown = if *pattern == "#[path" { "#[path = …]" } else { pattern };
            Some((line, format!("`{shown}`"), (*instead).to_string()))
        },
    );
    let tokens = &text.tokens;
    let by_shape = [
        keyword(tokens, "unsafe").map(|line| (line, "`unsafe`".to_string(), UNSAFE.to_string())),
        inner_attribute(tokens).map(|(line, name)| (line, format!("`#![{name}…]`"), INNER.to_string())),
        outside_module(tokens).map(|line| (line, "a module in another file".to_string(), MODULE.to_string())),
        path_in_macro(tokens).map(|line| (line, "a path put together by a macro".into(), PATH.to_string())),
        borrowed_name(tokens).map(|(line, name)| (line, format!("`mod {name}`"), NAME.to_string())),
        facade_escape(text).map(|(line, path)| (line, format!("`{path}`"), FACADE.to_string())),
        only_the_courses(text).map(|(line, path)| (line, format!("`{path}`"), NOT_STD.to_string())),
    ];
    by_shape.into_iter().flatten().chain(by_pattern).min_by_key(|(line, ..)| *line)
}

/// Where a rule's pattern is found. Names of crates count only at the head of a path: `self.judge` is anybody's.
fn line_of(text: &Text, pattern: &str) -> Option<usize> {
    if matches!(pattern, "interleave" | "judge") {
        let heads = text.paths.iter().filter(|p| p.names[0] == pattern && p.names.len() > 1);
        return heads.filter(|p| !defines_module(text, pattern) || p.global).map(|p| p.line).min();
    }
    text.find(&Pattern::of(pattern), Where::Anywhere)
}

impl Pattern {
    /// A pattern of the table above, where `#[path` is half a bracket that does not parse by itself.
    fn of(pattern: &str) -> Pattern {
        match pattern.strip_prefix("#[") {
            Some(name) => {
                let mut whole = Pattern::new(&format!("#[{name}]"));
                whole.tokens.pop();
                whole
            }
            None => Pattern::new(pattern),
        }
    }
}

fn keyword(tokens: &[Token], word: &str) -> Option<usize> {
    tokens.iter().find(|t| t.kind == Kind::Word && t.text == word).map(|t| t.line)
}

fn inner_attribute(tokens: &[Token]) -> Option<(usize, String)> {
    let inner = tokens.windows(4).filter(|w| w[0].is("#") && w[1].is("!") && w[2].is("["));
    let mut odd = inner.filter(|w| !HARMLESS_INNER.iter().any(|name| w[3].is(name)));
    odd.next().map(|w| (w[0].line, w[3].text.clone()))
}

fn outside_module(tokens: &[Token]) -> Option<usize> {
    let mut found = tokens.windows(3).filter(|w| w[0].is("mod") && w[1].is_word() && w[2].is(";"));
    found.next().map(|w| w[0].line)
}

/// `$name::`, by which a macro could lead anywhere.
fn path_in_macro(tokens: &[Token]) -> Option<usize> {
    let mut found = tokens
        .windows(4)
        .filter(|w| w[0].is("$") && w[1].is_word() && !w[1].is("crate") && w[2].is(":") && w[3].is(":"));
    found.next().map(|w| w[0].line)
}

/// A module with the name of a crate, behind which the crate itself could hide.
fn borrowed_name(tokens: &[Token]) -> Option<(usize, String)> {
    let crates = ["core", "alloc", "std"];
    let mut found = tokens.windows(2).filter(|w| w[0].is("mod") && crates.iter().any(|name| w[1].is(name)));
    found.next().map(|w| (w[0].line, w[1].text.clone()))
}

/// A path into the parts of `core` or `alloc` that the explorer stands in for under the name of `std`.
fn facade_escape(text: &Text) -> Option<(usize, String)> {
    let escapes = |path: &&Path| {
        let mut names = path.names.iter().map(String::as_str);
        let from = matches!(names.next(), Some("core" | "alloc"));
        // `use core as c` and `use core::*` bring all of it in.
        from && match names.next() {
            None => path.import,
            Some(part) => matches!(part, "sync" | "hint" | "task"),
        }
    };
    let first = text.paths.iter().filter(escapes).min_by_key(|path| path.line)?;
    Some((first.line, first.names.join("::")))
}

/// A path to what only the course's `std` has.
fn only_the_courses(text: &Text) -> Option<(usize, String)> {
    let ours = |path: &&Path| {
        // Behind `use std::*` a single name may be a variable's.
        let said = if path.glob { path.names.len() > 2 } else { path.names.len() > 1 };
        said && path.names[0] == "std" && NOT_IN_STD.contains(&path.names[1].as_str())
    };
    let first = text.paths.iter().filter(ours).min_by_key(|path| path.line)?;
    Some((first.line, first.names[..2].join("::")))
}

fn defines_module(text: &Text, name: &str) -> bool {
    text.tokens.windows(2).any(|w| w[0].is("mod") && w[1].is(name))
}
