//! Programs of the system that a judge may start inside a box, with the libraries that they need and nothing else.
use super::spec::Mount;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Where boxes have them.
pub const PATH: &str = "/bin";

/// What was found out: it stays the same while the grader runs.
static KNOWN: Mutex<BTreeMap<String, Vec<Mount>>> = Mutex::new(BTreeMap::new());

/// The files that these programs need in a box, each once.
///
/// # Errors
/// One is not installed here.
pub fn all(names: &[String]) -> Result<Vec<Mount>> {
    let mut all: Vec<Mount> = Vec::new();
    for name in names {
        for mount in mounts(name)? {
            if all.iter().all(|known| known.to != mount.to) {
                all.push(mount);
            }
        }
    }
    Ok(all)
}

/// The files that `name` needs in a box, itself included.
///
/// # Errors
/// It is not installed here.
pub fn mounts(name: &str) -> Result<Vec<Mount>> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(mounts) = known.get(name) {
        return Ok(mounts.clone());
    }
    let places = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(name));
    let program = places.iter().find(|path| path.is_file()).with_context(|| {
        format!("`{name}`, which the judge starts, is not installed here: it is in none of /bin and /usr/bin")
    })?;
    // Links among the files of the host would lead elsewhere inside.
    let real = |path: &Path| path.canonicalize().with_context(|| format!("cannot find {}", path.display()));
    let mut mounts = vec![Mount::new(real(program)?, format!("{PATH}/{name}"))];
    // A program without libraries of its own is refused by `ldd`, and needs none.
    let listed = xtask::process::capture(Command::new("ldd").arg(program).env("LC_ALL", "C"))
        .context("cannot ask `ldd` what a program needs")?;
    for library in libraries(&listed.stdout) {
        mounts.push(Mount::new(real(&library)?, library.display().to_string()));
    }
    known.insert(name.to_owned(), mounts.clone());
    Ok(mounts)
}

/// The absolute paths that `ldd` lists: `libc.so.6 => /lib/libc.so.6 (0x7f…)`, `/lib64/ld-linux.so.2 (0x7f…)`.
fn libraries(listed: &str) -> Vec<PathBuf> {
    let of_line = |line: &str| {
        let path = line.rsplit("=>").next()?.split_whitespace().next()?.trim();
        path.starts_with('/').then(|| PathBuf::from(path))
    };
    listed.lines().filter_map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_libraries_is_read() {
        let listed = "\tlinux-vdso.so.1 (0x7ffd1)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x7f)\n\
                      \t/lib64/ld-linux-x86-64.so.2 (0x7f)\n\tstatically linked\n";
        let paths = ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"].map(PathBuf::from);
        assert_eq!(libraries(listed), paths);
    }

    #[test]
    fn a_shell_is_found_and_what_is_not_installed_is_named() {
        let shell = mounts("sh").unwrap();
        assert_eq!(shell[0].to, "/bin/sh");
        assert!(shell.iter().all(|mount| mount.from.is_file()), "{shell:?}");
        let error = mounts("no-such-program").unwrap_err().to_string();
        assert!(error.contains("`no-such-program`"), "{error}");
    }
}
