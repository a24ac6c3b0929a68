//! What was graded so far: a file that only grows, one line a judgement, on the disk before anybody is told.
//!
//! The grader may end at any moment. A line that is not whole, the last one at most, was never told to anybody and is
//! dropped; everything else is kept, and what is in it is never judged again.
use crate::outcome::{Outcome, Verdict};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use xtask::files;

/// One judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it depends on: the answer, the judge, the compiler, the box, by content.
    pub key: String,
    /// The exercise.
    pub exercise: String,
    /// The answer's content, by hash.
    pub sha: String,
    /// What it came to.
    pub outcome: Outcome,
}

/// A journal that is open for writing; nobody else can write to it meanwhile.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    records: BTreeMap<String, Record>,
    /// Bytes of a line that was not whole.
    pub dropped: usize,
    _lock: File,
}

impl Journal {
    /// Opens the journal at `path`, or begins it.
    ///
    /// # Errors
    /// Another grader has it, or a line in its middle cannot be read.
    pub fn open(path: &Path) -> Result<Journal> {
        let Some(lock) = files::try_lock(&path.with_extension("lock"))? else {
            bail!(
                "{} is being written by another grader; wait for it, or name another --out",
                path.display()
            );
        };
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let dropped = text.len() - whole;
        let records = by_key(parse(&text[..whole], path)?);
        if dropped > 0 {
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::Start(whole as u64))?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Journal { file, path: path.to_owned(), records, dropped, _lock: lock })
    }

    /// What the journal at `path` holds, for those who only read. A missing one is empty.
    ///
    /// # Errors
    /// A line in its middle cannot be read.
    pub fn read(path: &Path) -> Result<BTreeMap<String, Record>> {
        Ok(by_key(Journal::read_in_order(path)?))
    }

    /// The same in the order in which it was written, with all that came before something else took its place.
    ///
    /// # Errors
    /// As [`Journal::read`].
    pub fn read_in_order(path: &Path) -> Result<Vec<Record>> {
        let text = match fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        parse(&text[..whole], path)
    }

    /// Adds a judgement and waits until it is on the disk.
    pub fn add(&mut self, record: Record) -> Result<()> {
        let mut line = serde_json::to_vec(&record)?;
        line.push(b'\n');
        // Whoever interrupts the program waits until the line is whole.
        let _writing = files::nobody_writes();
        self.file.write_all(&line).with_context(|| format!("cannot write {}", self.path.display()))?;
        self.file.sync_data().with_context(|| format!("cannot write {}", self.path.display()))?;
        self.records.insert(record.key.clone(), record);
        Ok(())
    }

    /// The judgement with this key, unless it is none: what could not be graded is tried again.
    pub fn find(&self, key: &str) -> Option<&Record> {
        self.records.get(key).filter(|record| record.outcome.verdict != Verdict::GraderError)
    }

    /// All that was graded, by key; of several with one key the last.
    pub fn records(&self) -> &BTreeMap<String, Record> {
        &self.records
    }
}

/// Of several with one key the last.
fn by_key(records: Vec<Record>) -> BTreeMap<String, Record> {
    records.into_iter().map(|record| (record.key.clone(), record)).collect()
}

fn parse(text: &[u8], path: &Path) -> Result<Vec<Record>> {
    let mut records = Vec::new();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let record: Record = serde_json::from_slice(line).with_context(|| {
            format!("{}:{}: is no judgement; restore the file, or move it away", path.display(), number + 1)
        })?;
        records.push(record);
    }
    Ok(records)
}

/// What two journals say together.
#[derive(Debug, Default)]
pub struct Merged {
    /// By key.
    pub records: BTreeMap<String, Record>,
    /// Keys of which they say different things.
    pub conflicts: Vec<String>,
}

/// Puts journals together. The result depends neither on their order nor on how often each comes.
pub fn merge(journals: impl IntoIterator<Item = BTreeMap<String, Record>>) -> Merged {
    let mut merged = Merged::default();
    for journal in journals {
        for (key, record) in journal {
            match merged.records.get(&key) {
                None => {
                    merged.records.insert(key, record);
                }
                Some(known) if rank(known) >= rank(&record) => {
                    note_conflict(&mut merged.conflicts, known, &record);
                }
                Some(known) => {
                    note_conflict(&mut merged.conflicts, known, &record);
                    merged.records.insert(key, record);
                }
            }
        }
    }
    merged.conflicts.sort();
    merged.conflicts.dedup();
    merged
}

fn note_conflict(conflicts: &mut Vec<String>, one: &Record, other: &Record) {
    let judged = |record: &Record| record.outcome.verdict != Verdict::GraderError;
    if judged(one) && judged(other) && one.outcome.verdict != other.outcome.verdict {
        conflicts.push(one.key.clone());
    }
}

/// Which of two judgements with one key is kept: any rather than none, and then the same whatever came first.
fn rank(record: &Record) -> (bool, String) {
    let mut timeless = record.outcome.clone();
    timeless.wall_ms = 0;
    let text = serde_json::to_string(&timeless).unwrap_or_default();
    (record.outcome.verdict != Verdict::GraderError, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: &str, verdict: Verdict) -> Record {
        let outcome = Outcome::new(verdict, "", "s");
        Record { key: key.into(), exercise: "e1".into(), sha: "aa".into(), outcome }
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("grade-journal-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn cut_anywhere_it_keeps_every_whole_line_and_goes_on() {
        let folder = folder("cut");
        let path = folder.join("journal.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        for key in ["a", "b", "c"] {
            journal.add(record(key, Verdict::Pass)).unwrap();
        }
        drop(journal);
        let whole = fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
            let mut journal = Journal::open(&path).unwrap();
            assert_eq!(journal.records().len(), lines, "cut at {cut}");
            journal.add(record("d", Verdict::Fail)).unwrap();
            drop(journal);
            assert_eq!(Journal::read(&path).unwrap().len(), lines + 1, "cut at {cut}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn two_graders_do_not_share_a_journal() {
        let folder = folder("lock");
        let path = folder.join("journal.jsonl");
        let first = Journal::open(&path).unwrap();
        let error = Journal::open(&path).unwrap_err().to_string();
        assert!(error.contains("another grader"), "{error}");
        drop(first);
        Journal::open(&path).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_could_not_be_graded_is_tried_again() {
        let folder = folder("again");
        let mut journal = Journal::open(&folder.join("journal.jsonl")).unwrap();
        journal.add(record("a", Verdict::GraderError)).unwrap();
        assert!(journal.find("a").is_none());
        journal.add(record("a", Verdict::Pass)).unwrap();
        assert!(journal.find("a").is_some());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn merging_is_idempotent_and_does_not_mind_the_order() {
        let journal = |items: &[(&str, Verdict)]| -> BTreeMap<String, Record> {
            items.iter().map(|(key, verdict)| ((*key).to_owned(), record(key, *verdict))).collect()
        };
        let one = journal(&[("a", Verdict::Pass), ("b", Verdict::GraderError)]);
        let two = journal(&[("b", Verdict::Fail), ("c", Verdict::Pass)]);
        let odd = journal(&[("a", Verdict::Fail)]);
        let all = |list: Vec<&BTreeMap<String, Record>>| merge(list.into_iter().cloned());
        let merged = all(vec![&one, &two]);
        assert_eq!(merged.records.len(), 3);
        assert_eq!(merged.records["b"].outcome.verdict, Verdict::Fail);
        assert!(merged.conflicts.is_empty());
        for other in [all(vec![&two, &one]), all(vec![&one, &two, &one, &two])] {
            assert_eq!(other.records, merged.records);
        }
        let (there, back) = (all(vec![&one, &odd]), all(vec![&odd, &one]));
        assert_eq!((&there.conflicts, &there.records), (&vec!["a".to_owned()], &back.records));
        assert_eq!(back.conflicts, there.conflicts);
    }
}
