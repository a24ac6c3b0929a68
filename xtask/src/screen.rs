//! What a terminal can show: colours, its width, lines that fit.
use std::env;
use std::io::{self, IsTerminal};
use std::process::{Command, Stdio};

/// How something is meant; the colours follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// It holds.
    Good,
    /// It fails.
    Bad,
    /// Worth a look.
    Warn,
    /// A heading.
    Strong,
    /// Less important.
    Faint,
    /// Something to type or to open.
    Name,
}

/// Where the text goes.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether somebody watches, so that lines may be written over.
    pub live: bool,
    /// Columns.
    pub width: usize,
}

impl Screen {
    /// Standard output as it is: colours only at a terminal and without `NO_COLOR`.
    pub fn stdout() -> Screen {
        let live = io::stdout().is_terminal();
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        Screen { colour: live && !no_color && !dumb, live, width: columns(live) }
    }

    /// `text` in the colour of `style`.
    pub fn paint(&self, style: Style, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match style {
            Style::Good => "1;32",
            Style::Bad => "1;31",
            Style::Warn => "33",
            Style::Strong => "1",
            Style::Faint => "2",
            Style::Name => "36",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// `text` broken into lines that fit, each behind `indent` spaces.
    pub fn wrapped(&self, text: &str, indent: usize) -> String {
        wrap(text, self.width, indent)
    }
}

/// The width for text that a person reads: never wider than is good to read.
fn columns(live: bool) -> usize {
    let set = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let asked = || {
        let out =
            Command::new("stty").arg("size").stdin(Stdio::inherit()).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(out.stdout).ok()?.split_whitespace().nth(1)?.parse().ok()
    };
    let width = set.or_else(|| if live { asked() } else { None }).filter(|width| *width > 0);
    width.unwrap_or(100).clamp(40, 120)
}

/// Breaks `text` at blanks so that no line is wider than `width`; a line break in it stays one.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let room = width.saturating_sub(indent).max(20);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        }
        lines.push(line);
    }
    let margin = " ".repeat(indent);
    lines
        .iter()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{margin}{line}\n") })
        .collect()
}

/// `text` without anything that could move the cursor, ring or colour: what a learner's program prints is only shown.
pub fn harmless(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            c if c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                out.extend(c.escape_default());
            }
            c => out.push(c),
        }
    }
    out
}

/// `1 step`, `2 steps`.
pub fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A bar of `width` columns, `done` of `of` filled.
pub fn bar(done: usize, of: usize, width: usize) -> String {
    let filled = (done * width).checked_div(of).unwrap_or(0);
    format!("[{}{}]", "#".repeat(filled), "·".repeat(width - filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_blanks_and_indented() {
        assert_eq!(wrap("one two three four five six", 22, 2), "  one two three four\n  five six\n");
        assert_eq!(wrap("a\n\nb", 40, 2), "  a\n\n  b\n");
    }

    #[test]
    fn a_word_that_is_too_long_stands_alone() {
        let long = "x".repeat(30);
        assert_eq!(wrap(&format!("a {long} b"), 20, 0), format!("a\n{long}\nb\n"));
    }

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(harmless("a\x1b[2Jb\r\n\tc\u{202e}"), "a\\u{1b}[2Jb\\r\n\tc\\u{202e}");
    }

    #[test]
    fn a_bar_is_full_only_when_all_is_done() {
        assert_eq!(bar(0, 4, 4), "[····]");
        assert_eq!(bar(3, 4, 4), "[###·]");
        assert_eq!(bar(4, 4, 4), "[####]");
        assert_eq!(bar(0, 0, 3), "[···]");
    }
}
