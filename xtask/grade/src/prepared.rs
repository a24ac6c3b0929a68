//! What was prepared as a folder by itself: for machines that have neither the course nor cargo, and for users who
//! cannot read the toolchain of the one who prepared it.
use crate::build::Toolchain;
use crate::bundle::{Bundle, Task};
use crate::hidden::Check;
use crate::memory;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::files;

#[derive(Serialize, Deserialize)]
struct Contents {
    version: String,
    host: String,
    tasks: Vec<Task>,
    hidden: Vec<Check>,
}

/// Writes all of it to `to`: compiler, crates, judges, the instructor's own checks, and this program.
///
/// # Errors
/// The disk.
pub fn export(bundle: &Bundle, hidden: &[Check], to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let host =
        bundle.toolchain.version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let sysroot = &bundle.toolchain.sysroot;
    let own = to.join("toolchain");
    // Only what compiling needs: no documentation, no other targets.
    copy(&sysroot.join("bin/rustc"), &own.join("bin/rustc"))?;
    for entry in fs::read_dir(sysroot.join("lib"))? {
        let path = entry?.path();
        if path.is_file() {
            copy(&path, &own.join("lib").join(path.file_name().unwrap_or_default()))?;
        }
    }
    for part in ["lib", "bin"] {
        copy_all(
            &sysroot.join("lib/rustlib").join(host).join(part),
            &own.join("lib/rustlib").join(host).join(part),
        )?;
    }
    let mut searched: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut tasks = bundle.tasks.clone();
    for task in &mut tasks {
        for folder in &mut task.search {
            let number = searched.len();
            let place = searched.entry(folder.clone()).or_insert_with(|| format!("crates/{number}").into());
            *folder = place.clone();
        }
        for (_, path) in &mut task.externs {
            let name = path.file_name().unwrap_or_default();
            let parent = path.parent().unwrap_or(Path::new(""));
            let place = match searched.get(parent) {
                Some(place) => place.join(name),
                None => {
                    let place = Path::new("crates/named").join(name);
                    copy(path, &to.join(&place))?;
                    place
                }
            };
            *path = place;
        }
        let folder = Path::new("tasks").join(&task.id);
        copy_all(&task.judges, &to.join(&folder).join("judges"))?;
        copy_all(&task.sources, &to.join(&folder).join("sources"))?;
        copy(&task.reference, &to.join(&folder).join("reference"))?;
        copy_all(&task.memory(), &to.join(&folder).join(memory::NAME))?;
        task.judges = folder.join("judges");
        task.sources = folder.join("sources");
        task.reference = folder.join("reference");
    }
    for (from, place) in &searched {
        for entry in fs::read_dir(from)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| ["rlib", "so", "rmeta"].iter().any(|e| extension == *e))
            {
                copy(&path, &to.join(place).join(path.file_name().unwrap_or_default()))?;
            }
        }
    }
    let mut hidden = hidden.to_vec();
    for check in &mut hidden {
        let place = Path::new("hidden").join(&check.name);
        copy_all(&check.folder, &to.join(&place))?;
        check.folder = place;
    }
    copy(&env::current_exe()?, &to.join("grade"))?;
    let contents =
        Contents { version: bundle.toolchain.version.clone(), host: host.to_owned(), tasks, hidden };
    files::replace(&to.join("bundle.json"), serde_json::to_string_pretty(&contents)?)
}

/// Reads what [`export`] wrote; answers are compiled below `scratch`.
///
/// # Errors
/// It is no such folder.
pub fn load(folder: &Path, scratch: &Path) -> Result<(Bundle, Vec<Check>)> {
    let folder = folder.canonicalize().with_context(|| format!("cannot read {}", folder.display()))?;
    let text = files::read(&folder.join("bundle.json"))?;
    let mut contents: Contents = serde_json::from_str(&text)
        .with_context(|| format!("{}/bundle.json: prepare it again with this version", folder.display()))?;
    for check in &mut contents.hidden {
        check.folder = folder.join(&check.folder);
    }
    for task in &mut contents.tasks {
        task.judges = folder.join(&task.judges);
        task.sources = folder.join(&task.sources);
        task.reference = folder.join(&task.reference);
        for path in task.search.iter_mut().chain(task.externs.iter_mut().map(|(_, path)| path)) {
            *path = folder.join(&*path);
        }
    }
    fs::create_dir_all(scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    let bundle = Bundle {
        toolchain: Toolchain { sysroot: folder.join("toolchain"), version: contents.version },
        tasks: contents.tasks,
        scratch: scratch.canonicalize()?,
        folder,
    };
    Ok((bundle, contents.hidden))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let _ = fs::remove_file(to);
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    // Programs of the grader may be for running only; whoever uses the folder must read them.
    let mode = if fs::metadata(from)?.is_file() && is_program(from)? { 0o755 } else { 0o644 };
    Ok(fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(mode))?)
}

fn is_program(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o111 != 0)
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { copy_all(&path, &target)? } else { copy(&path, &target)? }
    }
    Ok(())
}
