//! What a terminal can show: colours, its width, lines that fit.
use crate::diagnostics::plain;
use std::env;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
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
    /// Columns for text that a person reads: never more than is good to read.
    pub width: usize,
    /// The columns there are, for pictures.
    pub columns: usize,
}

impl Screen {
    /// Standard output as it is: colours only at a terminal and without `NO_COLOR`.
    pub fn stdout() -> Screen {
        let live = io::stdout().is_terminal();
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let columns = known_columns().unwrap_or(100);
        Screen { colour: live && !no_color && !dumb, live, width: columns.min(READABLE), columns }
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

    /// `text` as it is laid out, but for the lines that are too wide: they go on in the next line.
    pub fn fitted(&self, text: &str) -> String {
        fit(text, self.width)
    }
}

/// Wider text is hard to read.
const READABLE: usize = 120;

/// The terminal's width, if there is a terminal or somebody says how wide it is.
pub fn known_columns() -> Option<usize> {
    let set = || env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    // A terminal knows best: it may have been made wider since the variable was set.
    let width = size().map(|(_, columns)| columns).or_else(set);
    width.filter(|width| *width > 0).map(|width| width.clamp(20, 1000))
}

/// The terminal's height, if there is a terminal.
pub fn known_rows() -> Option<usize> {
    size().map(|(rows, _)| rows).filter(|rows| *rows > 0)
}

/// Rows and columns of the terminal that is written to; standard input may be another, or none.
fn size() -> Option<(usize, usize)> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let terminal = Stdio::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    let out = Command::new("stty").arg("size").stdin(terminal).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    let (rows, columns) = text.trim().split_once(' ')?;
    Some((rows.parse().ok()?, columns.parse().ok()?))
}

/// A message for standard error: broken into lines only where a person reads it.
pub fn for_stderr(text: &str) -> String {
    let text = format!("{text}\n");
    if io::stderr().is_terminal() { Screen::stdout().fitted(&text) } else { text }
}

/// How many columns `text` takes: colours take none.
pub fn visible(text: &str) -> usize {
    plain(text).chars().count()
}

/// A blank at which no line is broken; when the lines are made it becomes a common one.
const HARD_BLANK: char = '\u{a0}';

/// Breaks `text` at blanks so that no line is wider than `width`; a line break in it stays one.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut out = String::new();
    for paragraph in text.lines() {
        let words: Vec<&str> = paragraph.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        if !words.is_empty() {
            // At least some words shall stand in a line, however narrow.
            break_line(&mut out, &format!("{margin}{}", words.join(" ")), width.max(indent + 20), &margin);
        }
        out.push('\n');
    }
    out
}

/// Leaves lines that fit as they are, and breaks the others at blanks. What goes on stands under the second column of
/// its line, if it has columns, or else a little to the right of its beginning.
pub fn fit(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let seen = plain(line);
        let bare = seen.trim_start_matches(' ');
        let start = seen.chars().count() - bare.chars().count();
        let column = bare.find("  ").map(|at| {
            let gap = bare[at..].chars().take_while(|c| *c == ' ').count();
            start + bare[..at].chars().count() + gap
        });
        let hang = column.filter(|column| *column <= width / 3).unwrap_or(start + 2);
        break_line(&mut out, line, width, &" ".repeat(hang));
        out.push('\n');
    }
    out
}

/// The same for lines of a listing with a rule at their left, `12 | let x`: the rule goes on.
pub fn fit_listing(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let seen = plain(line);
        let gutter = seen.find('|').filter(|at| seen[..*at].chars().all(|c| c == ' ' || c.is_ascii_digit()));
        let hang = match gutter {
            Some(at) => format!("{}|     ", " ".repeat(at)),
            None => " ".repeat(seen.chars().take_while(|c| *c == ' ').count() + 2),
        };
        break_line(&mut out, line, width, &hang);
        out.push('\n');
    }
    out
}

/// Help as it is laid out for wide terminals; where that is too wide, its paragraphs and the explanations of its
/// flags are filled anew.
pub fn fit_help(text: &str, width: usize) -> String {
    if text.lines().all(|line| visible(line) <= width) {
        return text.to_owned();
    }
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let mut joined: Vec<String> = Vec::new();
    for line in text.lines() {
        let goes_on = joined.last().is_some_and(|before| {
            let begins = ["Example:", "Exit codes:"].iter().any(|word| line.starts_with(word));
            let both = !before.is_empty() && !line.is_empty() && !begins;
            // What explains a flag stands under the explanation's beginning.
            let column = before[blanks(before)..].find("  ").map(|at| {
                let gap = &before[blanks(before) + at..];
                blanks(before) + at + blanks(gap)
            });
            both && match blanks(line) {
                0 => blanks(before) == 0,
                indent => column == Some(indent),
            }
        });
        match joined.last_mut().filter(|_| goes_on) {
            Some(before) => *before += &format!(" {}", line.trim_start()),
            None => joined.push(line.to_owned()),
        }
    }
    let mut out = String::new();
    for line in joined {
        out += &if blanks(&line) == 0 { wrap(&line, width, 0) } else { fit(&line, width) };
        if line.is_empty() {
            out = out.trim_end_matches('\n').to_owned() + "\n\n";
        }
    }
    out
}

/// Lines of Rust that fit: a comment goes on as a comment, code a little to the right.
pub fn fit_code(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let bare = line.trim_start();
        let margin = &line[..line.len() - bare.len()];
        let comment = ["//! ", "/// ", "// "].into_iter().find(|mark| bare.starts_with(mark));
        break_line(&mut out, line, width, &format!("{margin}{}", comment.unwrap_or("        ")));
        out.push('\n');
    }
    out
}

/// The beginning of a line, coloured or not, that fits into `width` columns.
pub fn cut(line: &str, width: usize) -> String {
    if visible(line) <= width {
        return line.to_owned();
    }
    let (mut out, mut left, mut in_code) = (String::new(), width.saturating_sub(1), false);
    for character in line.chars() {
        in_code |= character == '\x1b';
        if in_code {
            // Colours go on to the end, where the last of them ends colour.
            out.push(character);
            in_code = !character.is_ascii_alphabetic();
        } else if left > 0 {
            out.push(character);
            left -= 1;
        }
    }
    out + "…"
}

/// Adds one line, broken where it must be; `hang` goes before what goes on. Blanks within a line are kept. A word that
/// is wider than a line stays whole, so that a path can be copied.
fn break_line(out: &mut String, line: &str, width: usize, hang: &str) {
    let (mut used, mut blanks, mut words) = (0, 0, 0);
    for (index, word) in line.split(' ').enumerate() {
        blanks += usize::from(index > 0);
        let length = visible(word);
        if word.is_empty() {
            continue;
        }
        if length == 0 {
            // A colour ends behind blanks; nobody sees it, so it needs no line of its own.
            out.push_str(word);
            continue;
        }
        if words > 0 && used + blanks + length > width {
            out.push('\n');
            out.push_str(hang);
            used = hang.chars().count();
        } else {
            out.extend(std::iter::repeat_n(' ', blanks));
            used += blanks;
        }
        out.push_str(&word.replace(HARD_BLANK, " "));
        used += length;
        (blanks, words) = (0, words + 1);
    }
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
    fn colours_take_no_room_and_hard_blanks_do_not_break() {
        assert_eq!(wrap("\x1b[36mone two\x1b[0m three four", 20, 0), "\x1b[36mone two\x1b[0m three four\n");
        assert_eq!(fit("\x1b[36mone two three   \x1b[0m", 14), "\x1b[36mone two three\x1b[0m\n");
        assert_eq!(wrap("now run cargo\u{a0}xtask\u{a0}check", 20, 0), "now run\ncargo xtask check\n");
    }

    #[test]
    fn only_lines_that_are_too_wide_are_laid_out_anew() {
        assert_eq!(fit("  a    b  c\n\n", 20), "  a    b  c\n\n");
        assert_eq!(
            fit("  rules  one two three four five\n", 30),
            "  rules  one two three four\n         five\n"
        );
        assert_eq!(fit("Next: change it and run that\n", 20), "Next: change it and\n  run that\n");
    }

    #[test]
    fn the_rule_of_a_listing_goes_on() {
        let line = "12 |     let a = some(thing);";
        assert_eq!(fit_listing(line, 24), "12 |     let a =\n   |     some(thing);\n");
        assert_eq!(fit_listing("   = note: so it is there\n", 20), "   = note: so it is\n     there\n");
    }

    #[test]
    fn help_is_filled_anew_only_where_it_is_too_wide() {
        let text = "One two three\nfour five.\n\n  --flag   what it\n           does\n  --other  more\n\n\
                    Example: a\n         b\n";
        assert_eq!(fit_help(text, 40), text);
        let wide = text.replace("three", "three three three");
        assert_eq!(
            fit_help(&wide, 22),
            "One two three three\nthree four five.\n\n  --flag   what it\n    does\n  --other  more\n\nExample: a\n         b\n"
        );
    }

    #[test]
    fn code_that_is_too_wide_stays_code() {
        assert_eq!(fit_code("    /// one two three four\n", 20), "    /// one two\n    /// three four\n");
        assert_eq!(fit_code("  let a = some(thing);", 16), "  let a =\n          some(thing);\n");
    }

    #[test]
    fn a_line_is_cut_by_what_is_seen_of_it() {
        assert_eq!(cut("\x1b[32m+\x1b[0m one two", 9), "\x1b[32m+\x1b[0m one two");
        assert_eq!(cut("\x1b[32m+\x1b[0m one two", 6), "\x1b[32m+\x1b[0m one…");
        assert_eq!(cut("one \x1b[32mtwo\x1b[0m", 5), "one \x1b[32m\x1b[0m…");
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
