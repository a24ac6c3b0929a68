//! Reports: all of them are views of the class and the journal, and of nothing else.
pub mod csv;
pub mod gradescope;
pub mod json;
pub mod junit;
pub mod pages;
pub mod similar;

use crate::bundle::Task;
use crate::config::Config;
use crate::intake::{Class, Handed, Student};
use crate::journal::Record;
use crate::outcome::{Outcome, Verdict};
use crate::plan;
use crate::score::{Points, Score, score};
use crate::setup::Setup;
use anyhow::Result;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use xtask::files;

/// The class with its outcomes and points.
#[derive(Debug)]
pub struct Book<'a> {
    /// The heading.
    pub title: String,
    /// The settings.
    pub config: &'a Config,
    /// The exercises.
    pub tasks: &'a [Task],
    /// The students, by id.
    pub rows: Vec<Row<'a>>,
    /// What belongs to no student.
    pub notes: &'a [String],
}

/// One student.
#[derive(Debug)]
pub struct Row<'a> {
    /// Who.
    pub student: &'a Student,
    /// One for each exercise, in order.
    pub cells: Vec<Cell<'a>>,
}

/// One student's answer to one exercise.
#[derive(Debug)]
pub struct Cell<'a> {
    /// The exercise.
    pub task: &'a Task,
    /// The answer's content, by hash, if there is one.
    pub sha: Option<&'a str>,
    /// What it came to; none if it was not graded yet.
    pub outcome: Option<Cow<'a, Outcome>>,
    /// Whether nothing was handed in.
    pub missing: bool,
    /// Its points.
    pub score: Score,
}

impl<'a> Book<'a> {
    /// Puts together what was handed in and what it came to.
    pub fn new(setup: &'a Setup, class: &'a Class, records: &'a BTreeMap<String, Record>) -> Book<'a> {
        let rows = class
            .students
            .iter()
            .map(|student| Row {
                student,
                cells: setup.bundle.tasks.iter().map(|task| cell(setup, student, task, records)).collect(),
            })
            .collect();
        Book {
            title: setup.config.title.clone().unwrap_or_else(|| "Grades".to_owned()),
            config: &setup.config,
            tasks: &setup.bundle.tasks,
            rows,
            notes: &class.notes,
        }
    }
}

impl Row<'_> {
    /// The sum; none while a part of it is missing.
    pub fn total(&self) -> Option<Points> {
        self.cells.iter().map(|cell| cell.score.points).sum()
    }

    /// The most there is.
    pub fn most(&self) -> Points {
        Points(self.cells.iter().map(|cell| cell.score.most.0).sum())
    }

    /// The student's name, or the id where there is none.
    pub fn name(&self) -> &str {
        if self.student.name.is_empty() { &self.student.id } else { &self.student.name }
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Points>>(points: I) -> Points {
        Points(points.map(|points| points.0).sum())
    }
}

impl Cell<'_> {
    /// A word for how it fared.
    pub fn word(&self) -> &'static str {
        match &self.outcome {
            _ if self.missing => "missing",
            None => "not graded",
            Some(outcome) => outcome.verdict.as_str(),
        }
    }

    /// The verdict, if it was graded.
    pub fn verdict(&self) -> Option<Verdict> {
        if self.missing { None } else { self.outcome.as_ref().map(|outcome| outcome.verdict) }
    }
}

fn cell<'a>(
    setup: &'a Setup,
    student: &'a Student,
    task: &'a Task,
    records: &'a BTreeMap<String, Record>,
) -> Cell<'a> {
    let handed = student.answers.get(&task.id).unwrap_or(&Handed::Missing);
    let (sha, outcome, missing) = match handed {
        Handed::Missing => {
            let outcome =
                Outcome::new(Verdict::Rejected, "intake", "Nothing was handed in for this exercise.");
            (None, Some(Cow::Owned(outcome)), true)
        }
        Handed::Refused(why) => {
            let outcome =
                Outcome::new(Verdict::Rejected, "intake", format!("What was handed in is no answer: {why}."));
            (None, Some(Cow::Owned(outcome)), false)
        }
        Handed::Answer { sha, .. } => {
            let key = plan::key(task, &setup.hidden, setup.repeat(), setup.sandbox.backend, sha);
            (Some(sha.as_str()), records.get(&key).map(|record| Cow::Borrowed(&record.outcome)), false)
        }
    };
    let mut score = score(&setup.config, task, student, outcome.as_deref());
    if outcome.is_none() {
        score.points = None;
    }
    Cell { task, sha, outcome, missing, score }
}

/// Writes every report; says where they are.
pub fn write(setup: &Setup, out: &Path, class: &Class, records: &BTreeMap<String, Record>) -> Result<String> {
    let book = Book::new(setup, class, records);
    // Pages and results of students who are gone would be taken for current ones.
    for folder in ["results", "feedback", "staff", "gradescope"] {
        match fs::remove_dir_all(out.join(folder)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let mut written = Vec::new();
    let mut put = |name: String, text: String| {
        written.push((name, text));
    };
    put("gradebook.csv".to_owned(), csv::gradebook(&book)?);
    put("junit.xml".to_owned(), junit::report(&book)?);
    put("result.schema.json".to_owned(), json::SCHEMA.to_owned());
    put("staff/index.html".to_owned(), pages::class(&book, &similar::groups(&book, out)));
    for row in &book.rows {
        let id = &row.student.id;
        put(format!("staff/{id}.html"), pages::student(&book, row, out, pages::View::Staff));
        put(format!("feedback/{id}.html"), pages::student(&book, row, out, pages::View::Student));
        put(format!("gradescope/{id}.json"), format!("{:#}\n", gradescope::results(row)));
        for cell in &row.cells {
            put(format!("results/{id}/{}.json", cell.task.id), format!("{:#}\n", json::result(row, cell)));
        }
    }
    for (name, text) in &written {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // All of it can be written again from the journal; only what people open first is synced.
        if name.contains('/') { fs::write(&path, text)? } else { files::replace(&path, text)? }
    }
    let out = out.display();
    Ok(format!(
        "{out} written: gradebook.csv, staff/index.html, feedback/, results/, gradescope/, junit.xml\nnow open {out}/staff/index.html"
    ))
}
