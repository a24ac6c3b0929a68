//! Starters are cut from solutions, so that the two can never disagree.
//!
//! A region of a solution begins with what the starter says there, goes on with the answer, and ends with `//~ end`:
//!
//! ```text
//!     //~ todo!("count {threads} threads")
//!     let answer = 42;
//!     //~ end
//! ```
//! A bare `//~` alone means that nothing stands there; between other lines it is an empty line.
use std::fmt;

const MARK: &str = "//~";

/// A solution whose markers do not fit together.
#[derive(Debug, PartialEq, Eq)]
pub struct CutError {
    line: usize,
    problem: &'static str,
}

impl fmt::Display for CutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for CutError {}

enum State {
    /// Text that both have.
    Outside,
    /// The lines for the starter.
    Head { opened: usize },
    /// The answer's lines.
    Answer { opened: usize },
}

/// The starter of a solution.
pub fn cut(solution: &str) -> Result<String, CutError> {
    let mut starter = String::with_capacity(solution.len());
    let mut head: Vec<String> = Vec::new();
    let mut state = State::Outside;
    for (index, text) in solution.lines().enumerate() {
        let line = index + 1;
        let marker = text.trim_start().strip_prefix(MARK);
        let ends = marker.is_some_and(|rest| rest.trim() == "end");
        state = match (state, marker) {
            (State::Outside, None) => {
                starter.push_str(text);
                starter.push('\n');
                State::Outside
            }
            (State::Outside, Some(_)) if ends => {
                return Err(CutError {
                    line,
                    problem: "`//~ end` without a `//~` line that opens the region",
                });
            }
            (State::Outside, Some(_)) => {
                head.push(starter_line(text));
                State::Head { opened: line }
            }
            (State::Head { .. } | State::Answer { .. }, Some(_)) if ends => {
                write_head(&mut starter, &mut head);
                State::Outside
            }
            (State::Head { opened }, Some(_)) => {
                head.push(starter_line(text));
                State::Head { opened }
            }
            (State::Head { opened } | State::Answer { opened }, None) => State::Answer { opened },
            (State::Answer { .. }, Some(_)) => {
                return Err(CutError {
                    line,
                    problem: "a `//~` line inside an answer: write `//~ end` before the next region",
                });
            }
        };
    }
    match state {
        State::Outside => Ok(starter),
        State::Head { opened } | State::Answer { opened } => {
            Err(CutError { line: opened, problem: "this region is never closed: add `//~ end`" })
        }
    }
}

/// A marker's line as the starter has it: the same indent, without the marker.
fn starter_line(text: &str) -> String {
    let at = text.find(MARK).unwrap_or(0);
    let rest = &text[at + MARK.len()..];
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    if rest.trim().is_empty() { String::new() } else { format!("{}{rest}", &text[..at]) }
}

fn write_head(starter: &mut String, head: &mut Vec<String>) {
    let nothing = head.len() == 1 && head[0].is_empty();
    for line in head.drain(..) {
        if !nothing {
            starter.push_str(&line);
            starter.push('\n');
        }
    }
}

/// The first line (counted from 1) where something is left to write.
pub fn first_todo(text: &str) -> Option<usize> {
    text.lines()
        .position(|line| {
            let line = line.trim_start();
            !line.starts_with("//") && (line.contains("todo!(") || line.contains("todo!["))
        })
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_becomes_what_its_markers_say() {
        let solution = "fn f() {\n    //~ todo!(\"count {n}\")\n    let a = 1;\n    a\n    //~ end\n}\n";
        assert_eq!(cut(solution).unwrap(), "fn f() {\n    todo!(\"count {n}\")\n}\n");
    }

    #[test]
    fn several_lines_keep_their_indent_and_their_empty_lines() {
        let solution = "    //~ // first\n    //~\n    //~     todo!()\n    done()\n    //~ end\n";
        assert_eq!(cut(solution).unwrap(), "    // first\n\n        todo!()\n");
    }

    #[test]
    fn a_bare_marker_alone_leaves_nothing() {
        assert_eq!(cut("a\n//~\nuse std::thread;\n//~ end\nb\n").unwrap(), "a\nb\n");
    }

    #[test]
    fn a_region_may_have_no_answer() {
        assert_eq!(cut("//~ todo!()\n//~ end\n").unwrap(), "todo!()\n");
    }

    #[test]
    fn text_without_markers_is_its_own_starter() {
        let text = "//! Head.\n\nfn f() {} // ~ no marker\n";
        assert_eq!(cut(text).unwrap(), text);
    }

    #[test]
    fn markers_that_do_not_fit_are_named_by_line() {
        let at = |text: &str| cut(text).unwrap_err().line;
        assert_eq!(at("a\n//~ end\n"), 2);
        assert_eq!(at("//~ todo!()\nanswer\n//~ todo!()\n//~ end\n"), 3);
        assert_eq!(at("a\n//~ todo!()\nanswer\n"), 2);
        assert_eq!(at("a\n//~ todo!()\n"), 2);
    }

    #[test]
    fn the_first_todo_is_code_not_comment() {
        assert_eq!(first_todo("// todo!() stands below\nfn f() {\n    todo!(\"x\")\n}\n"), Some(3));
        assert_eq!(first_todo("fn f() {}\n"), None);
    }
}
