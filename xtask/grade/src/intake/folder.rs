//! Folders: walked without following a link.
use super::archive;
use super::entries::{Entries, Entry, Found, MOST_ENTRIES, PASSED_OVER, is_wanted, most_bytes, parts};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// All entries below `folder`.
///
/// # Errors
/// The folder cannot be read.
pub fn read(folder: &Path, exercises: &[String]) -> Result<Entries> {
    let mut all = Entries::default();
    walk(folder, &[], exercises, &mut all).with_context(|| format!("cannot read {}", folder.display()))?;
    Ok(all)
}

/// One file as a source of its own: `ann.rs` by itself is Ann's.
///
/// # Errors
/// It cannot be read.
pub fn single(file: &Path, exercises: &[String]) -> Result<Entries> {
    let mut all = Entries::default();
    let name = file.file_name().unwrap_or_default();
    match parts(name.as_bytes()) {
        Err(why) => all.notes.push(why),
        Ok(mut parts) => {
            let stem = parts[0].trim_end_matches(".rs").to_owned();
            if let ([only], false) = (exercises, is_wanted(&parts, exercises)) {
                // One exercise, and a file with somebody's name.
                parts = vec![stem, format!("{only}.rs")];
            }
            let found = file_at(file, most_bytes(&parts))?;
            all.entries.push(Entry { parts, found });
        }
    }
    Ok(all)
}

fn walk(folder: &Path, above: &[String], exercises: &[String], all: &mut Entries) -> Result<()> {
    let mut items = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    items.sort_by_key(|item| item.file_name());
    for item in items {
        if all.entries.len() >= MOST_ENTRIES {
            all.notes.push(format!("more than {MOST_ENTRIES} files: the rest was not looked at"));
            return Ok(());
        }
        let own = match parts(item.file_name().as_bytes()) {
            Ok(own) => own,
            Err(why) => {
                all.notes.push(why);
                continue;
            }
        };
        let mut path = above.to_vec();
        path.extend(own);
        let kind = item.file_type()?;
        let name = path.last().cloned().unwrap_or_default();
        if kind.is_dir() {
            if is_wanted(&path, exercises) {
                all.entries
                    .push(Entry { parts: path, found: Found::Refused("is a folder, not a file".to_owned()) });
            } else if !PASSED_OVER.contains(&name.as_str()) && path.len() < 40 {
                walk(&item.path(), &path, exercises, all)?;
            }
        } else if kind.is_file() && archive::is_archive(&name.to_lowercase()) {
            // A student's own archive, as platforms hand it on.
            path.pop();
            path.extend(archive::stem(&name).map(str::to_owned));
            archive::below(&item.path(), path, exercises, all);
        } else if kind.is_file() {
            let found = if is_wanted(&path, exercises) {
                file_at(&item.path(), most_bytes(&path))?
            } else {
                Found::File(Vec::new())
            };
            all.entries.push(Entry { parts: path, found });
        } else {
            let what = if kind.is_symlink() { "is a link" } else { "is no ordinary file" };
            all.entries.push(Entry { parts: path, found: Found::Refused(what.to_owned()) });
        }
    }
    Ok(())
}

/// The bytes of a file, which may have been replaced by a link since it was listed.
fn file_at(path: &Path, most: usize) -> Result<Found> {
    let opened = File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path);
    let file = match opened {
        Err(error) if error.raw_os_error() == Some(libc::ELOOP) => {
            return Ok(Found::Refused("is a link".to_owned()));
        }
        file => file.with_context(|| format!("cannot read {}", path.display()))?,
    };
    if !file.metadata()?.is_file() {
        return Ok(Found::Refused("is no ordinary file".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(Found::File(bytes))
}
