//! The lines of the source files that a trace is about.

use super::guess::{self, Makes};
use crate::trace::Loc;
use ::std::cell::RefCell;
use ::std::collections::HashMap;
use ::std::ops::Range;
use ::std::path::{Path, PathBuf};
use ::std::rc::Rc;

/// The lines of a file: where each begins and ends in its text.
#[derive(Default)]
pub(crate) struct Lines {
    text: String,
    spans: Vec<Range<usize>>,
}

impl Lines {
    pub(crate) fn of(text: String) -> Self {
        let start = text.as_ptr().addr();
        let span = |line: &str| {
            let from = line.as_ptr().addr() - start;
            from..from + line.len()
        };
        let spans = text.lines().map(span).collect();
        Lines { text, spans }
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A line, counted from 0.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        self.spans.get(index).map(|span| &self.text[span.clone()])
    }

    /// Those of these lines that there are.
    pub(crate) fn within(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = &str> {
        let range = range.start.min(self.len())..range.end.min(self.len());
        self.spans[range].iter().map(|span| &self.text[span.clone()])
    }
}

/// The source files, read once each.
#[derive(Default)]
pub(super) struct Source(RefCell<HashMap<String, Rc<Lines>>>);

impl Source {
    /// A line, counted from 1; empty when it cannot be read.
    pub(super) fn line(&self, file: &str, line: u32) -> String {
        let index = (line as usize).checked_sub(1);
        index.and_then(|i| self.lines(file).get(i).map(Into::into)).unwrap_or_default()
    }

    /// All lines of a file; none when it cannot be read.
    pub(super) fn lines(&self, file: &str) -> Rc<Lines> {
        if let Some(known) = self.0.borrow().get(file) {
            return known.clone();
        }
        let text = find(file).and_then(|path| ::std::fs::read_to_string(path).ok());
        let lines = Rc::new(Lines::of(text.unwrap_or_default()));
        self.0.borrow_mut().insert(file.into(), lines.clone());
        lines
    }

    /// The name that the code at `at` gives to what it makes there.
    pub(super) fn guess(&self, at: Loc, makes: Makes) -> Option<String> {
        guess::name(&self.lines(at.file()), at.line() as usize, at.column() as usize, makes)
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
