//! The course as its `lesson.toml` files tell it.
use crate::toml_table::{Problem, Reader};
use crate::workspace::Workspace;
use crate::{files, starter};
use anyhow::{Context, Result};
use judge::Verdict;
use std::fs;
use std::path::{Path, PathBuf};

/// All lessons in order.
#[derive(Debug, Default)]
pub struct Course {
    /// The lessons that could be read.
    pub lessons: Vec<Lesson>,
    /// Why others could not; they hinder nobody else.
    pub broken: Vec<String>,
}

/// One lesson.
#[derive(Debug)]
pub struct Lesson {
    /// Its folder.
    pub folder: PathBuf,
    /// 1, 2, …
    pub number: usize,
    /// Its package.
    pub name: String,
    /// For people.
    pub title: String,
    /// Demos and exercises in the learner's order.
    pub steps: Vec<Step>,
}

/// One step of a lesson.
#[derive(Debug)]
pub enum Step {
    /// Something to run.
    Demo(Demo),
    /// Something to write.
    Exercise(Box<Exercise>),
}

/// A program to run and to read.
#[derive(Debug)]
pub struct Demo {
    /// `d106_visits_race`
    pub id: String,
    /// For people.
    pub title: String,
    /// How long it takes.
    pub minutes: usize,
}

/// What a learner of an exercise mainly does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Say what will happen, then run it.
    Predict,
    /// Choose the schedule that fails.
    Break,
    /// Repair a program that is wrong.
    Fix,
    /// Write it.
    Build,
    /// Make it faster.
    Speed,
}

/// A file to edit.
#[derive(Debug)]
pub struct Exercise {
    /// `e104_visits`
    pub id: String,
    /// For people.
    pub title: String,
    /// What it is mainly about.
    pub kind: Kind,
    /// How long it takes.
    pub minutes: usize,
    /// What it is worth.
    pub points: usize,
    /// The heading of the chapter to read before.
    pub section: String,
    /// What is believed wrongly without it.
    pub misconception: String,
    /// After how many seconds a run is a hang.
    pub limit_s: u64,
    /// The verdict of the untouched starter, if it is not `not-started`: a program to repair runs, and fails.
    pub starter: Option<Verdict>,
    /// From a gentle nudge to almost the answer.
    pub hints: Vec<String>,
    /// What helps after a certain verdict.
    pub hint_for: Vec<(Verdict, String)>,
    /// Questions, most to be answered before running anything.
    pub quiz: Vec<Question>,
    /// Wrong answers and what must be said of them.
    pub wrong: Vec<Wrong>,
}

/// A question with choices.
#[derive(Debug)]
pub struct Question {
    /// The question.
    pub question: String,
    /// What there is to choose from.
    pub choices: Vec<String>,
    /// Which choice is right, counted from 1.
    pub answer: usize,
    /// Why.
    pub why: String,
    /// The demo that shows it.
    pub program: Option<String>,
}

/// A plausible wrong answer.
#[derive(Debug)]
pub struct Wrong {
    /// The stem of its file.
    pub slug: String,
    /// What the judge must say.
    pub verdict: Verdict,
    /// The layer that must find it, if only one will do.
    pub layer: Option<String>,
}

impl Course {
    /// Reads every `lessons/*/lesson.toml`. One that cannot be read is set aside with the reason.
    pub fn load(workspace: &Workspace) -> Result<Course> {
        let mut course = Course::default();
        let lessons = workspace.root.join("lessons");
        let entries = fs::read_dir(&lessons).with_context(|| format!("cannot read {}", lessons.display()))?;
        for entry in entries {
            let folder = entry?.path();
            if !folder.is_dir() {
                continue;
            }
            let Some(text) = files::read_if_there(&folder.join("lesson.toml")).transpose() else { continue };
            let file = format!("{}/lesson.toml", workspace.short(&folder));
            match text.map_err(|e| format!("{e:#}")).and_then(|text| lesson(&file, &folder, &text)) {
                Ok(lesson) => course.lessons.push(lesson),
                Err(problem) => course.broken.push(problem),
            }
        }
        course.lessons.sort_by_key(|lesson| lesson.number);
        course.broken.sort();
        Ok(course)
    }

    /// Like [`Course::load`], for commands of learners: what could not be read is said once, on standard error.
    pub fn load_and_warn(workspace: &Workspace) -> Result<Course> {
        let course = Course::load(workspace)?;
        for problem in &course.broken {
            eprintln!("warning: this lesson is left out: {problem}");
        }
        Ok(course)
    }

    /// Every exercise with its lesson, in order.
    pub fn exercises(&self) -> impl Iterator<Item = (&Lesson, &Exercise)> {
        self.lessons.iter().flat_map(|lesson| lesson.exercises().map(move |exercise| (lesson, exercise)))
    }

    /// Every demo with its lesson, in order.
    pub fn demos(&self) -> impl Iterator<Item = (&Lesson, &Demo)> {
        self.lessons.iter().flat_map(|lesson| lesson.demos().map(move |demo| (lesson, demo)))
    }
}

impl Lesson {
    /// Its exercises in order.
    pub fn exercises(&self) -> impl Iterator<Item = &Exercise> {
        self.steps
            .iter()
            .filter_map(|step| if let Step::Exercise(exercise) = step { Some(&**exercise) } else { None })
    }

    /// Its demos in order.
    pub fn demos(&self) -> impl Iterator<Item = &Demo> {
        self.steps.iter().filter_map(|step| if let Step::Demo(demo) = step { Some(demo) } else { None })
    }

    /// The file a learner edits.
    pub fn answer(&self, exercise: &str) -> PathBuf {
        self.folder.join("exercises").join(format!("{exercise}.rs"))
    }

    /// The answer key. A class's copy of the course has none.
    pub fn solution(&self, exercise: &str) -> PathBuf {
        self.folder.join("solutions").join(format!("{exercise}.rs"))
    }

    /// A wrong answer.
    pub fn wrong(&self, exercise: &str, slug: &str) -> PathBuf {
        self.folder.join("wrong").join(exercise).join(format!("{slug}.rs"))
    }

    /// What judges an exercise.
    pub fn judge(&self, exercise: &str) -> PathBuf {
        self.folder.join("tests").join(format!("{exercise}.rs"))
    }

    /// The text of an untouched exercise: cut from the solution, or the copy that a course without solutions has.
    pub fn starter(&self, exercise: &str) -> Result<Option<String>> {
        let path = self.solution(exercise);
        match files::read_if_there(&path)? {
            Some(text) => starter::cut(&text).map(Some).with_context(|| path.display().to_string()),
            None => files::read_if_there(&self.folder.join("starters").join(format!("{exercise}.rs"))),
        }
    }
}

impl Step {
    /// `d106_visits_race`, `e104_visits`
    pub fn id(&self) -> &str {
        match self {
            Step::Demo(demo) => &demo.id,
            Step::Exercise(exercise) => &exercise.id,
        }
    }
}

impl Kind {
    /// What to do, in a word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Predict => "predict",
            Kind::Break => "break",
            Kind::Fix => "fix",
            Kind::Build => "build",
            Kind::Speed => "speed",
        }
    }
}

impl Exercise {
    /// The hint that belongs to a verdict.
    pub fn hint_for(&self, verdict: Verdict) -> Option<&str> {
        self.hint_for.iter().find(|(of, _)| *of == verdict).map(|(_, hint)| hint.as_str())
    }

    /// What a learner types for it: `104`.
    pub fn number(&self) -> &str {
        number(&self.id)
    }
}

/// The digits of an id: `104` of `e104_visits`.
pub fn number(id: &str) -> &str {
    let digits = id.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    &digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())]
}

/// Reads one lesson; an error names the file, the place, the key and what to do.
fn lesson(file: &str, folder: &Path, text: &str) -> Result<Lesson, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        format!("{file}:{line}: {}", error.message().trim())
    })?;
    read_lesson(folder, &Reader::new(&table, "")).map_err(|problem| format!("{file}: {problem}"))
}

fn read_lesson(folder: &Path, top: &Reader) -> Result<Lesson, Problem> {
    let mut steps: Vec<Step> = Vec::new();
    for table in top.tables("demo")? {
        steps.push(Step::Demo(demo(&table.named("[[demo]]", "id"))?));
    }
    for table in top.tables("exercise")? {
        steps.push(Step::Exercise(Box::new(exercise(&table.named("[[exercise]]", "id"))?)));
    }
    let order = top.strings("order")?;
    let mut in_order = Vec::with_capacity(steps.len());
    for id in &order {
        let Some(index) = steps.iter().position(|step| step.id() == id) else {
            return Err(top.problem(
                "order",
                format!(
                    "`{id}` is no [[demo]] or [[exercise]], or stands twice: give it one, or take it out"
                ),
            ));
        };
        in_order.push(steps.remove(index));
    }
    if let Some(left) = steps.first() {
        return Err(top.problem(
            "order",
            format!("`{}` is missing: put it where the learner should meet it", left.id()),
        ));
    }
    let lesson = Lesson {
        folder: folder.to_owned(),
        number: top.number("number")?,
        name: top.string("name")?,
        title: top.string("title")?,
        steps: in_order,
    };
    top.nothing_else()?;
    Ok(lesson)
}

fn demo(table: &Reader) -> Result<Demo, Problem> {
    let demo = Demo {
        id: id(table, &["d", "p"])?,
        title: table.string("title")?,
        minutes: table.number("minutes")?,
    };
    table.ignore("topics");
    table.nothing_else()?;
    Ok(demo)
}

fn exercise(table: &Reader) -> Result<Exercise, Problem> {
    let kinds = [Kind::Predict, Kind::Break, Kind::Fix, Kind::Build, Kind::Speed];
    let kind = table.string("kind")?;
    let Some(kind) = kinds.into_iter().find(|known| known.word() == kind) else {
        let known: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        return Err(table.problem("kind", format!("`{kind}` is none of {}", known.join(", "))));
    };
    let mut hint_for = Vec::new();
    if let Some(by_verdict) = table.table("hint_for")? {
        for verdict in by_verdict.keys() {
            hint_for.push((by_verdict.verdict_named(verdict, "hint_for")?, by_verdict.string(verdict)?));
        }
    }
    let quiz = table
        .tables("quiz")?
        .into_iter()
        .map(|t| question(&t.inside(table, "quiz")))
        .collect::<Result<_, _>>()?;
    let wrong = table
        .tables("wrong")?
        .into_iter()
        .map(|t| wrong_answer(&t.inside(table, "wrong").named("wrong", "slug")))
        .collect::<Result<_, _>>()?;
    let exercise = Exercise {
        id: id(table, &["e"])?,
        title: table.string("title")?,
        kind,
        minutes: table.number("minutes")?,
        points: table.number("points")?,
        section: table.string("section")?,
        misconception: table.string("misconception")?,
        limit_s: table.optional_number("limit_s")?.unwrap_or(20) as u64,
        starter: table.optional_verdict("starter")?,
        hints: table.strings("hints")?,
        hint_for,
        quiz,
        wrong,
    };
    table.ignore("topics");
    table.nothing_else()?;
    Ok(exercise)
}

fn question(table: &Reader) -> Result<Question, Problem> {
    let question = Question {
        question: table.string("question")?,
        choices: table.strings("choices")?,
        answer: table.number("answer")?,
        why: table.string("why")?,
        program: table.optional_string("program")?,
    };
    if !(1..=question.choices.len()).contains(&question.answer) {
        let last = question.choices.len();
        return Err(table.problem("answer", format!("{} is none of 1 to {last}", question.answer)));
    }
    table.nothing_else()?;
    Ok(question)
}

fn wrong_answer(table: &Reader) -> Result<Wrong, Problem> {
    let wrong = Wrong {
        slug: table.string("slug")?,
        verdict: table
            .optional_verdict("verdict")?
            .ok_or_else(|| table.problem("verdict", "is missing: which one must this answer get?"))?,
        layer: table.optional_string("layer")?,
    };
    // The reason is for the person who reads the manifest; that there is one is worth insisting on.
    table.string("why")?;
    table.nothing_else()?;
    Ok(wrong)
}

/// An id becomes part of paths and commands, so it is held to a form.
fn id(table: &Reader, letters: &[&str]) -> Result<String, Problem> {
    let id = table.string("id")?;
    let form =
        letters.iter().find_map(|letter| id.strip_prefix(letter)).and_then(|rest| rest.split_once('_'));
    let good = form.is_some_and(|(digits, name)| {
        digits.len() == 3
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    });
    if good {
        Ok(id)
    } else {
        Err(table.problem("id", format!("`{id}`: write `{}104_some_name`", letters[0])))
    }
}

#[cfg(test)]
#[path = "lessons_tests.rs"]
mod tests;
