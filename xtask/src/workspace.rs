//! Where everything is: the course's root, the target directory, cargo and rustc.
use anyhow::{Result, bail};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The places that every command needs.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml` and `lessons/`.
    pub root: PathBuf,
    /// Cargo's target directory.
    pub target: PathBuf,
    /// Variables that cargo gets besides its own: a grader's crates are built without what only a debugger needs.
    pub variables: Vec<(String, String)>,
    cargo: OsString,
    rustc: OsString,
}

impl Workspace {
    /// Finds the course: the folder of the call or the nearest one above it that has `lessons/` and a `Cargo.toml`.
    pub fn find() -> Result<Workspace> {
        let here = env::current_dir()?;
        let by_cargo = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let mut candidates = here.ancestors().chain(by_cargo.iter().flat_map(|path| path.ancestors()));
        let Some(root) = candidates.find(|p| p.join("lessons").is_dir() && p.join("Cargo.toml").is_file())
        else {
            bail!("{} is not inside the course: go to the folder that has `lessons` in it", here.display());
        };
        Ok(Workspace {
            root: root.to_owned(),
            target: target_directory(root, &here),
            variables: Vec::new(),
            cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            rustc: env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
        })
    }

    /// A call of cargo in the root.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(&self.cargo);
        // The variables that cargo set for this program would make the inner cargo rebuild what reads them.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name == "CARGO_BIN_NAME"
            {
                command.env_remove(&*name);
            }
        }
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A call of the compiler in the root, so that every place it names reads from there.
    pub fn rustc(&self) -> Command {
        let mut command = Command::new(&self.rustc);
        command.current_dir(&self.root);
        command
    }

    /// What the commands keep between calls: compiled answers, the last verdicts.
    pub fn cache(&self) -> PathBuf {
        self.target.join("interleave")
    }

    /// `path` from the root, for a program that runs there; one outside the course stays as it is.
    pub fn below_root<'a>(&self, path: &'a Path) -> &'a Path {
        let real = self.root.canonicalize();
        let below = |root: &Path| path.strip_prefix(root).ok();
        below(&self.root).or_else(|| below(real.as_deref().ok()?)).unwrap_or(path)
    }

    /// `path` as a person in the root would type it.
    pub fn short(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

fn target_directory(root: &Path, here: &Path) -> PathBuf {
    if let Some(set) = env::var_os("CARGO_TARGET_DIR") {
        return here.join(set);
    }
    // Cargo marks its target directory; this program lies somewhere inside it unless it was moved.
    let program = env::current_exe().unwrap_or_default();
    let marked = program.ancestors().find(|path| path.join("CACHEDIR.TAG").is_file());
    marked.map_or_else(|| root.join("target"), Path::to_owned)
}
