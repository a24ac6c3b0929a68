//! Names for threads and objects, read off the source lines that made them: `let from = Mutex::new(…)`.

use crate::story::Place;
use crate::trace::{Loc, ThreadInfo, Trace};

mod guess;
mod source;

use ::std::rc::Rc;
use guess::Makes;
pub(crate) use source::Lines;
use source::Source;

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
        let mut files: Vec<&str> = trace.events.iter().map(|e| e.loc.file()).collect();
        files.sort_unstable();
        files.dedup();
        let files = files.into_iter().map(Into::into).collect();
        let (objects, threads) = (name_objects(trace, &source), name_threads(&trace.threads, &source));
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
    pub(crate) fn lines(&self, file: &str) -> Rc<Lines> {
        self.source.lines(file)
    }

    pub(crate) fn place_of(&self, file: &str, line: u32) -> Place {
        Place { file: file.into(), line, code: self.source.line(file, line).trim().into() }
    }
}

/// A place as messages name it that do not know what else is in the trace.
pub(crate) fn short(at: Loc) -> Place {
    Place { file: at.file().into(), line: at.line(), code: String::new() }
}

/// How much of a path, from its end, names a file at least: a `mod.rs` says nothing without its folder.
pub(crate) fn least_parts(parts: &[&str]) -> usize {
    if parts.len() > 1 && parts[0] == "mod.rs" { 2 } else { 1 }
}

fn name_objects(trace: &Trace, source: &Source) -> Vec<String> {
    let base = |o: &crate::trace::ObjectInfo| {
        let makes = if o.what == "channel" { Makes::Channel } else { Makes::Object };
        source.guess(o.created, makes).unwrap_or_else(|| o.what.into())
    };
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

fn name_threads(threads: &[ThreadInfo], source: &Source) -> Vec<String> {
    let names: Vec<String> = threads
        .iter()
        .enumerate()
        .map(|(number, thread)| {
            let guess = || thread.spawned.and_then(|at| source.guess(at, Makes::Thread));
            // `handle` says nothing about what the thread is for, nor does `thread` or a name of one letter.
            let telling =
                |name: &String| name.len() > 1 && !name.contains("handle") && !name.starts_with("thread");
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

/// What a thread is called, in a story and in every message.
pub(crate) fn of_thread(threads: &[ThreadInfo], number: usize) -> String {
    name_threads(threads, &Source::default()).swap_remove(number)
}

#[cfg(test)]
mod tests {
    use crate::story::Place;

    #[test]
    fn a_place_is_told_by_its_file_and_a_module_by_its_folder() {
        let told = |file: &str| Place { file: file.into(), line: 7, code: String::new() }.to_string();
        let files = ["a/tests/e302_bank.rs", "a/tests/both/mod.rs", "mod.rs"];
        assert_eq!(files.map(told), ["e302_bank.rs:7", "both/mod.rs:7", "mod.rs:7"]);
    }
}
