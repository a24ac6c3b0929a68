//! A verdict on the screen: the word, one sentence, the details, the schedule, the hint, the next command.
use crate::diagnostics::plain;
use crate::judging::{Judged, Refusal};
use crate::lessons::Exercise;
use crate::screen::{Screen, Style, count, fit, fit_listing, harmless};
use judge::{Status, Verdict};

/// How much of a failure is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// What fits on a screen.
    Screen,
    /// The same, with at most so many lines of the schedule.
    Rows(usize),
    /// All of it.
    Whole,
}

impl Length {
    /// How many lines are shown of something of which `screen` lines fit.
    fn of(self, screen: usize) -> usize {
        match self {
            Length::Screen => screen,
            Length::Rows(rows) => rows.min(screen),
            Length::Whole => usize::MAX,
        }
    }
}

/// The lines of a timeline that fit on a screen with the rest around them.
const STORY_LINES: usize = 34;

/// The lines of a compiler's message that fit.
const COMPILER_LINES: usize = 25;

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
    let mut out = screen.fitted(&headline(judged, exercise, screen));
    if judgement.verdict.is_pass() {
        return out + &screen.fitted(&layers(judged, screen));
    }
    out += &screen.wrapped(&harmless(&judgement.sentence), 2);
    if let Some(place) = &judgement.place {
        let at = format!("{}:{}", place.file, place.line);
        let code = if judged.compiler.is_some() { "" } else { place.code.as_str() };
        let line = format!("  at {}  {}", screen.paint(Style::Name, &at), harmless(code));
        out += &screen.fitted(&format!("{}\n", line.trim_end()));
    }
    if let Some(refusal) = &judged.compiler {
        out += &compiler(refusal, exercise, screen, length);
    } else {
        for detail in &judgement.details {
            out += &match detail.contains('\n') {
                // Laid out by whoever said it: a compiler, most often.
                true => block(detail, screen, length),
                false => screen.wrapped(&harmless(detail), 2),
            };
        }
    }
    if let Some(story) = &judgement.story {
        let text = fit(&story.terminal(screen.columns, screen.colour), screen.columns);
        out.push('\n');
        out += &shortened(&text, STORY_LINES, length, exercise);
    }
    if judgement.verdict != Verdict::NotStarted {
        out += &printed(judged, screen);
    }
    if let Some(hint) = judged.hint(exercise) {
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
    let layer = if layer.is_empty() { layer } else { format!("  {}", screen.paint(Style::Faint, &layer)) };
    format!("{}  {word}{layer}\n", screen.paint(Style::Strong, &exercise.id))
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

/// The compiler's first error, and how many follow.
fn compiler(refusal: &Refusal, exercise: &Exercise, screen: &Screen, length: Length) -> String {
    let text = if screen.colour { refusal.rendered.clone() } else { plain(&refusal.rendered) };
    let text = fit_listing(&text, screen.columns);
    let lines: Vec<&str> = text.lines().collect();
    let shown = match length {
        Length::Whole => lines.clone(),
        _ => most_useful(&lines, length.of(COMPILER_LINES)),
    };
    let mut out = String::from("\n");
    for line in &shown {
        out += &format!("{line}\n");
    }
    if shown.len() < lines.len() {
        let left = count(lines.len() - shown.len(), "more line");
        let text = format!("  … {left}: cargo xtask why {}", exercise.number());
        out += &format!("{}\n", screen.paint(Style::Faint, &text));
    }
    if refusal.more > 0 {
        out += &format!("\n  and {} after it\n", count(refusal.more, "more error"));
    }
    out
}

/// At most `most` lines of a message: what it says first, then the help it offers, then its notes on other places.
fn most_useful<'a>(lines: &[&'a str], most: usize) -> Vec<&'a str> {
    let is_part = |line: &&str| ["note:", "help:"].iter().any(|word| plain(line).starts_with(word));
    // Where each part begins: the message itself, and every `note:` and `help:` at the margin.
    let mut starts: Vec<usize> = vec![0];
    starts.extend((1..lines.len()).filter(|at| is_part(&lines[*at])));
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let parts: Vec<_> = starts.iter().copied().zip(ends).collect();
    let helps = |(start, _): &(usize, usize)| plain(lines[*start]).starts_with("help:");
    let (help, notes): (Vec<_>, Vec<_>) = parts[1..].iter().copied().partition(helps);
    let first = parts[0].1.min(most);
    let mut kept = vec![(0, first)];
    let mut room = most - first;
    for (start, end) in help.into_iter().chain(notes) {
        if end - start <= room {
            kept.push((start, end));
            room -= end - start;
        }
    }
    kept.sort_unstable();
    kept.into_iter().flat_map(|(start, end)| lines[start..end].iter().copied()).collect()
}

/// Lines as they are, indented.
fn block(text: &str, screen: &Screen, length: Length) -> String {
    let most = length.of(COMPILER_LINES);
    let text: String = harmless(text).lines().map(|line| format!("  {line}\n")).collect();
    fit_listing(&text, screen.columns).lines().take(most).map(|line| format!("{line}\n")).collect()
}

/// The first lines of a text, and where the rest is.
fn shortened(text: &str, most: usize, length: Length, exercise: &Exercise) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let most = length.of(most);
    if lines.len() <= most {
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
        let line: String = line.chars().take(4 * screen.width).collect();
        for line in fit_listing(&format!("  | {line}"), screen.width).lines() {
            out += &format!("{}\n", screen.paint(Style::Faint, line));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_message_the_help_is_kept_and_the_notes_go() {
        let lines = ["error: it", " --> a.rs", "note: there", " --> b.rs", "  |", "help: so", "  | move"];
        assert_eq!(most_useful(&lines, 7), lines);
        assert_eq!(most_useful(&lines, 5), ["error: it", " --> a.rs", "help: so", "  | move"]);
        assert_eq!(most_useful(&lines, 3), ["error: it", " --> a.rs"]);
        assert_eq!(most_useful(&lines, 1), ["error: it"]);
    }
}
