//! Rules about what belongs together: one stem, several folders.
use super::{Finding, Tree, finding};
use crate::lessons::{Course, Exercise, Lesson};
use std::collections::BTreeSet;

/// A lesson that cannot be read would silently be left out of everything else.
pub fn lessons_are_readable(tree: &Tree, course: &Course) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        course.broken.iter().map(|broken| finding(&broken.problem, "mend it")).collect();
    for file in tree.files.iter().filter(|file| file.path.starts_with("lessons/")) {
        let Some((folder, "Cargo.toml")) = file.path.rsplit_once('/') else { continue };
        let manifest = format!("{folder}/lesson.toml");
        if !tree.files.iter().any(|file| file.path == manifest) {
            findings.push(finding(manifest, "is missing: every lesson has one"));
        }
    }
    findings
}

/// An exercise is a file of the same name in three folders and an entry in `lesson.toml`.
pub fn stems_are_equal(tree: &Tree, course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lesson in &course.lessons {
        let base = base(tree, lesson);
        let listed: BTreeSet<String> = lesson.exercises().map(|exercise| exercise.id.clone()).collect();
        for folder in ["exercises", "solutions", "tests"] {
            let prefix = format!("{base}/{folder}/");
            // Beside the judges there may be their helpers and the test of the demos.
            let there = stems(tree, &prefix, ".rs", |stem| folder != "tests" || is_exercise(stem));
            for missing in listed.difference(&there) {
                findings.push(finding(
                    format!("{prefix}{missing}.rs"),
                    "is missing: lesson.toml lists the exercise",
                ));
            }
            for extra in there.difference(&listed) {
                findings.push(finding(
                    format!("{prefix}{extra}.rs"),
                    "belongs to no exercise of lesson.toml: list it",
                ));
            }
        }
    }
    findings
}

/// A wrong answer that is not listed is never tried.
pub fn wrong_answers_are_listed(tree: &Tree, course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lesson in &course.lessons {
        let base = format!("{}/wrong/", base(tree, lesson));
        for exercise in lesson.exercises() {
            let prefix = format!("{base}{}/", exercise.id);
            let there = stems(tree, &prefix, ".rs", |_| true);
            let listed = slugs(exercise);
            for missing in listed.difference(&there) {
                findings.push(finding(format!("{prefix}{missing}.rs"), "is missing: lesson.toml lists it"));
            }
            for extra in there.difference(&listed) {
                findings.push(finding(
                    format!("{prefix}{extra}.rs"),
                    "is in no [[exercise.wrong]] of lesson.toml: list it",
                ));
            }
        }
        let known = |path: &str| lesson.exercises().any(|e| path.starts_with(&format!("{base}{}/", e.id)));
        for file in tree.files.iter().filter(|file| file.path.starts_with(&base) && !known(&file.path)) {
            findings.push(finding(&file.path, "its folder is no exercise's; rename it"));
        }
    }
    findings
}

/// Where a lesson has pages about its models, each wrong answer has its picture there, and none is of an answer that is
/// gone.
pub fn wrong_answers_have_pictures(tree: &Tree, course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lesson in &course.lessons {
        let folder = format!("docs/models-{}/", lesson.name);
        if !tree.files.iter().any(|file| file.path.starts_with(&folder)) {
            continue;
        }
        for exercise in lesson.exercises() {
            let path = format!("{folder}{}.md", exercise.id);
            let page = tree.files.iter().find(|file| file.path == path).map_or("", |file| &file.text);
            let there: BTreeSet<String> =
                page.lines().filter_map(|line| line.strip_prefix("### ")).map(str::to_owned).collect();
            let anew =
                format!("`cargo xtask models {} --stress 1000 --write` draws it anew", exercise.number());
            let listed = slugs(exercise);
            for missing in listed.difference(&there) {
                findings.push(finding(&path, format!("shows nothing of the wrong answer {missing}: {anew}")));
            }
            for extra in there.difference(&listed) {
                findings.push(finding(
                    &path,
                    format!("shows {extra}, which is no wrong answer any more: {anew}"),
                ));
            }
        }
    }
    findings
}

/// A demo that is not listed is never met.
pub fn demos_are_listed(tree: &Tree, course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lesson in &course.lessons {
        let prefix = format!("{}/src/bin/", base(tree, lesson));
        let mut there = stems(tree, &prefix, ".rs", is_demo);
        there.extend(stems(tree, &prefix, "/main.rs", is_demo));
        let listed: BTreeSet<String> = lesson.demos().map(|demo| demo.id.clone()).collect();
        for missing in listed.difference(&there) {
            findings.push(finding(format!("{prefix}{missing}.rs"), "is missing: lesson.toml lists the demo"));
        }
        for extra in there.difference(&listed) {
            findings.push(finding(format!("{prefix}{extra}.rs"), "is no [[demo]] of lesson.toml: list it"));
        }
    }
    findings
}

/// A learner is sent to a section; it must be there, under just that heading.
pub fn sections_exist(tree: &Tree, course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lesson in &course.lessons {
        let chapter = format!("{}/README.md", base(tree, lesson));
        let text = tree.files.iter().find(|file| file.path == chapter).map_or("", |file| &file.text);
        let mut in_code = false;
        let mut headings = BTreeSet::new();
        for line in text.lines() {
            in_code ^= line.starts_with("```");
            if !in_code && line.starts_with('#') {
                headings.insert(line.trim_start_matches('#').trim());
            }
        }
        for exercise in lesson.exercises().filter(|exercise| !headings.contains(exercise.section.as_str())) {
            let problem =
                format!("has no heading \"{}\", to which {} sends its reader", exercise.section, exercise.id);
            findings.push(finding(&chapter, problem));
        }
    }
    findings
}

fn base(tree: &Tree, lesson: &Lesson) -> String {
    lesson.folder.strip_prefix(&tree.root).unwrap_or(&lesson.folder).display().to_string()
}

/// The stems of the files directly in a folder.
fn stems(tree: &Tree, prefix: &str, end: &str, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let stem = |path: &str| path.strip_prefix(prefix)?.strip_suffix(end).map(str::to_owned);
    tree.files
        .iter()
        .filter_map(|file| stem(&file.path))
        .filter(|stem| !stem.contains('/') && wanted(stem))
        .collect()
}

fn slugs(exercise: &Exercise) -> BTreeSet<String> {
    exercise.wrong.iter().map(|wrong| wrong.slug.clone()).collect()
}

fn is_exercise(stem: &str) -> bool {
    stem.starts_with('e') && stem[1..].starts_with(|c: char| c.is_ascii_digit())
}

fn is_demo(stem: &str) -> bool {
    stem.starts_with(['d', 'p']) && stem[1..].starts_with(|c: char| c.is_ascii_digit())
}
