//! The tests of all packages, each counted by itself.
//!
//! Cargo builds the test programs and says where they are; they are run from here, so that each test is an item with
//! the command that repeats it.
use super::{Item, Report, Suite, at_once};
use crate::diagnostics::{self, plain};
use crate::process;
use anyhow::Result;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The integration test of a lesson that runs its demos.
const DEMOS: &str = "demos";

/// After this long a test program hangs. The slowest takes a minute.
const HANG: Duration = Duration::from_secs(20 * 60);

/// A test program.
struct Program {
    package: String,
    target: String,
    kind: String,
    path: PathBuf,
    /// Its main file, from the root.
    source: String,
    folder: PathBuf,
}

pub fn run(suite: &Suite, report: &Report) -> Result<()> {
    let programs = build(suite, report)?;
    at_once(programs.iter().filter(|program| program.target != DEMOS), |program| {
        run_program(suite, report, program)
    })
}

pub fn run_demos(suite: &Suite, report: &Report) -> Result<()> {
    let programs = build(suite, report)?;
    at_once(programs.iter().filter(|program| program.target == DEMOS), |program| {
        run_program(suite, report, program)
    })
}

/// Builds every test program. What does not build is an item that failed.
fn build(suite: &Suite, report: &Report) -> Result<Vec<Program>> {
    report.say("cargo test --workspace --no-run");
    let mut command = suite.workspace.cargo();
    command.args(["test", "--workspace", "--no-run", "--quiet", "--no-fail-fast", "--message-format=json"]);
    let finished = process::capture(&mut command)?;
    let mut programs = Vec::new();
    let mut errors = Vec::new();
    for message in finished.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        if let Some(error) = diagnostics::error(&message["message"]) {
            errors.push(plain(&error.rendered));
        }
        let (Some(path), true) = (message["executable"].as_str(), message["profile"]["test"] == true) else {
            continue;
        };
        let manifest = Path::new(message["manifest_path"].as_str().unwrap_or_default());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        programs.push(Program {
            package: package_name(manifest),
            target: text(&message["target"]["name"]),
            kind: text(&message["target"]["kind"][0]),
            path: PathBuf::from(path),
            source: suite
                .workspace
                .short(Path::new(message["target"]["src_path"].as_str().unwrap_or_default())),
            folder: manifest.parent().unwrap_or(manifest).to_owned(),
        });
    }
    if !finished.status.success() {
        if errors.is_empty() {
            errors.push(finished.stderr);
        }
        report.add(Item::new("every test program builds", false, errors, process::shown(&command)));
    }
    programs.sort_by(|a, b| (&a.package, &a.target).cmp(&(&b.package, &b.target)));
    Ok(programs)
}

fn package_name(manifest: &Path) -> String {
    let text = std::fs::read_to_string(manifest).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap_or_default();
    table.get("package").and_then(|package| package.get("name")?.as_str()).unwrap_or("?").to_owned()
}

impl Program {
    /// What cargo calls this target.
    fn flag(&self) -> String {
        match self.kind.as_str() {
            "test" => format!("--test {}", self.target),
            "bin" => format!("--bin {}", self.target),
            _ => "--lib".to_owned(),
        }
    }
}

fn run_program(suite: &Suite, report: &Report, program: &Program) -> Result<()> {
    report.say(&format!("{} {}", program.package, program.flag()));
    let mut command = Command::new(&program.path);
    command.current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder);
    command.env("CARGO_TARGET_DIR", &suite.workspace.target).env_remove("RUST_BACKTRACE");
    // Of a test that lacks a program on this machine the output says so.
    command.arg("--show-output");
    let finished = process::capture_within(&mut command, HANG)?;
    let again =
        |name: &str| format!("cargo test -p {} {} -- --exact {name}", program.package, program.flag());
    let results = results(list_of(&finished.stdout));
    for (name, passed) in &results {
        let details = output_of(&finished.stdout, name);
        let full = format!("{} {name}", program.package);
        let item = match skipped(&details).filter(|_| *passed) {
            Some(why) => Item::skipped(full, why),
            None => Item::new(full, *passed, details, again(name)),
        };
        report.add(item.in_file(&program.source).of_package(suite.course, &program.package));
    }
    if !finished.status.success() && results.iter().all(|(_, passed)| *passed) {
        let name = format!("{} {} ends in order", program.package, program.flag());
        let said = format!("{}\n{}\n{}", finished.status, finished.stdout, finished.stderr);
        let again = format!("cargo test -p {} {}", program.package, program.flag());
        let item = Item::new(name, false, vec![said], again).in_file(&program.source);
        report.add(item.of_package(suite.course, &program.package));
    }
    Ok(())
}

/// The code blocks of the documentation and of the chapters.
pub fn run_docs(suite: &Suite, report: &Report) -> Result<()> {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut metadata = suite.workspace.cargo();
    metadata.args(["metadata", "--no-deps", "--format-version=1"]);
    let value: Value = serde_json::from_str(&process::capture(&mut metadata)?.stdout).unwrap_or_default();
    for package in value["packages"].as_array().map_or(&[][..], Vec::as_slice) {
        for target in package["targets"].as_array().map_or(&[][..], Vec::as_slice) {
            if target["kind"][0] == "lib" && target["doctest"] == true {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                names.push((text(&package["name"]), text(&target["name"])));
            }
        }
    }
    names.sort();
    for (package, _) in names {
        report.say(&format!("doc tests of {package}"));
        let mut command = suite.workspace.cargo();
        command.args(["test", "--doc", "-p", &package]);
        let finished = process::capture(&mut command)?;
        let results = results(&finished.stdout);
        let again = process::shown(&command);
        for (name, passed) in &results {
            // `lessons/1-threads/README.md - …(line 3)`: the file is the beginning of its name.
            let file = name.split(" - ").next().unwrap_or_default();
            let item = Item::new(name, *passed, output_of(&finished.stdout, name), &again).in_file(file);
            report.add(item.of_package(suite.course, &package));
        }
        if !finished.status.success() && results.iter().all(|(_, passed)| *passed) {
            let name = format!("doc tests of {package} build");
            report.add(Item::new(name, false, vec![finished.stderr], again));
        }
    }
    Ok(())
}

/// The tests in the output of a test program, and whether each passed. Ignored ones are left out.
fn results(output: &str) -> Vec<(String, bool)> {
    let result = |line: &str| {
        let (name, result) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
        let passed = match result.split_whitespace().next()? {
            "ok" => true,
            "FAILED" => false,
            _ => return None,
        };
        // What a test must do (`- should panic`, `- compile fail`) is no part of its name.
        let name = ["should panic", "compile fail", "compile"]
            .iter()
            .find_map(|note| name.strip_suffix(note)?.strip_suffix(" - "))
            .unwrap_or(name);
        Some((name.to_owned(), passed))
    };
    output.lines().filter_map(result).collect()
}

/// The list of tests, without what they printed.
fn list_of(output: &str) -> &str {
    output.split_once("\nsuccesses:\n").map_or(output, |(list, _)| list)
}

/// Why a test could not be made here, if it says so: `SKIPPED: tmux is not installed`.
fn skipped(printed: &[String]) -> Option<&str> {
    printed.iter().find_map(|line| line.strip_prefix("SKIPPED: "))
}

/// What a test printed.
fn output_of(output: &str, name: &str) -> Vec<String> {
    let head = format!("---- {name} stdout ----");
    let lines = output.lines().skip_while(|line| *line != head).skip(1);
    let ends = |line: &str| line.starts_with("---- ") || ["successes:", "failures:"].contains(&line);
    lines.take_while(|line| !ends(line)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{list_of, output_of, results, skipped};

    const OUTPUT: &str = "\nrunning 4 tests\ntest a::works ... ok\ntest b::fails ... FAILED\ntest c ... ignored, slow\n\
        test src/lib.rs - f (line 3) - compile fail ... ok\n\nfailures:\n\n---- b::fails stdout ----\n\
        assertion failed: x\n\nfailures:\n    b::fails\n\ntest result: FAILED. 2 passed; 1 failed\n";

    #[test]
    fn tests_are_read_one_by_one() {
        let results = results(OUTPUT);
        let names: Vec<(&str, bool)> =
            results.iter().map(|(name, passed)| (name.as_str(), *passed)).collect();
        assert_eq!(names, [("a::works", true), ("b::fails", false), ("src/lib.rs - f (line 3)", true)]);
    }

    #[test]
    fn a_test_that_could_not_be_made_says_why() {
        let output = "test a ... ok\ntest b ... ok\n\nsuccesses:\n\n---- a stdout ----\nSKIPPED: no tmux\n\n\
            ---- b stdout ----\ntest c ... ok\n\n\nsuccesses:\n    a\n    b\n\ntest result: ok. 2 passed\n";
        assert_eq!(results(list_of(output)), [("a".to_owned(), true), ("b".to_owned(), true)]);
        assert_eq!(skipped(&output_of(output, "a")), Some("no tmux"));
        assert_eq!(skipped(&output_of(output, "b")), None);
        assert!(!output_of(output, "b").contains(&"    a".to_owned()));
    }

    #[test]
    fn the_output_of_a_failed_test_is_found() {
        assert_eq!(output_of(OUTPUT, "b::fails").concat(), "assertion failed: x");
        assert!(output_of(OUTPUT, "a::works").is_empty());
    }
}
