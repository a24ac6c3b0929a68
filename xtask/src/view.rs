//! A verdict on the screen: the word, one sentence, the details, the schedule, the hint, the next command.
use crate::diagnostics::plain;
use crate::judging::Judged;
use crate::lessons::Exercise;
use crate::screen::{Screen, Style, count, harmless};
use judge::{Status, Verdict};

/// How much of a failure is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// What fits on a screen.
    Screen,
    /// All of it.
    Whole,
}

/// The lines of a timeline that fit on a screen with the rest around them.
const STORY_LINES: usize = 34;

/// The lines of a compiler's message that fit.
const COMPILER_LINES: usize = 24;

/// The lines of a program's output that are shown.
const PRINTED_LINES: usize = 10;

/// The colour of a verdict.
pub fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => Style::Good,
        Verdict::NotStarted | Verdict::CouldNotJudge => Style::Warn,
        _ => Style::Bad,
    }
}

/// The whole report on one answer.
pub fn verdict(judged: &Judged, exercise: &Exercise, screen: &Screen, length: Length) -> String {
    let judgement = &judged.judgement;
    let mut out = headline(judged, exercise, screen);
    if judgement.verdict.is_pass() {
        out += &layers(judged, screen);
        return out;
    }
    out += &screen.wrapped(&harmless(&judgement.sentence), 2);
    if let Some(place) = &judgement.place {
        let at = format!("{}:{}", place.file, place.line);
        let code = if judged.compiler.is_some() { "" } else { place.code.as_str() };
        out += &format!("  at {}  {}\n", screen.paint(Style::Name, &at), harmless(code));
    }
    if let Some((rendered, more)) = &judged.compiler {
        out += &compiler(rendered, *more, screen, length);
    } else {
        for detail in &judgement.details {
            out += &match detail.contains('\n') {
                // Laid out by whoever said it: a compiler, most often.
                true => block(detail, length),
                false => screen.wrapped(&harmless(detail), 2),
            };
        }
    }
    if let Some(story) = &judgement.story {
        let text = story.terminal(screen.width, screen.colour);
        out.push('\n');
        out += &shortened(&text, STORY_LINES, length, exercise);
    }
    if judgement.verdict != Verdict::NotStarted {
        out += &printed(judged, screen);
    }
    if let Some(hint) = exercise.hint_for(judgement.verdict) {
        out.push('\n');
        out += &screen.wrapped(&format!("Hint: {hint}"), 2);
    }
    out
}

/// `e104_visits  lost-update  schedules: two gates, one arrival each`
fn headline(judged: &Judged, exercise: &Exercise, screen: &Screen) -> String {
    let judgement = &judged.judgement;
    let word = screen.paint(style(judgement.verdict), judgement.verdict.as_str());
    let failed = judgement.layers.iter().find(|layer| layer.status == Status::Failed);
    let layer = match failed {
        Some(layer) if !layer.what.is_empty() => format!("in {}: {}", layer.name, layer.what),
        _ if judgement.layer.is_empty() || judged.compiler.is_some() => String::new(),
        _ => format!("in {}", judgement.layer),
    };
    let line = format!(
        "{}  {word}  {}",
        screen.paint(Style::Strong, &exercise.id),
        screen.paint(Style::Faint, &layer)
    );
    format!("{}\n", line.trim_end())
}

/// What was covered, layer by layer.
fn layers(judged: &Judged, screen: &Screen) -> String {
    let mut out = String::new();
    for layer in &judged.judgement.layers {
        let what = if layer.what.is_empty() { String::new() } else { format!("  {}", layer.what) };
        let note = if layer.note.is_empty() { String::new() } else { format!(": {}", layer.note) };
        let name = layer.name.split('-').next().unwrap_or(&layer.name);
        let name = screen.paint(Style::Good, &format!("{name:<9}"));
        out += &format!("  {name}{what}{note}\n");
    }
    out
}

fn compiler(rendered: &str, more: usize, screen: &Screen, length: Length) -> String {
    let text = if screen.colour { rendered.to_owned() } else { plain(rendered) };
    let lines: Vec<&str> = text.lines().collect();
    let most = if length == Length::Whole { lines.len() } else { COMPILER_LINES.min(lines.len()) };
    let mut out = String::from("\n");
    for line in &lines[..most] {
        out += &format!("{line}\n");
    }
    if most < lines.len() {
        out += &screen.paint(Style::Faint, &format!("… {} more\n", count(lines.len() - most, "line")));
    }
    if more > 0 {
        out += &format!("\n  and {} after it\n", count(more, "more error"));
    }
    out
}

/// Lines as they are, indented.
fn block(text: &str, length: Length) -> String {
    let most = if length == Length::Whole { usize::MAX } else { COMPILER_LINES };
    harmless(text).lines().take(most).map(|line| format!("  {line}\n")).collect()
}

/// The first lines of a text, and where the rest is.
fn shortened(text: &str, most: usize, length: Length, exercise: &Exercise) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    if length == Length::Whole || lines.len() <= most {
        return format!("{}\n", lines.join("\n"));
    }
    let left = count(lines.len() - most, "more line");
    format!("{}\n  … {left}: cargo xtask why {}\n", lines[..most].join("\n"), exercise.number())
}

/// The end of what the program printed. It is shown, never believed.
fn printed(judged: &Judged, screen: &Screen) -> String {
    let text = harmless(judged.printed.trim_end());
    if text.is_empty() {
        return String::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.len().saturating_sub(PRINTED_LINES);
    let head = if first == 0 {
        "Your program printed:".to_owned()
    } else {
        format!("Your program printed, at the end of {} lines:", lines.len())
    };
    let mut out = format!("\n  {head}\n");
    for line in &lines[first..] {
        let line: String = line.chars().take(screen.width.saturating_sub(4)).collect();
        out += &format!("  {}\n", screen.paint(Style::Faint, &format!("| {line}")));
    }
    out
}

/// A failure in a few lines, for a list of many.
pub fn for_maintainers(judged: &Judged) -> Vec<String> {
    let judgement = &judged.judgement;
    let mut lines = vec![harmless(&judgement.sentence)];
    if let Some(place) = &judgement.place {
        lines.push(format!("at {}:{}  {}", place.file, place.line, harmless(&place.code)));
    }
    lines.extend(judgement.details.iter().map(|detail| harmless(detail)));
    let printed = harmless(judged.printed.trim_end());
    lines.extend(
        printed.lines().rev().take(3).map(|line| format!("| {line}")).collect::<Vec<_>>().into_iter().rev(),
    );
    lines
}
