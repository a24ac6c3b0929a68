//! A verdict on the screen: the word, one sentence, the details, the schedule; the hint that belongs to it.
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
    /// The same at a terminal with keys, with at most about so many lines of the schedule.
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

    /// `… 11 more lines: cargo xtask why 104`
    fn more(self, left: usize, number: &str) -> String {
        let how = match self {
            Length::Rows(_) => "w shows them".to_owned(),
            _ => format!("cargo xtask why {number}"),
        };
        format!("  … {}: {how}", count(left, "more line"))
    }
}

/// The lines of a timeline that fit on a screen with the rest around them.
const STORY_LINES: usize = 34;

/// So few lines more than fit are shown all the same: to say that they are missing costs as much.
const SPARE: usize = 2;

/// The least that is shown of a timeline: its title, the names of the threads, some rows.
const FEWEST_ROWS: usize = 5;

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
        out += &shortened(&text, STORY_LINES, length, exercise.number());
    }
    if judgement.verdict != Verdict::NotStarted {
        out += &printed(judged, screen);
    }
    out
}

/// The hint that belongs to a verdict, if there is one.
pub fn hint(judged: &Judged, exercise: &Exercise, screen: &Screen) -> String {
    let Some(hint) = judged.hint(exercise) else { return String::new() };
    let of = if hint.later { " for an error after this one" } else { "" };
    format!("\n{}", screen.wrapped(&format!("Hint{of}: {}", hint.text), 2))
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
        _ if lines.len() <= length.of(COMPILER_LINES).saturating_add(SPARE) => lines.clone(),
        _ => most_useful(&lines, length.of(COMPILER_LINES)),
    };
    let mut out = String::from("\n");
    for line in &shown {
        out += &format!("{line}\n");
    }
    if shown.len() < lines.len() {
        let text = length.more(lines.len() - shown.len(), exercise.number());
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

/// The first rows of a timeline and all the sentences below it, which explain it; and where the rest is.
fn shortened(text: &str, most: usize, length: Length, number: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let most = length.of(most);
    let is_sentence = |line: &&str| plain(line).starts_with("  •");
    let begin = lines.iter().position(is_sentence).unwrap_or(lines.len());
    let (rows, sentences) = lines.split_at(begin);
    // With no room at all the sentences stand alone.
    let kept = if most == 0 { 0 } else { most.saturating_sub(sentences.len()).max(FEWEST_ROWS) };
    if most > 0 && rows.len() <= kept.saturating_add(SPARE) {
        return format!("{}\n", lines.join("\n"));
    }
    let more = length.more(rows.len() - kept, number);
    let shown: Vec<&str> =
        rows[..kept].iter().copied().chain([more.as_str()]).chain(sentences.iter().copied()).collect();
    format!("{}\n", shown.join("\n"))
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
    fn a_timeline_is_cut_in_its_rows_and_never_by_a_line_or_two() {
        let rows: String = (1..=10).map(|row| format!("row {row}\n")).collect();
        let why = "  • why\n    it is\n  • and so\n";
        let text = format!("{rows}{why}");
        let short = |most| shortened(&text, most, Length::Rows(most), "104");
        assert_eq!(short(13), text);
        assert_eq!(short(11), text, "two lines are not worth a word");
        let seven: String = (1..=7).map(|row| format!("row {row}\n")).collect();
        assert_eq!(short(10), format!("{seven}  … 3 more lines: w shows them\n{why}"));
        assert_eq!(short(0), format!("  … 10 more lines: w shows them\n{why}"));
        assert!(short(1).starts_with("row 1\nrow 2\nrow 3\nrow 4\nrow 5\n  … 5 more lines"));
        assert!(shortened(&text, 10, Length::Screen, "104").contains("3 more lines: cargo xtask why 104\n"));
        assert_eq!(shortened(&text, 5, Length::Whole, "104"), text);
    }

    #[test]
    fn of_a_long_message_the_help_is_kept_and_the_notes_go() {
        let lines = ["error: it", " --> a.rs", "note: there", " --> b.rs", "  |", "help: so", "  | move"];
        assert_eq!(most_useful(&lines, 7), lines);
        assert_eq!(most_useful(&lines, 5), ["error: it", " --> a.rs", "help: so", "  | move"]);
        assert_eq!(most_useful(&lines, 3), ["error: it", " --> a.rs"]);
        assert_eq!(most_useful(&lines, 1), ["error: it"]);
    }
}
