//! The compiled crates that judges stand on: built by cargo, found through its JSON messages.
use crate::compile::state;
use crate::diagnostics::{self, plain};
use crate::lessons::Lesson;
use crate::workspace::Workspace;
use crate::{files, process};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// What rustc must be told about them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Artifacts {
    /// The crates that the lesson's package names, by the name code uses.
    pub externs: Vec<(String, PathBuf)>,
    /// The folders with the crates that those need.
    pub search: Vec<PathBuf>,
    /// The machine they are for, if cargo's settings name one.
    pub triple: Option<String>,
}

/// The crates of a lesson. Cargo is asked only when something changed that it would look at: a call that finds
/// nothing to do costs a tenth of a second, which is a quarter of the time from an edit to its verdict.
pub fn of_lesson(workspace: &Workspace, lesson: &Lesson) -> Result<Artifacts> {
    let cache = record(workspace, lesson);
    let _alone = files::lock(&cache.with_extension("lock"))?;
    let inputs = inputs(workspace, lesson)?;
    if let Some(artifacts) = remembered(&cache, &inputs) {
        return Ok(artifacts);
    }
    let artifacts = build(workspace, lesson)?;
    let externs: Vec<Value> =
        artifacts.externs.iter().map(|(name, path)| json!([name, path, state(path)])).collect();
    let record = json!({
        "inputs": inputs, "externs": externs, "search": artifacts.search, "triple": artifacts.triple,
    });
    files::replace(&cache, record.to_string())?;
    Ok(artifacts)
}

/// Whether cargo has built them before. If not, that takes a while.
pub fn were_built(workspace: &Workspace, lesson: &Lesson) -> bool {
    record(workspace, lesson).is_file()
}

/// Makes the next call ask cargo, whatever is remembered.
pub fn forget(workspace: &Workspace, lesson: &Lesson) {
    // Without the file, cargo is asked too.
    let _ = fs::remove_file(record(workspace, lesson));
}

fn record(workspace: &Workspace, lesson: &Lesson) -> PathBuf {
    workspace.cache().join(&lesson.name).join("artifacts.json")
}

/// The state of every file that decides what cargo builds: manifests, the lock file, cargo's settings, and the
/// sources of every crate of the workspace that a judge may stand on.
fn inputs(workspace: &Workspace, lesson: &Lesson) -> Result<String> {
    let mut files = Vec::new();
    for name in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml"] {
        files.push(workspace.root.join(name));
    }
    sources(&workspace.root.join("common"), &mut files)?;
    files.push(lesson.folder.join("Cargo.toml"));
    files.push(lesson.folder.join("README.md"));
    sources(&lesson.folder.join("src"), &mut files)?;
    files.sort();
    // This program is built by the same cargo before it runs: another compiler makes it another file.
    files.push(std::env::current_exe().unwrap_or_default());
    let mut text = String::new();
    for file in files {
        text += &state(&file);
        text.push('\n');
    }
    // Settings that come through the environment, and another compiler.
    for name in
        ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTUP_TOOLCHAIN", "RUSTC", "CARGO"]
    {
        text += &format!("{name}={:?}\n", std::env::var_os(name));
    }
    Ok(text)
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            // Demos and tests are no part of a library.
            if name != "bin" && name != "tests" && name != "target" && name != "examples" {
                sources(&path, into)?;
            }
        } else {
            into.push(path);
        }
    }
    Ok(())
}

/// What was found the last time, if nothing has changed since and every file is still as it was.
fn remembered(cache: &Path, inputs: &str) -> Option<Artifacts> {
    let record: Value = serde_json::from_str(&fs::read_to_string(cache).ok()?).ok()?;
    if record["inputs"] != inputs {
        return None;
    }
    let mut artifacts = Artifacts::default();
    for entry in record["externs"].as_array()? {
        let path = PathBuf::from(entry[1].as_str()?);
        if !path.is_file() || entry[2] != state(&path) {
            return None;
        }
        artifacts.externs.push((entry[0].as_str()?.to_owned(), path));
    }
    for entry in record["search"].as_array()? {
        artifacts.search.push(PathBuf::from(entry.as_str()?));
    }
    artifacts.triple = record["triple"].as_str().map(str::to_owned);
    Some(artifacts)
}

/// Lets cargo build the lesson's library, and with it all that the judges use.
fn build(workspace: &Workspace, lesson: &Lesson) -> Result<Artifacts> {
    let mut command = workspace.cargo();
    command.args(["build", "--quiet", "--lib", "--message-format=json", "-p", &lesson.name]);
    if workspace.root.join("xtask/Cargo.toml").is_file() {
        // Named too, so that cargo chooses the features of all crates as it did for this
        // program: what was built for that is used again, which saves a quarter of the first contact.
        command.args(["-p", "xtask"]);
    }
    let finished = process::capture(&mut command)?;
    let messages: Vec<Value> =
        finished.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if !finished.status.success() {
        let errors = messages.iter().filter_map(|message| diagnostics::error(&message["message"]));
        let errors: String = errors.map(|error| plain(&error.rendered)).collect();
        let said = if errors.is_empty() { finished.stderr } else { errors };
        bail!(
            "what the judges stand on does not build; see `{}`\n{}",
            process::shown(&command),
            said.trim_end()
        );
    }
    let mut artifacts = Artifacts::default();
    let wanted = dependencies(&lesson.folder.join("Cargo.toml"))?;
    for message in messages.iter().filter(|message| message["reason"] == "compiler-artifact") {
        let files = message["filenames"].as_array().map_or(&[][..], Vec::as_slice);
        for file in files.iter().filter_map(Value::as_str).map(PathBuf::from) {
            let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or("");
            if !matches!(extension, "rlib" | "so" | "dylib") {
                continue;
            }
            let folder = file.parent().context("a library lies in a folder")?.to_owned();
            // The crates a library needs lie beside it, or under `deps` if cargo gave its copy for people.
            let search = if folder.join("deps").is_dir() { folder.join("deps") } else { folder };
            if !artifacts.search.contains(&search) {
                artifacts.search.push(search);
            }
            let name = message["target"]["name"].as_str().unwrap_or_default().replace('-', "_");
            if wanted.contains(&name) {
                if artifacts.externs.iter().any(|(other, _)| *other == name) {
                    bail!("{} is built in two versions; let {} depend on one", name, lesson.name);
                }
                artifacts.externs.push((name, file));
            }
        }
    }
    artifacts.externs.sort();
    artifacts.triple = artifacts.search.iter().find_map(|folder| triple(folder, &workspace.target));
    for name in ["interleave", "judge"] {
        if !artifacts.externs.iter().any(|(known, _)| known == name) {
            bail!("{}/Cargo.toml must list `{name}` under [dependencies]", workspace.short(&lesson.folder));
        }
    }
    Ok(artifacts)
}

/// The machine that a folder's crates are for: cargo puts them under its name if its settings name one.
fn triple(folder: &Path, target: &Path) -> Option<String> {
    let first = folder.strip_prefix(target).ok()?.components().next()?.as_os_str().to_str()?;
    (first.matches('-').count() >= 2).then(|| first.to_owned())
}

/// The names under `[dependencies]`, as code writes them.
fn dependencies(manifest: &Path) -> Result<Vec<String>> {
    let table: toml::Table =
        files::read(manifest)?.parse().with_context(|| manifest.display().to_string())?;
    let names =
        table.get("dependencies").and_then(toml::Value::as_table).into_iter().flat_map(|table| table.keys());
    Ok(names.map(|name| name.replace('-', "_")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_read_from_the_folder() {
        let target = Path::new("target");
        assert_eq!(triple(Path::new("target/debug/deps"), target), None);
        let other = Path::new("target/x86_64-unknown-linux-musl/debug/deps");
        assert_eq!(triple(other, target).as_deref(), Some("x86_64-unknown-linux-musl"));
    }
}
