//! Whether clippy has nothing to say, of crates, judges, starters and solutions.
use super::{Item, Report, Suite, at_once};
use crate::compile::{Answer, lint};
use crate::diagnostics::{self, Diagnostic, plain};
use crate::lessons::{Exercise, Lesson};
use crate::{files, process};
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeMap;

pub fn run(suite: &Suite, report: &Report) -> Result<()> {
    report.say("cargo clippy --workspace --all-targets");
    crates(suite, report)?;
    let exercises: Vec<_> = suite.course.exercises().collect();
    at_once(exercises.iter(), |(lesson, exercise)| {
        report.say(&exercise.id);
        let said = |name: &str, answer: Result<Vec<Diagnostic>>| {
            let name = format!("{} {name}", exercise.id);
            let again = format!("cargo xtask verify {}", exercise.number());
            match answer {
                Ok(remarks) => Item::new(name, remarks.is_empty(), rendered(&remarks), again),
                Err(error) => Item::new(name, false, vec![format!("{error:#}")], again),
            }
            // The starter is cut from it, too.
            .in_file(&suite.workspace.short(&lesson.solution(&exercise.id)))
            .of_lesson(lesson.number)
        };
        report.add(said("solution", solution(suite, lesson, exercise)));
        report.add(said("starter", starter(suite, lesson, exercise)));
        Ok(())
    })
}

/// One item for each package of the workspace and for the judges of each lesson: no warning in any of them.
fn crates(suite: &Suite, report: &Report) -> Result<()> {
    clippy(suite, report, &["--workspace", "--all-targets"], |package| {
        (format!("crate {package}"), format!("cargo clippy -p {package} --all-targets"))
    })?;
    for lesson in &suite.course.lessons {
        // Judges are `test = false`, so only their names bring them in.
        let mut call = vec!["-p", &lesson.name];
        for exercise in lesson.exercises() {
            call.extend(["--test", &exercise.id]);
        }
        if call.len() > 2 {
            let again = format!("cargo clippy {}", call.join(" "));
            clippy(suite, report, &call, |package| (format!("judges of {package}"), again.clone()))?;
        }
    }
    Ok(())
}

/// Runs clippy once and adds an item for each package that it looked at; `item` gives its name and how to repeat it.
fn clippy(
    suite: &Suite,
    report: &Report,
    call: &[&str],
    item: impl Fn(&str) -> (String, String),
) -> Result<()> {
    let mut command = suite.workspace.cargo();
    command.args(["clippy", "--quiet", "--message-format=json", "--keep-going"]).args(call);
    let finished = process::capture(&mut command)?;
    let mut remarks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in finished.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        // Dependencies are somebody else's; so is what a judges' call looks at besides its own package.
        if !in_workspace(&message, suite) || call[0] == "-p" && package(&message) != call[1] {
            continue;
        }
        let entry = remarks.entry(package(&message)).or_default();
        if let Some(remark) = diagnostics::remark(&message["message"]) {
            let file = remark.place.as_ref().map_or("", |(file, _)| file);
            if !suite.worked.contains(&file.replace("/tests/../", "/")) {
                entry.push(plain(&remark.rendered));
            }
        }
    }
    if !finished.status.success() && remarks.values().all(Vec::is_empty) {
        let (_, again) = item(call[1]);
        report.add(Item::new("clippy runs", false, vec![finished.stderr], again));
    }
    for (package, mut remarks) in remarks {
        remarks.sort();
        remarks.dedup();
        let (name, again) = item(&package);
        report.add(Item::new(name, remarks.is_empty(), remarks, again).of_package(suite.course, &package));
    }
    Ok(())
}

/// `threads` of `path+file:///…/lessons/1-threads#threads@0.1.0` and of `path+file:///…/common#0.1.0`.
fn package(message: &Value) -> String {
    let id = message["package_id"].as_str().unwrap_or_default();
    let (path, fragment) = id.rsplit_once('#').unwrap_or((id, ""));
    match fragment.split_once('@') {
        Some((name, _)) => name.to_owned(),
        None => path.rsplit('/').next().unwrap_or(path).to_owned(),
    }
}

fn in_workspace(message: &Value, suite: &Suite) -> bool {
    let manifest = message["manifest_path"].as_str().unwrap_or_default();
    std::path::Path::new(manifest).starts_with(&suite.workspace.root)
}

fn solution(suite: &Suite, lesson: &Lesson, exercise: &Exercise) -> Result<Vec<Diagnostic>> {
    let source = lesson.solution(&exercise.id);
    lint(suite.workspace, &Answer { lesson, exercise, source: &source, slot: "lint" })
}

/// What a learner opens should compile without a warning that is not about the learner's own code.
fn starter(suite: &Suite, lesson: &Lesson, exercise: &Exercise) -> Result<Vec<Diagnostic>> {
    let Some(text) = lesson.starter(&exercise.id)? else {
        anyhow::bail!("there is no solution to cut it from")
    };
    let mut answer = Answer { lesson, exercise, source: &lesson.answer(&exercise.id), slot: "lint" };
    let source = answer.folder(suite.workspace).join(format!("{}.rs", exercise.id));
    files::replace(&source, text)?;
    answer.source = &source;
    lint(suite.workspace, &answer)
}

fn rendered(remarks: &[Diagnostic]) -> Vec<String> {
    remarks.iter().map(|remark| plain(&remark.rendered)).collect()
}
