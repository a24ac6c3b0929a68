//! A story as a timeline for the terminal: a lane per thread, time downwards.

use crate::story::{Step, Story};
use ::std::fmt::Write as _;

/// The least width of a lane that can be read; with less there is one column for all.
const NARROW: usize = 16;
/// A lane wider than this only spreads the picture; what is longer runs on.
const COMFORTABLE: usize = 26;
/// Room for the step's number.
const MARGIN: usize = 5;

pub(crate) fn draw(story: &Story, width: usize, colour: bool) -> String {
    let paint = Paint(colour);
    let mut out = String::new();
    let _ = writeln!(out, "{}", paint.bold_red(&story.title));
    if !story.steps.is_empty() {
        let lanes: Vec<usize> =
            (0..story.threads.len()).filter(|t| story.steps.iter().any(|s| s.thread == *t)).collect();
        match lane_width(story, &lanes, width) {
            Some(lane) => in_lanes(&mut out, story, &lanes, lane, width, paint),
            None => one_column(&mut out, story, width, paint),
        }
        if story.left_out > 0 {
            let steps = if story.left_out == 1 { "step that does" } else { "steps that do" };
            let text = format!("{:MARGIN$}({} {steps} not matter here left out)", "", story.left_out);
            let _ = writeln!(out, "{}", paint.dim(&text));
        }
    }
    for sentence in &story.because {
        for (i, line) in wrap(sentence, width.saturating_sub(4).max(20)).into_iter().enumerate() {
            let _ = writeln!(out, "  {} {line}", if i == 0 { "•" } else { " " });
        }
    }
    out
}

/// How wide a lane is; `None` when there is no room for lanes.
///
/// A row holds one step, so a text may run on to the right: only the last lane must hold its texts.
fn lane_width(story: &Story, lanes: &[usize], width: usize) -> Option<usize> {
    let longest = |lane: Option<&usize>| {
        let steps = story.steps.iter().filter(|s| lane.is_none_or(|t| s.thread == *t));
        steps.map(|s| length(story, s)).max().unwrap_or(0)
    };
    let room = width.saturating_sub(MARGIN);
    let gaps = lanes.len().saturating_sub(1).max(1);
    let wanted = longest(None).clamp(8, COMFORTABLE) + 2;
    let lane = room.saturating_sub(longest(lanes.last()).max(12)).checked_div(gaps)?.min(wanted);
    (lanes.len() == 1 || lane >= NARROW.min(wanted)).then_some(lane.max(NARROW))
}

fn length(story: &Story, step: &Step) -> usize {
    step.text.chars().count() + 1 + story.whereabouts(step).chars().count()
}

fn in_lanes(out: &mut String, story: &Story, lanes: &[usize], lane: usize, width: usize, paint: Paint) {
    let heads: String =
        lanes.iter().map(|t| paint.thread(*t, &pad(&story.threads[*t], lane), true)).collect();
    let _ = writeln!(out, "{:MARGIN$}{}", "", heads.trim_end());
    for (i, step) in story.steps.iter().enumerate() {
        if step.switched {
            let line = format!("{:┄^1$}", " switch ", (lane * lanes.len()).min(width.saturating_sub(MARGIN)));
            let _ = writeln!(out, "{:MARGIN$}{}", "", paint.dim(&line));
        }
        let column = lanes.iter().position(|t| *t == step.thread).unwrap_or(0);
        let number = paint.dim(&format!("{:>3}  ", i + 1));
        let room = width.saturating_sub(MARGIN + column * lane);
        let _ = writeln!(out, "{number}{}{}", " ".repeat(column * lane), cell(story, step, room, paint));
    }
}

fn one_column(out: &mut String, story: &Story, width: usize, paint: Paint) {
    let widest = story.threads.iter().map(|t| t.chars().count()).max().unwrap_or(0).clamp(4, 12);
    for (i, step) in story.steps.iter().enumerate() {
        if step.switched {
            let _ = writeln!(out, "{:MARGIN$}{}", "", paint.dim("┄ switch ┄"));
        }
        let number = paint.dim(&format!("{:>3}  ", i + 1));
        let name = paint.thread(step.thread, &pad(&story.threads[step.thread], widest + 1), true);
        let room = width.saturating_sub(MARGIN + widest + 1).max(12);
        let _ = writeln!(out, "{number}{name}{}", cell(story, step, room, paint));
    }
}

/// What was done, and the line, in at most `room` columns.
fn cell(story: &Story, step: &Step, room: usize, paint: Paint) -> String {
    let place = story.whereabouts(step);
    let text = cut(&step.text, room.saturating_sub(place.chars().count() + 1).max(6));
    let text = if step.bad { paint.bold_red(&text) } else { paint.thread(step.thread, &text, false) };
    if place.is_empty() { text } else { format!("{text} {}", paint.dim(&place)) }
}

fn pad(text: &str, width: usize) -> String {
    format!("{:width$}", cut(text, width.saturating_sub(1)))
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        text.into()
    } else {
        text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a first line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.into());
        }
    }
    lines
}

/// Colours, or none.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.into() }
    }

    fn bold_red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    fn thread(self, thread: usize, text: &str, bold: bool) -> String {
        // Cyan, yellow, magenta, green, blue: told apart on dark and on light.
        let hue = ["36", "33", "35", "32", "34"][thread % 5];
        self.with(&if bold { format!("1;{hue}") } else { hue.into() }, text)
    }
}
