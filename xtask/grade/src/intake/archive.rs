//! Archives: read entry by entry. Nothing is unpacked: only what may be an answer is read, into memory, and bounded.
use super::entries::{
    Entries, Entry, Found, MOST_BYTES, MOST_ENTRIES, MOST_RATIO, is_wanted, most_bytes, parts,
};
use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

/// Whether a file of this name, in small letters, is an archive.
pub fn is_archive(name: &str) -> bool {
    stem(name).is_some()
}

/// The name without what says that it is an archive.
pub fn stem(name: &str) -> Option<&str> {
    [".tar.gz", ".tgz", ".tar", ".zip"].into_iter().find_map(|end| {
        let at = name.len().checked_sub(end.len())?;
        (name.is_char_boundary(at) && name[at..].eq_ignore_ascii_case(end)).then_some(&name[..at])
    })
}

/// All entries of an archive that is a source of its own.
///
/// # Errors
/// It is no archive, or one that does harm.
pub fn read(file: &Path, exercises: &[String]) -> Result<Entries> {
    let mut all = Entries::default();
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    open(file, &name, &[], exercises, &mut all).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(all)
}

/// The entries of a student's archive, below `above`. One that cannot be read hinders nobody else.
pub fn below(file: &Path, above: Vec<String>, exercises: &[String], all: &mut Entries) {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let before = all.entries.len();
    if let Err(error) = open(file, &name, &above, exercises, all) {
        refuse(all, before, above, exercises, &format!("{error:#}"));
    }
}

/// In place of what an archive held: for each exercise, that it was refused and why.
fn refuse(all: &mut Entries, before: usize, above: Vec<String>, exercises: &[String], why: &str) {
    all.entries.truncate(before);
    for exercise in exercises {
        let mut parts = above.clone();
        parts.push(format!("{exercise}.rs"));
        all.entries.push(Entry {
            parts,
            found: Found::Refused(format!("lies in an archive that was refused: {why}")),
        });
    }
}

fn open(file: &Path, name: &str, above: &[String], exercises: &[String], all: &mut Entries) -> Result<()> {
    let file = File::open(file)?;
    let size = file.metadata()?.len();
    unpack(BufReader::new(file), size, name, above, exercises, all, 0)
}

fn unpack(
    reader: impl Read + Seek,
    size: u64,
    name: &str,
    above: &[String],
    exercises: &[String],
    all: &mut Entries,
    depth: usize,
) -> Result<()> {
    let lower = name.to_lowercase();
    // An archive of a few kilobytes may well unpack to many times that.
    let most = MOST_BYTES.min(size.saturating_mul(MOST_RATIO).max(4 << 20));
    if lower.ends_with(".zip") {
        zip(reader, most, above, exercises, all, depth)
    } else if lower.ends_with(".tar") {
        tar(reader, most, above, exercises, all, depth)
    } else {
        tar(GzDecoder::new(reader), most, above, exercises, all, depth)
    }
}

fn zip(
    reader: impl Read + Seek,
    most: u64,
    above: &[String],
    exercises: &[String],
    all: &mut Entries,
    depth: usize,
) -> Result<()> {
    let mut archive = zip::ZipArchive::new(reader).context("it is no zip archive")?;
    if archive.len() + all.entries.len() > MOST_ENTRIES {
        bail!("it has {} entries", archive.len());
    }
    let mut budget = most;
    for at in 0..archive.len() {
        let mut item = archive.by_index(at).context("an entry cannot be read")?;
        let mode = item.unix_mode().unwrap_or(0o100_644);
        let kind = mode & 0o170_000;
        let is_dir = item.is_dir();
        let name = item.name_raw().to_vec();
        let what = match kind {
            0o120_000 => Some("is a link"),
            0 | 0o100_000 | 0o040_000 => None,
            _ => Some("is no ordinary file"),
        };
        take(&name, is_dir, what, &mut item, &mut budget, above, exercises, all, depth)?;
    }
    Ok(())
}

fn tar(
    reader: impl Read,
    most: u64,
    above: &[String],
    exercises: &[String],
    all: &mut Entries,
    depth: usize,
) -> Result<()> {
    // Everything has to be read to find the next entry, so all of it counts.
    let mut archive = tar::Archive::new(reader.take(most));
    let mut read = 0u64;
    for item in archive.entries().context("it is no tar archive")? {
        let mut item = item.context("it is broken, or unpacks to far more than it is")?;
        if all.entries.len() >= MOST_ENTRIES {
            bail!("it has more than {MOST_ENTRIES} entries");
        }
        read = read.saturating_add(item.size());
        if read > most {
            bail!("it unpacks to far more than it is");
        }
        let kind = item.header().entry_type();
        let name = item.path_bytes().into_owned();
        let what = match kind {
            tar::EntryType::Regular | tar::EntryType::Directory | tar::EntryType::Continuous => None,
            tar::EntryType::XGlobalHeader => continue,
            tar::EntryType::Symlink | tar::EntryType::Link => Some("is a link"),
            _ => Some("is no ordinary file"),
        };
        let mut budget = most;
        take(&name, kind.is_dir(), what, &mut item, &mut budget, above, exercises, all, depth)?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "what an entry of either kind of archive is made of")]
fn take(
    name: &[u8],
    is_dir: bool,
    what: Option<&str>,
    reader: &mut impl Read,
    budget: &mut u64,
    above: &[String],
    exercises: &[String],
    all: &mut Entries,
    depth: usize,
) -> Result<()> {
    let own = match parts(name) {
        Ok(own) => own,
        Err(why) if is_dir && matches!(name, b"./" | b"." | b"/") => {
            drop(why);
            return Ok(());
        }
        // One entry that reaches outside makes all of them suspect.
        Err(why) => bail!("{why}"),
    };
    let mut path = above.to_vec();
    path.extend(own);
    let wanted = is_wanted(&path, exercises);
    if is_dir && !wanted {
        return Ok(());
    }
    let lower = path.last().map(|name| name.to_lowercase()).unwrap_or_default();
    let found = match what {
        _ if is_dir => Found::Refused("is a folder, not a file".to_owned()),
        Some(what) => Found::Refused(what.to_owned()),
        None if is_archive(&lower) && depth == 0 => {
            let mut bytes = Vec::new();
            reader.take((64 << 20).min(*budget)).read_to_end(&mut bytes)?;
            *budget = budget.saturating_sub(bytes.len() as u64);
            let name = path.pop().unwrap_or_default();
            path.extend(stem(&name).map(str::to_owned));
            let before = all.entries.len();
            let size = bytes.len() as u64;
            if let Err(error) = unpack(Cursor::new(bytes), size, &name, &path, exercises, all, depth + 1) {
                refuse(all, before, path, exercises, &format!("{error:#}"));
            }
            return Ok(());
        }
        None if wanted => {
            let mut bytes = Vec::new();
            reader.take((most_bytes(&path) as u64).min(*budget)).read_to_end(&mut bytes)?;
            *budget = budget.saturating_sub(bytes.len() as u64);
            if *budget == 0 {
                bail!("it unpacks to far more than it is");
            }
            Found::File(bytes)
        }
        None => Found::File(Vec::new()),
    };
    all.entries.push(Entry { parts: path, found });
    Ok(())
}
