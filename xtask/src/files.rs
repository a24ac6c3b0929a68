//! Writing files so that a crash or Ctrl-C leaves the old text or the new one, never half of it.
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

static WRITING: Mutex<()> = Mutex::new(());

/// Waits until no file is being replaced and keeps it so: the program is about to end.
pub fn nobody_writes() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts `text` in place of what `path` holds, by writing beside it and renaming.
pub fn replace(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    let _writing = nobody_writes();
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().context("a file needs a name")?.to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = File::create(&beside)?;
        file.write_all(text.as_ref())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        clear_away(folder);
        File::open(folder)?.sync_all()
    };
    write()
        .inspect_err(|_| drop(fs::remove_file(&beside)))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Removes what those who were killed while they replaced a file left half-written in this folder.
pub fn clear_away(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let other = entry.file_name();
        let beside = other.to_str().and_then(|other| other.strip_prefix('.')?.strip_suffix(".tmp"));
        let writer = beside.and_then(|beside| beside.rsplit_once('.')).map(|(_, writer)| writer);
        let Some(writer) = writer.and_then(|id| id.parse().ok()) else { continue };
        // Signal 0 only asks whether somebody is there; whoever still writes is left alone.
        if kill(Pid::from_raw(writer), None) == Err(Errno::ESRCH) {
            // Somebody else may have been quicker.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Reads a text file; the error names it.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a text file that need not be there.
pub fn read_if_there(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Takes the lock that `path` stands for; another program that wants it waits until the file is dropped.
pub fn lock(path: &Path) -> Result<File> {
    let take = || -> std::io::Result<File> {
        let file = lock_file(path)?;
        file.lock()?;
        Ok(file)
    };
    take().with_context(|| format!("cannot lock {}", path.display()))
}

/// Takes the lock unless somebody has it.
pub fn try_lock(path: &Path) -> Result<Option<File>> {
    let take = || -> std::io::Result<Option<File>> {
        let file = lock_file(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    };
    take().with_context(|| format!("cannot lock {}", path.display()))
}

fn lock_file(path: &Path) -> std::io::Result<File> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    File::options().create(true).truncate(false).write(true).open(path)
}
