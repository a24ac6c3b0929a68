//! A journal of runs, one line each, so that a long measurement can be stopped and gone on with.
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// One run of one judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The exercise.
    pub exercise: String,
    /// `solution`, `wrong/<slug>`.
    pub answer: String,
    /// Which program it was.
    pub program: String,
    /// How many busy neighbours it had.
    pub neighbours: usize,
    /// Whether all layers ran, or only those on real threads.
    pub whole: bool,
    /// The verdict.
    pub verdict: String,
    /// The layer that decided.
    pub layer: String,
    /// How long it took.
    pub millis: u64,
}

/// What a line of a journal holds.
pub trait Line: Sized {
    /// As JSON, without a line end.
    fn to_json(&self) -> Value;

    /// Back from JSON; none of what is no such line.
    fn read(value: &Value) -> Option<Self>;
}

/// The journal: what is in it, and where more goes.
pub struct Journal<L = Run> {
    /// The lines so far.
    pub runs: Vec<L>,
    file: File,
}

impl<L: Line> Journal<L> {
    /// Opens the journal. A last line that was cut off by a kill is passed over.
    pub fn open(path: &Path) -> Result<Journal<L>> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = fs::read_to_string(path).unwrap_or_default();
        let runs = text.lines().filter_map(|line| L::read(&serde_json::from_str(line).ok()?)).collect();
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Journal { runs, file })
    }

    /// Writes one more line.
    pub fn add(&mut self, run: L) -> Result<()> {
        self.file.write_all(format!("{}\n", run.to_json()).as_bytes())?;
        self.runs.push(run);
        Ok(())
    }
}

impl Line for Run {
    fn to_json(&self) -> Value {
        json!({
            "exercise": self.exercise, "answer": self.answer, "program": self.program,
            "neighbours": self.neighbours, "whole": self.whole, "verdict": self.verdict, "layer": self.layer,
            "millis": self.millis,
        })
    }

    fn read(value: &Value) -> Option<Run> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        Some(Run {
            exercise: text("exercise")?,
            answer: text("answer")?,
            program: text("program")?,
            neighbours: usize::try_from(value["neighbours"].as_u64()?).ok()?,
            whole: value["whole"].as_bool()?,
            verdict: text("verdict")?,
            layer: text("layer")?,
            millis: value["millis"].as_u64()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_off_is_lost_alone() {
        let path = std::env::temp_dir().join(format!("xtask-journal-{}", std::process::id()));
        let run = |neighbours| Run {
            exercise: "e1".into(),
            answer: "solution".into(),
            program: "00".into(),
            neighbours,
            whole: true,
            verdict: "pass".into(),
            layer: String::new(),
            millis: 7,
        };
        let whole = format!("{}\n", run(1).to_json());
        fs::write(&path, format!("{whole}{}", &whole[..20])).unwrap();
        let mut journal = Journal::<Run>::open(&path).unwrap();
        assert_eq!(journal.runs, [run(1)]);
        journal.add(run(2)).unwrap();
        drop(journal);
        assert_eq!(Journal::<Run>::open(&path).unwrap().runs, [run(1), run(2)]);
        fs::remove_file(&path).unwrap();
    }
}
