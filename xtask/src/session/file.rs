//! The learner's file, watched: however an editor saves it, each new text is noticed once.
use crate::compile::state;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a file may be missing or empty before that is taken for what it is. Editors write a file anew by emptying
/// it first, or by moving another into its place.
const BETWEEN: Duration = Duration::from_millis(300);

/// A file and what was last seen of it.
pub struct Watched {
    path: PathBuf,
    seen: Snapshot,
    odd_since: Option<Instant>,
}

/// All by which one save differs from another. The text too: two saves within one tick of the file system's clock have
/// the same time.
#[derive(PartialEq, Eq)]
struct Snapshot {
    state: String,
    inode: u64,
    text: Option<Vec<u8>>,
}

impl Snapshot {
    fn of(path: &Path) -> Snapshot {
        let inode = fs::metadata(path).map_or(0, |meta| meta.ino());
        // A pipe or a device would keep the reader waiting.
        let text = if path.is_file() { fs::read(path).ok() } else { None };
        Snapshot { state: state(path), inode, text }
    }

    fn is_odd(&self) -> bool {
        self.text.as_ref().is_none_or(Vec::is_empty)
    }
}

impl Watched {
    /// The file as it is now.
    pub fn new(path: PathBuf) -> Watched {
        let seen = Snapshot::of(&path);
        Watched { path, seen, odd_since: None }
    }

    /// Whether it was saved since the last call that said so.
    pub fn was_saved(&mut self) -> bool {
        let now = Snapshot::of(&self.path);
        if now == self.seen {
            self.odd_since = None;
            return false;
        }
        if now.is_odd() {
            let since = *self.odd_since.get_or_insert_with(Instant::now);
            if since.elapsed() < BETWEEN {
                return false;
            }
        }
        self.odd_since = None;
        self.seen = now;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_save_is_noticed_once() {
        let folder = std::env::temp_dir().join(format!("interleave-watched-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.rs");
        fs::write(&path, "one").unwrap();
        let mut watched = Watched::new(path.clone());
        assert!(!watched.was_saved());
        // Written in place, twice within a tick, with texts of the same length.
        fs::write(&path, "two").unwrap();
        assert!(watched.was_saved() && !watched.was_saved());
        fs::write(&path, "owt").unwrap();
        assert!(watched.was_saved());
        // Replaced by rename, even by the same text.
        fs::write(folder.join("b.rs"), "owt").unwrap();
        fs::rename(folder.join("b.rs"), &path).unwrap();
        assert!(watched.was_saved() && !watched.was_saved());
        // Emptied and written: only the text counts.
        fs::write(&path, "").unwrap();
        assert!(!watched.was_saved());
        fs::write(&path, "new").unwrap();
        assert!(watched.was_saved());
        // Deleted for good.
        fs::remove_file(&path).unwrap();
        assert!(!watched.was_saved());
        while !watched.was_saved() {}
        fs::write(&path, "back").unwrap();
        assert!(watched.was_saved());
        fs::remove_dir_all(&folder).unwrap();
    }
}
