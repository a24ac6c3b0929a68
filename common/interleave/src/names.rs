//! Names for threads and objects, read off the source lines that made them: `let from = Mutex::new(…)`.

use crate::story::Place;
use crate::trace::{Loc, Trace};
use ::std::cell::RefCell;
use ::std::collections::HashMap;
use ::std::path::{Path, PathBuf};

/// What everything in a trace is called.
pub(crate) struct Names {
    objects: Vec<String>,
    threads: Vec<String>,
    /// Every file of the trace.
    files: Vec<String>,
    source: Source,
}

impl Names {
    pub(crate) fn new(trace: &Trace) -> Self {
        let source = Source::default();
        let mut files: Vec<String> = trace.events.iter().map(|e| e.loc.file().into()).collect();
        files.sort_unstable();
        files.dedup();
        let (objects, threads) = (name_objects(trace, &source), name_threads(trace, &source));
        Names { objects, threads, files, source }
    }

    pub(crate) fn object(&self, object: u32) -> &str {
        self.objects.get(object as usize).map_or("?", String::as_str)
    }

    pub(crate) fn thread(&self, thread: usize) -> &str {
        self.threads.get(thread).map_or("?", String::as_str)
    }

    pub(crate) fn threads(&self) -> &[String] {
        &self.threads
    }

    /// A place as sentences name it: `e104_visits.rs:31`, with as much of the path as tells it from others.
    pub(crate) fn at(&self, at: Loc) -> String {
        self.at_line(at.file(), at.line())
    }

    pub(crate) fn at_line(&self, file: &str, line: u32) -> String {
        let parts: Vec<&str> = file.rsplit('/').collect();
        let same_end = |n: usize| {
            let twin = |other: &&String| {
                other.as_str() != file && other.rsplit('/').take(n).eq(parts[..n].iter().copied())
            };
            self.files.iter().any(|other| twin(&other))
        };
        let enough = (least_parts(&parts)..parts.len()).find(|n| !same_end(*n)).unwrap_or(parts.len());
        let end: Vec<&str> = parts[..enough].iter().rev().copied().collect();
        format!("{}:{line}", end.join("/"))
    }

    pub(crate) fn place(&self, at: Loc) -> Place {
        self.place_of(at.file(), at.line())
    }

    /// All lines of a file; none when it cannot be read.
    pub(crate) fn lines(&self, file: &str) -> Vec<String> {
        self.source.lines(file)
    }

    pub(crate) fn place_of(&self, file: &str, line: u32) -> Place {
        Place { file: file.into(), line, code: self.source.line(file, line).trim().into() }
    }
}

/// How much of a path, from its end, names a file at least: a `mod.rs` says nothing without its folder.
pub(crate) fn least_parts(parts: &[&str]) -> usize {
    if parts.len() > 1 && parts[0] == "mod.rs" { 2 } else { 1 }
}

fn name_objects(trace: &Trace, source: &Source) -> Vec<String> {
    let base = |o: &crate::trace::ObjectInfo| source.guess(o.created).unwrap_or_else(|| o.what.into());
    let names: Vec<String> = trace
        .objects
        .iter()
        .map(|o| {
            // Several made on one line are probably a Vec: their order in memory is their index.
            let kin = || trace.objects.iter().filter(|p| ::std::ptr::eq(p.created, o.created));
            if kin().count() > 1 {
                format!("{}[{}]", base(o), kin().filter(|p| p.address < o.address).count())
            } else {
                base(o)
            }
        })
        .collect();
    // One name for two things: tell them apart by kind, or else by line.
    (0..names.len())
        .map(|i| {
            let me = &trace.objects[i];
            let mut twins = (0..names.len()).filter(|j| *j != i && names[*j] == names[i]).peekable();
            if twins.peek().is_none() {
                names[i].clone()
            } else if twins.all(|j| trace.objects[j].what != me.what) {
                format!("{} ({})", names[i], me.what)
            } else {
                format!("{}:{}", names[i], me.created.line())
            }
        })
        .collect()
}

fn name_threads(trace: &Trace, source: &Source) -> Vec<String> {
    let names: Vec<String> = trace
        .threads
        .iter()
        .enumerate()
        .map(|(number, thread)| {
            let guess = || thread.spawned.and_then(|at| source.guess(at));
            // `handle` says nothing about what the thread is for, nor does a name of one letter.
            let telling = |name: &String| name.len() > 1 && !name.contains("handle");
            match &thread.name {
                Some(name) => name.clone(),
                None if number == 0 => "main".into(),
                None => guess().filter(telling).unwrap_or_else(|| format!("T{number}")),
            }
        })
        .collect();
    (0..names.len())
        .map(|i| {
            let twin = (0..names.len()).any(|j| j != i && names[j] == names[i]);
            if twin { format!("{}#{i}", names[i]) } else { names[i].clone() }
        })
        .collect()
}

/// The source files, read once each.
#[derive(Default)]
struct Source(RefCell<HashMap<String, Vec<String>>>);

impl Source {
    /// A line, counted from 1; empty when it cannot be read.
    fn line(&self, file: &str, line: u32) -> String {
        let index = (line as usize).checked_sub(1);
        self.read(file, |lines| index.and_then(|i| lines.get(i)).cloned().unwrap_or_default())
    }

    fn lines(&self, file: &str) -> Vec<String> {
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

    /// The name that the code at `at` gives to what it makes.
    fn guess(&self, at: Loc) -> Option<String> {
        let mut text: String =
            self.line(at.file(), at.line()).chars().take(at.column().saturating_sub(1) as usize).collect();
        // The statement may have begun on a line above.
        for above in (1..at.line()).rev().take(LINES_OF_A_STATEMENT) {
            if let Some(name) = name_in(&text) {
                return Some(name);
            }
            let line = self.line(at.file(), above);
            if line.trim_end().ends_with([';', '}']) {
                return None;
            }
            text = format!("{} {}", line.trim_end(), text.trim_start());
        }
        None
    }
}

/// How far up a statement is followed.
const LINES_OF_A_STATEMENT: usize = 6;

/// The name in the text before an expression: of a field, a static, or a binding.
fn name_in(head: &str) -> Option<String> {
    let statement = head.rsplit(';').next().unwrap_or_default();
    // `field: Mutex::new(` wins over the `let` around it.
    if let Some((before, after)) = statement.rsplit_once(':')
        && !before.ends_with(':')
        && !after.contains('=')
        && after.chars().all(|c| c.is_alphanumeric() || " _<>(".contains(c))
    {
        let name: String = before.trim_end().chars().rev().take_while(is_word).collect();
        if !name.is_empty() {
            return Some(name.chars().rev().collect());
        }
    }
    ["static ", "let mut ", "let "]
        .into_iter()
        .find_map(|keyword| {
            let start = statement.rfind(keyword)? + keyword.len();
            let pattern = statement[start..].trim_start();
            if let Some(tuple) = pattern.strip_prefix('(') {
                return name_in_tuple(tuple);
            }
            let name: String = pattern.chars().take_while(is_word).collect();
            (!name.is_empty()).then_some(name)
        })
        .or_else(|| name_of_field(statement))
}

/// The name in `Bank { accounts: balances.iter().map(|b| `: of the field being filled, however.
fn name_of_field(statement: &str) -> Option<String> {
    statement.rmatch_indices(": ").find_map(|(colon, _)| {
        let before = &statement[..colon];
        let start = before.rfind(|c: char| !is_word(&c)).map_or(0, |i| i + 1);
        let name = &before[start..];
        let opens = before[..start].trim_end().chars().last().is_none_or(|c| "{,".contains(c));
        (opens && name.starts_with(|c: char| c.is_lowercase())).then(|| name.into())
    })
}

/// The name in `a, b) = (first, ` that the expression to come is bound to: as many commas in.
fn name_in_tuple(text: &str) -> Option<String> {
    let (names, values) = text.split_once(')')?;
    let values = values.trim_start().strip_prefix('=')?.trim_start().strip_prefix('(')?;
    let mut depth = 0;
    let mut position = 0;
    for c in values.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => position += 1,
            _ => {}
        }
    }
    let name = names.split(',').nth(position)?.trim().trim_start_matches("mut ");
    (!name.is_empty() && name.chars().all(|c| is_word(&c))).then(|| name.into())
}

fn is_word(c: &char) -> bool {
    c.is_alphanumeric() || *c == '_'
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

#[cfg(test)]
mod tests {
    use super::name_in;
    use crate::story::Place;

    #[test]
    fn a_place_is_told_by_its_file_and_a_module_by_its_folder() {
        let told = |file: &str| Place { file: file.into(), line: 7, code: String::new() }.to_string();
        let files = ["a/tests/e302_bank.rs", "a/tests/both/mod.rs", "mod.rs"];
        assert_eq!(files.map(told), ["e302_bank.rs:7", "both/mod.rs:7", "mod.rs:7"]);
    }

    #[test]
    fn names_come_from_the_text_before() {
        let cases = [
            ("    let count = Arc::new(", Some("count")),
            ("    let mut total = ", Some("total")),
            ("    let (sender, receiver) = ", None),
            ("    let (from, to) = (Arc::new(", Some("from")),
            ("    let (from, mut to) = (Arc::new(Mutex::new((1, 2))), Arc::new(", Some("to")),
            ("static VISITS: Mutex<u64> = ", Some("VISITS")),
            ("            balance: ", Some("balance")),
            ("    let bank = Bank { vault: ", Some("vault")),
            ("    let a = f(); let b = ", Some("b")),
            ("        s.spawn(|| std::", None),
            ("    counters.push(", None),
            ("    Bank { accounts: balances.iter().map(|b| ", Some("accounts")),
            ("    accounts: (0..n).map(|_| ", Some("accounts")),
            ("    let forks: Vec<_> = (0..n).map(|_| ", Some("forks")),
            ("    let f = |a: u8| ", Some("f")),
        ];
        for (head, name) in cases {
            assert_eq!(name_in(head).as_deref(), name, "{head}");
        }
    }
}
