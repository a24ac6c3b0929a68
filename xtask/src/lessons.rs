//! The course as its `lesson.toml` files tell it.
use crate::hints::Hints;
use crate::progress::Progress;
use crate::screen::{self, Screen, Style};
use crate::workspace::Workspace;
use crate::{files, manifest, starter};
use anyhow::{Context, Result};
use judge::Verdict;
use std::fs;
use std::path::PathBuf;

/// All lessons in order.
#[derive(Debug, Default)]
pub struct Course {
    /// The lessons that could be read.
    pub lessons: Vec<Lesson>,
    /// Those that could not; they hinder nobody else.
    pub broken: Vec<Broken>,
}

/// A lesson that cannot be read.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// The name of its folder, `1-threads`: all that is known of it.
    pub folder: String,
    /// Where the mistake is, and what it is.
    pub problem: String,
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
    /// What it was called before, if it had another number.
    pub was: Vec<String>,
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
    /// Programs of the system that its judge starts, `sh`. A box that grades it must hold them.
    pub programs: Vec<String>,
    /// The verdict of the untouched starter, if it is not `not-started`: a program to repair runs, and fails.
    pub starter: Option<Verdict>,
    /// From a gentle nudge to almost the answer.
    pub hints: Vec<String>,
    /// What helps after a certain verdict.
    pub hint_for: Hints,
    /// Questions, most to be answered before running anything.
    pub quiz: Vec<Question>,
    /// Wrong answers and what must be said of them.
    pub wrong: Vec<Wrong>,
    /// What it was called before, if it had another number.
    pub was: Vec<String>,
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
    /// For each choice what that demo prints if the choice is right, and only then: so the key can be found out anew by
    /// running it. Empty where a program cannot decide.
    pub prints: Vec<String>,
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
            let read = text.map_err(|e| format!("{e:#}"));
            match read.and_then(|text| manifest::lesson(&file, &folder, &text)) {
                Ok(lesson) => course.lessons.push(lesson),
                Err(problem) => {
                    let folder = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    course.broken.push(Broken { folder, problem });
                }
            }
        }
        course.lessons.sort_by_key(|lesson| lesson.number);
        course.broken.sort();
        Ok(course)
    }

    /// Like [`Course::load`], for commands of learners: what could not be read is said on standard error.
    pub fn load_and_warn(workspace: &Workspace) -> Result<Course> {
        let course = Course::load(workspace)?;
        Progress::follow(workspace, &course)?;
        for broken in &course.broken {
            eprint!("{}", screen::for_stderr(&format!("warning: {}", broken.told())));
        }
        Ok(course)
    }

    /// The same as the last lines of a long text, where it is seen; nothing when every lesson could be read.
    pub fn warning(&self, screen: &Screen) -> String {
        let lines = self.broken.iter().map(|broken| {
            screen.fitted(&format!("{} {}\n", screen.paint(Style::Warn, "warning:"), broken.told()))
        });
        if self.broken.is_empty() { String::new() } else { format!("\n{}", lines.collect::<String>()) }
    }

    /// Every exercise with its lesson, in order.
    pub fn exercises(&self) -> impl Iterator<Item = (&Lesson, &Exercise)> {
        self.lessons.iter().flat_map(|lesson| lesson.exercises().map(move |exercise| (lesson, exercise)))
    }

    /// Whether there are answers: a class's copy has none.
    pub fn has_answers(&self) -> bool {
        let mut exercises = self.exercises().peekable();
        exercises.peek().is_none()
            || exercises.any(|(lesson, exercise)| lesson.solution(&exercise.id).is_file())
    }

    /// What a step that is not there is called now: the one that says so (`was`), or else the one with its number.
    pub fn new_name(&self, step: &str) -> Option<String> {
        let steps = || self.lessons.iter().flat_map(|lesson| &lesson.steps);
        if steps().any(|known| known.id() == step) {
            return None;
        }
        let handle = |id: &str| id.split('_').next().unwrap_or_default().to_owned();
        let said = steps().find(|known| known.was().iter().any(|old| old == step));
        let numbered = || steps().find(|known| step.contains('_') && handle(known.id()) == handle(step));
        said.or_else(numbered).map(|known| known.id().to_owned())
    }

    /// Every demo with its lesson, in order.
    pub fn demos(&self) -> impl Iterator<Item = (&Lesson, &Demo)> {
        self.lessons.iter().flat_map(|lesson| lesson.demos().map(move |demo| (lesson, demo)))
    }
}

impl Broken {
    /// Its number, when the folder's name tells.
    pub fn number(&self) -> Option<usize> {
        self.folder.split_once('-')?.0.parse().ok()
    }

    /// What cannot be read, where and why, and what to do.
    pub fn told(&self) -> String {
        let lesson = self.number().map_or_else(|| format!("`{}`", self.folder), |number| number.to_string());
        format!(
            "lesson {lesson} cannot be read and is left out: {}. Mend that file; `git diff` shows what was changed in it",
            self.problem.trim_end_matches('.')
        )
    }

    /// Whether `word` may mean this lesson or something in it: `1`, `threads`, `104`, `e104_visits`, or a name
    /// without a number.
    pub fn may_have(&self, word: &str) -> bool {
        let name = self.folder.split_once('-').map_or(self.folder.as_str(), |(_, name)| name);
        let digits = number(word);
        match (digits.parse::<usize>().ok(), self.number()) {
            _ if word == name || word == self.folder => true,
            // The hundreds of an exercise's number are its lesson's.
            (Some(asked), Some(own)) if digits.len() == 3 => asked / 100 == own,
            (Some(asked), Some(own)) => asked == own,
            _ => true,
        }
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

impl Step {
    /// What it was called before.
    fn was(&self) -> &[String] {
        match self {
            Step::Demo(demo) => &demo.was,
            Step::Exercise(exercise) => &exercise.was,
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

#[cfg(test)]
#[path = "lessons_tests.rs"]
mod tests;
