//! Rules about the manifests of packages.
use super::{Finding, Source, Tree, finding};
use crate::lessons::Course;
use toml::{Table, Value};

/// One place for versions: two packages that use two of them cost a learner both.
pub fn dependencies_are_inherited(tree: &Tree, _: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.ending("Cargo.toml") {
        let table = match read(file) {
            Ok(table) => table,
            Err(problem) => {
                findings.push(problem);
                continue;
            }
        };
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = table.get(kind).and_then(Value::as_table) else { continue };
            for (name, how) in dependencies {
                if how.get("workspace") != Some(&Value::Boolean(true)) {
                    let problem = format!(
                        "`{name}` under [{kind}]: write `{name}.workspace = true`, and the version in the root"
                    );
                    findings.push(finding(&file.path, problem));
                }
            }
        }
    }
    findings
}

/// A judge brings its own `main`, and an exercise nobody has done yet must not turn plain `cargo test` red.
pub fn judges_are_targets(tree: &Tree, course: &Course) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lesson in &course.lessons {
        let path = lesson.folder.strip_prefix(&tree.root).unwrap_or(&lesson.folder).join("Cargo.toml");
        let path = path.display().to_string();
        let Some(Ok(table)) = tree.files.iter().find(|file| file.path == path).map(read) else { continue };
        let none = Vec::new();
        let targets = table.get("test").and_then(Value::as_array).unwrap_or(&none);
        for exercise in lesson.exercises() {
            let target =
                targets.iter().find(|test| test.get("name").and_then(Value::as_str) == Some(&exercise.id));
            let off = |key: &str| target.and_then(|test| test.get(key)) == Some(&Value::Boolean(false));
            if !(off("harness") && off("test")) {
                let problem =
                    format!("[[test]] name = \"{}\": say `harness = false` and `test = false`", exercise.id);
                findings.push(finding(&path, problem));
            }
        }
        for name in targets.iter().filter_map(|test| test.get("name")?.as_str()) {
            if !lesson.exercises().any(|exercise| exercise.id == name) {
                findings.push(finding(
                    &path,
                    format!("[[test]] `{name}` is no exercise of lesson.toml: take it out"),
                ));
            }
        }
    }
    findings
}

fn read(file: &Source) -> Result<Table, Finding> {
    file.text.parse().map_err(|error: toml::de::Error| finding(&file.path, error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_ones_own_is_found() {
        let text =
            "[dependencies]\na.workspace = true\nb = { workspace = true, features = [\"x\"] }\nc = \"1\"\n";
        let source = Source { path: "x/Cargo.toml".to_owned(), text: text.to_owned() };
        let tree = Tree { root: "/nowhere".into(), files: vec![source] };
        let findings = dependencies_are_inherited(&tree, &Course::default());
        assert_eq!(findings.len(), 1);
        assert!(findings[0].problem.starts_with("`c` under [dependencies]"), "{}", findings[0].problem);
    }
}
