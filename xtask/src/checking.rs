//! The learner's own answer: whether it was begun, how it is judged, what is remembered of that.
use crate::compile::{self, Answer, Timing, state};
use crate::exit::usage;
use crate::judging::{Judged, Watcher, judge};
use crate::lessons::{Exercise, Lesson};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style};
use crate::source::Source;
use crate::workspace::Workspace;
use crate::{artifacts, last, starter};
use anyhow::{Context, Result};
use interleave::Place;
use judge::protocol::{LayerName, Message};
use judge::{Judgement, Verdict};
use std::io::{self, Write};
use std::path::Path;

/// Judges the file that the learner edits, and remembers the verdict.
///
/// A file that is still the starter is not compiled: there is nothing to find out, and the first contact is quick. A
/// verdict that the watcher gave up on is not remembered.
pub fn check(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    watcher: &mut dyn Watcher,
) -> Result<Judged> {
    let source = lesson.answer(&exercise.id);
    // What is saved meanwhile makes the verdict an old one.
    let seen = state(&source);
    let answer = Answer { lesson, exercise, source: &source, slot: "yours" };
    let unusable = match not_started(workspace, lesson, exercise)? {
        None => not_text(workspace, lesson, exercise)?,
        begun => begun,
    };
    let judged = match unusable {
        Some(judgement) => plainly(judgement),
        None => judge(workspace, &answer, watcher),
    };
    if watcher.gave_up() {
        return Ok(judged);
    }
    last::keep(workspace, &seen, &judged)?;
    if judged.judgement.verdict.is_pass() {
        Progress::update(workspace, |progress| {
            progress.set_today(Fact::Done, &exercise.id);
            progress.forget(Fact::Skipped, &exercise.id);
        })?;
        compile::forget_other_incremental(workspace, &answer)?;
    }
    Ok(judged)
}

/// Judges any file as an answer to the exercise; nothing is remembered.
pub fn check_other(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    source: &Path,
    watcher: &mut dyn Watcher,
) -> Result<Judged> {
    let shown = source.display();
    if let Some(trouble) = Source::at(source)?.trouble() {
        return usage(format!("--answer {shown}: it {trouble}; name a file with Rust in it"));
    }
    let source = source.canonicalize().with_context(|| format!("cannot read {shown}"))?;
    Ok(judge(workspace, &Answer { lesson, exercise, source: &source, slot: "other" }, watcher))
}

/// The judgement of a file that is still the starter, or of none: what lies there may be empty, or no file at all.
pub fn not_started(workspace: &Workspace, lesson: &Lesson, exercise: &Exercise) -> Result<Option<Judgement>> {
    let path = lesson.answer(&exercise.id);
    let short = workspace.short(&path);
    let said = |sentence: String| Judgement::new(&exercise.id, Verdict::NotStarted, "", sentence);
    let source = Source::at(&path)?;
    let text = match (source.trouble(), source) {
        // Something was written there, so it was begun.
        (_, Source::NotUtf8(_)) => return Ok(None),
        (None, Source::Text(text)) => text,
        (trouble, _) => {
            return Ok(Some(said(format!(
                "{short} {}; `cargo xtask reset {}` puts the starter there.",
                trouble.unwrap_or_default(),
                exercise.number()
            ))));
        }
    };
    // A program to repair fails in a way worth seeing, so its starter is judged like any answer.
    if exercise.starter.is_some_and(|verdict| verdict != Verdict::NotStarted) {
        return Ok(None);
    }
    if lesson.starter(&exercise.id)?.as_ref() != Some(&text) {
        return Ok(None);
    }
    let mut judgement = said("Nothing is written yet.".to_owned());
    if let Some(line) = starter::first_todo(&text) {
        let code = text.lines().nth(line - 1).unwrap_or("").trim().to_owned();
        judgement.place = Some(Place { file: short, line: line as u32, code });
    }
    Ok(Some(judgement))
}

/// The judgement of a file that is no text, at which the compiler would only stop.
fn not_text(workspace: &Workspace, lesson: &Lesson, exercise: &Exercise) -> Result<Option<Judgement>> {
    let path = lesson.answer(&exercise.id);
    let source = Source::at(&path)?;
    let (Source::NotUtf8(line), Some(trouble)) = (&source, source.trouble()) else { return Ok(None) };
    let short = workspace.short(&path);
    let mut judgement =
        Judgement::new(&exercise.id, Verdict::DoesNotCompile, "compile", format!("{short} {trouble}."));
    judgement.details.push(format!(
        "Save it as UTF-8 in your editor, or begin anew: `cargo xtask reset {}` puts the starter there and keeps \
         what you have beside it.",
        exercise.number()
    ));
    judgement.place = Some(Place { file: short, line: *line, code: String::new() });
    Ok(Some(judgement))
}

/// A judgement that needed no judge.
fn plainly(judgement: Judgement) -> Judged {
    Judged { judgement, printed: String::new(), compiler: None, timing: Timing::default() }
}

/// Says in one line of a terminal which layer is at work.
pub struct ProgressLine<'a> {
    screen: &'a Screen,
    exercise: &'a str,
    layers: Vec<LayerName>,
}

impl<'a> ProgressLine<'a> {
    /// Begins with the compiler's work.
    pub fn begin(workspace: &Workspace, lesson: &Lesson, exercise: &'a Exercise, screen: &'a Screen) -> Self {
        let line = ProgressLine { screen, exercise: &exercise.id, layers: Vec::new() };
        line.say(&compiling(workspace, lesson, exercise));
        line
    }

    fn say(&self, what: &str) {
        if self.screen.live {
            // A line that runs on could not be taken back.
            let line: String = what.chars().take(self.screen.columns.saturating_sub(1)).collect();
            print!("\r\x1b[K{}", self.screen.paint(Style::Faint, &line));
            // Only a courtesy; the verdict follows.
            let _ = io::stdout().flush();
        }
    }
}

impl Drop for ProgressLine<'_> {
    fn drop(&mut self) {
        self.say("");
    }
}

impl Watcher for ProgressLine<'_> {
    fn heard(&mut self, message: &Message) {
        if let Some(text) = at_work(&mut self.layers, message) {
            self.say(&format!("judging {}: {text} …", self.exercise));
        }
    }
}

/// What is said while the compiler works.
pub fn compiling(workspace: &Workspace, lesson: &Lesson, exercise: &Exercise) -> String {
    if artifacts::were_built(workspace, lesson) {
        format!("compiling {} …", exercise.id)
    } else {
        format!("compiling {}; the first time this takes a while …", exercise.id)
    }
}

/// What a judge is at, from its messages: `3 of 8, two gates, one arrival each`. `layers` is kept from call to call.
pub fn at_work(layers: &mut Vec<LayerName>, message: &Message) -> Option<String> {
    match message {
        Message::Begin { layers: all, .. } => {
            layers.clone_from(all);
            None
        }
        Message::LayerBegin { layer } => {
            let at = layers.iter().position(|known| known.name == *layer);
            let what = at.map_or(layer.as_str(), |at| layers[at].what.as_str());
            Some(format!("{} of {}, {what}", at.unwrap_or(0) + 1, layers.len()))
        }
        Message::LayerEnd { .. } | Message::Done(_) => None,
    }
}
