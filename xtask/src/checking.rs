//! The learner's own answer: whether it was begun, how it is judged, what is remembered of that.
use crate::compile::{self, Answer, Timing, state};
use crate::exit::usage;
use crate::judging::{Judged, Watcher, judge};
use crate::lessons::{Exercise, Lesson};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style};
use crate::source::Source;
use crate::workspace::Workspace;
use crate::{last, starter};
use anyhow::{Context, Result};
use interleave::Place;
use judge::protocol::{LayerName, Message};
use judge::{Judgement, Verdict};
use std::io::{self, Write};
use std::path::Path;

/// What to do when the file is saved while it is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum OnSave {
    /// Go on: this verdict was asked for.
    GoOn,
    /// Leave off: the old text's verdict interests nobody, and the new text is judged next.
    LeaveOff,
}

/// Judges the file that the learner edits, and remembers the verdict.
///
/// A file that is still the starter is not compiled: there is nothing to find out, and the first contact is quick.
pub fn check(
    workspace: &Workspace,
    lesson: &Lesson,
    exercise: &Exercise,
    screen: &Screen,
    on_save: OnSave,
) -> Result<Judged> {
    let source = lesson.answer(&exercise.id);
    let answer = Answer { lesson, exercise, source: &source, slot: "yours" };
    let unusable = match not_started(workspace, lesson, exercise)? {
        None => not_text(workspace, lesson, exercise)?,
        begun => begun,
    };
    let judged = match unusable {
        Some(judgement) => plainly(judgement),
        None => with_progress(workspace, &answer, screen, on_save),
    };
    last::keep(workspace, &source, &judged)?;
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
    screen: &Screen,
) -> Result<Judged> {
    let shown = source.display();
    if let Some(trouble) = Source::at(source)?.trouble() {
        return usage(format!("--answer {shown}: it {trouble}; name a file with Rust in it"));
    }
    let source = source.canonicalize().with_context(|| format!("cannot read {shown}"))?;
    Ok(with_progress(
        workspace,
        &Answer { lesson, exercise, source: &source, slot: "other" },
        screen,
        OnSave::GoOn,
    ))
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

/// Judges, and says at a terminal which layer is at work.
fn with_progress(workspace: &Workspace, answer: &Answer, screen: &Screen, on_save: OnSave) -> Judged {
    let mut follower = Follower { screen, answer, on_save, seen: state(answer.source), layers: Vec::new() };
    follower.say(&format!("compiling {} …", answer.exercise.id));
    let judged = judge(workspace, answer, &mut follower);
    follower.say("");
    judged
}

/// Shows what is going on.
struct Follower<'a> {
    screen: &'a Screen,
    answer: &'a Answer<'a>,
    on_save: OnSave,
    seen: String,
    layers: Vec<LayerName>,
}

impl Follower<'_> {
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

impl Watcher for Follower<'_> {
    fn heard(&mut self, message: &Message) {
        match message {
            Message::Begin { layers, .. } => self.layers.clone_from(layers),
            Message::LayerBegin { layer } => {
                let what = self.layers.iter().find(|known| known.name == *layer).map(|known| &known.what);
                self.say(&format!("judging {}: {} …", self.answer.exercise.id, what.unwrap_or(layer)));
            }
            Message::LayerEnd { .. } | Message::Done(_) => {}
        }
    }

    fn gave_up(&self) -> bool {
        self.on_save == OnSave::LeaveOff && state(self.answer.source) != self.seen
    }
}
