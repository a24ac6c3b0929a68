//! The lines of the source files that a trace is about.

use super::guess::{self, Makes};
use crate::trace::Loc;
use ::std::cell::RefCell;
use ::std::collections::HashMap;
use ::std::path::{Path, PathBuf};

/// The source files, read once each.
#[derive(Default)]
pub(super) struct Source(RefCell<HashMap<String, Vec<String>>>);

impl Source {
    /// A line, counted from 1; empty when it cannot be read.
    pub(super) fn line(&self, file: &str, line: u32) -> String {
        let index = (line as usize).checked_sub(1);
        self.read(file, |lines| index.and_then(|i| lines.get(i)).cloned().unwrap_or_default())
    }

    pub(super) fn lines(&self, file: &str) -> Vec<String> {
        self.read(file, |lines| lines.to_vec())
    }

    fn read<R>(&self, file: &str, look: impl FnOnce(&[String]) -> R) -> R {
        let mut files = self.0.borrow_mut();
        let lines = files.entry(file.into()).or_insert_with(|| {
            let text = find(file).and_then(|path| ::std::fs::read_to_string(path).ok());
            text.map(|t| t.lines().map(Into::into).collect()).unwrap_or_default()
        });
        look(lines)
    }

    /// The name that the code at `at` gives to what it makes there.
    pub(super) fn guess(&self, at: Loc, makes: Makes) -> Option<String> {
        self.read(at.file(), |lines| guess::name(lines, at.line() as usize, at.column() as usize, makes))
    }
}

/// The file, from here or from a directory above: a test runs in its package, paths start at the workspace.
fn find(file: &str) -> Option<PathBuf> {
    let path = Path::new(file);
    if path.is_absolute() {
        return path.exists().then(|| path.into());
    }
    let here = ::std::env::current_dir().ok()?;
    here.ancestors().map(|dir| dir.join(path)).find(|candidate| candidate.exists())
}
