//! What the compiler remembers of a judge: its incremental cache, made once with the course's own solution.
//!
//! Between two answers a judge differs in nothing but the crate `exercise`, so that most of its code need not be made
//! again: a third of the processor time on average. Each answer's judge is compiled with a copy of its own of what was
//! remembered of the trusted one; nothing of an answer ever goes back, so no answer can leave anything to another.
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The folder's name below the compiler's output.
pub const NAME: &str = "memory";

/// An empty one, to be filled by the first compilation.
///
/// # Errors
/// The disk.
pub fn begin(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // The box's user has no name here; the folder around it is closed to all others.
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o777))?)
}

/// Copies `from` to `to`, for the box's user to read and to write, whoever that is.
///
/// Copies and no links: a link would lead back to the original.
///
/// # Errors
/// The disk.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    begin(to)?;
    let entries = fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
            fs::set_permissions(&target, fs::Permissions::from_mode(0o666))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_whole_and_leaves_the_original_alone() {
        let folder = std::env::temp_dir().join(format!("grade-memory-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(from.join("session")).unwrap();
        fs::write(from.join("session/graph"), "nodes").unwrap();
        copy(&from, &to).unwrap();
        fs::write(to.join("session/graph"), "changed").unwrap();
        assert_eq!(fs::read_to_string(from.join("session/graph")).unwrap(), "nodes");
        assert_eq!(fs::metadata(to.join("session")).unwrap().permissions().mode() & 0o777, 0o777);
        fs::remove_dir_all(&folder).unwrap();
    }
}
