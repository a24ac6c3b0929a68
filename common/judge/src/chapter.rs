//! Proves that a chapter tells the truth: each transcript in its `README.md` is what the demo prints.
//!
//! A transcript is a fenced block that begins with `console`. A line `$ cargo run -q -p PKG --bin NAME [ARGS]` starts a
//! demo; the lines below it, up to the next `$` or the end of the block, are what it prints, on either output. In them
//! `[..]` stands for any text within a line, and a line `...` for any number of lines. Words after `console`, set off by
//! commas, say more:
//!
//! * `any-order`: the lines may come in any order;
//! * `fails`: the demo ends with an exit code other than 0.
//!
//! Lines that start with another command are not run.
mod compare;
mod demo;
mod pictures;
mod transcript;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use transcript::{Command, Transcript};

/// Runs every transcript of the chapter in the package at `manifest_dir`, and makes sure that every demo has one.
///
/// The whole test of a lesson's demos is one line:
/// `judge::chapter::check_transcripts(env!("CARGO_MANIFEST_DIR"))`.
///
/// # Panics
/// With all that differs: the line of the README, a diff, and the command to run by hand.
pub fn check_transcripts(manifest_dir: &str) {
    let package = Path::new(manifest_dir);
    let mut problems = every_demo_shown(package);
    let (transcripts, odd) = read(package);
    problems.extend(odd);
    for transcript in &transcripts {
        if let Err(problem) = check(package, transcript) {
            problems.push(problem);
        }
    }
    report(&problems);
}

/// Makes sure that every `src/bin/d*.rs` and `src/bin/d*/main.rs` appears in a transcript of the chapter.
///
/// # Panics
/// With the demos that do not.
pub fn check_every_demo_shown(manifest_dir: &str) {
    report(&every_demo_shown(Path::new(manifest_dir)));
}

/// A picture's name, and what draws it: most often [`failing_schedule`] of a demo's own code.
pub type Picture = (&'static str, fn() -> String);

/// Makes sure that each picture in the package's `pictures/` is what its program draws now, that the chapter shows it, and
/// that the chapter says in words what is in it:
/// `judge::chapter::check_pictures(env!("CARGO_PKG_NAME"), env!("CARGO_MANIFEST_DIR"), &[("d304_forks", forks)])`.
///
/// With `INTERLEAVE_PICTURES=write` in the environment the files are drawn anew instead:
/// `INTERLEAVE_PICTURES=write cargo test -p sync --test pictures`.
///
/// # Panics
/// With all that differs, and how to draw it anew.
pub fn check_pictures(package_name: &str, manifest_dir: &str, pictures: &[Picture]) {
    report(&pictures::problems(package_name, Path::new(manifest_dir), pictures));
}

/// The simplest schedule in which a demo's code fails, as a picture in SVG. Lines of the calling file are left out: they
/// are no part of the demo.
///
/// # Panics
/// When it cannot fail.
#[track_caller]
pub fn failing_schedule(program: fn()) -> String {
    let caller = std::panic::Location::caller().file();
    match interleave::check(program) {
        Err(failure) => pictures::without_lines_of(caller, failure.story()).svg(),
        Ok(report) => panic!("this program should fail, and does not in {report}"),
    }
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "the chapter and its demos differ\n\n{}", problems.join("\n\n"));
}

/// The transcripts of the chapter, and what is wrong with the form of others.
fn read(package: &Path) -> (Vec<Transcript>, Vec<String>) {
    let readme = package.join("README.md");
    match fs::read_to_string(&readme) {
        Ok(text) => transcript::transcripts(&text),
        Err(error) => (Vec::new(), vec![format!("{}: {error}", readme.display())]),
    }
}

fn every_demo_shown(package: &Path) -> Vec<String> {
    let (transcripts, _) = read(package);
    let shown = |name: &str| transcripts.iter().any(|t| t.command.bin == name);
    let mut demos: Vec<String> = demos(package).into_iter().filter(|name| !shown(name)).collect();
    demos.sort();
    let problem = |name: &String| {
        format!(
            "src/bin/{name}.rs is in no transcript of README.md; add a ```console block that begins with\n    \
             $ cargo run -q -p PACKAGE --bin {name}"
        )
    };
    demos.iter().map(problem).collect()
}

fn demos(package: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(package.join("src/bin")) else { return Vec::new() };
    let name = |path: &Path| {
        let is_program = path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").is_file();
        is_program.then(|| path.file_stem()?.to_str().map(str::to_string)).flatten()
    };
    let names = entries.filter_map(|entry| name(&entry.ok()?.path()));
    names.filter(|name| name.starts_with('d')).collect()
}

/// Runs one transcript; the problem says all there is to say.
fn check(package: &Path, transcript: &Transcript) -> Result<(), String> {
    let told = |problem: String| {
        let Transcript { line, command, .. } = transcript;
        format!("README.md line {line}: {problem}\n  to see it: {command}")
    };
    let printed = demo::run(package, &transcript.command).map_err(told)?;
    let mut problem = String::new();
    if printed.success == transcript.fails {
        let (came, wanted) = if printed.success { ("0", "another") } else { ("not 0", "0") };
        // Writing to a string cannot fail.
        let _ = write!(problem, "the exit code is {came}, should be {wanted}");
        if !transcript.fails {
            problem += " (a demo that is meant to fail: ```console,fails)";
        }
        problem += "\n";
    }
    let actual: Vec<&str> = printed.output.lines().map(str::trim_end).collect();
    let expected: Vec<&str> = transcript.expected.iter().map(String::as_str).collect();
    let differs = if transcript.any_order {
        compare::in_any_order(&expected, &actual)
    } else {
        compare::in_order(&expected, &actual)
    };
    if let Some(diff) = differs {
        let _ = write!(problem, "the demo prints something else (- README, + demo)\n{diff}");
    }
    if problem.is_empty() { Ok(()) } else { Err(told(problem.trim_end().to_string())) }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in &self.env {
            write!(f, "{name}={value} ")?;
        }
        write!(f, "cargo run -q -p {} --bin {}", self.package, self.bin)?;
        if !self.args.is_empty() {
            write!(f, " -- {}", self.args.join(" "))?;
        }
        Ok(())
    }
}
