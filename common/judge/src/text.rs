//! Words and paths as people read them.
use interleave::{Place, Story};
use std::path::{Component, Path, PathBuf};

/// The longest piece of an answer's own text that a report repeats.
const MAX_CHARS: usize = 2_000;

/// `text` made harmless to show: control characters and those that turn the reading direction are written
/// as escapes, and what is too long is cut.
pub fn clean(text: &str) -> String {
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == MAX_CHARS {
            out.push('…');
            break;
        }
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push_str("    "),
            c if c.is_control() || turns_direction(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// `text` as the beginning of a sentence.
pub(crate) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// `path` without `.` and `x/..`.
pub(crate) fn tidy_path(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// `path` as it is written in places: from the root of its workspace, the nearest directory with a `Cargo.lock`.
pub(crate) fn from_root(path: &Path) -> String {
    let path = tidy_path(path);
    let root = path.ancestors().skip(1).find(|dir| dir.join("Cargo.lock").is_file());
    let short = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(&path);
    short.to_string_lossy().into_owned()
}

/// Whether two paths mean one file although one of them may be relative: the shorter is the other's end.
pub(crate) fn same_file(a: &str, b: &str) -> bool {
    let (a, b) = (tidy_path(Path::new(a)), tidy_path(Path::new(b)));
    !a.as_os_str().is_empty() && !b.as_os_str().is_empty() && (a.ends_with(&b) || b.ends_with(&a))
}

/// The place `line` of `file`, with its code read from `source`.
pub(crate) fn place(file: &str, line: usize, source: &str) -> Place {
    let code = source.lines().nth(line.saturating_sub(1)).unwrap_or("").trim();
    Place { file: tidied(file), line: u32::try_from(line).unwrap_or(0), code: clean(code) }
}

/// The story with tidy file names, and its code harmless to show.
pub(crate) fn tidy_story(mut story: Story) -> Story {
    story.home = tidied(&story.home);
    for place in story.steps.iter_mut().filter_map(|step| step.place.as_mut()) {
        place.file = tidied(&place.file);
        place.code = clean(&place.code);
    }
    for step in &mut story.steps {
        step.text = clean(&step.text);
    }
    for excerpt in &mut story.sources {
        excerpt.file = tidied(&excerpt.file);
    }
    for words in story.because.iter_mut().chain(&mut story.threads).chain([&mut story.title]) {
        *words = clean(words);
    }
    story
}

fn tidied(file: &str) -> String {
    tidy_path(Path::new(file)).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_disturb_a_terminal_is_escaped() {
        assert_eq!(clean("a\tb\nc"), "a    b\nc");
        assert_eq!(clean("\u{1b}[31mred\u{202e}"), "\\u{1b}[31mred\\u{202e}");
        assert_eq!(clean(&"x".repeat(3_000)).chars().count(), 2_001);
    }

    #[test]
    fn files_are_named_from_the_root() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/../src/text.rs");
        assert_eq!(from_root(&here), "common/judge/src/text.rs");
        assert_eq!(from_root(Path::new("lessons/./e1.rs")), "lessons/e1.rs");
    }

    #[test]
    fn paths_are_compared_by_their_ends() {
        assert!(same_file("lessons/1/tests/../exercises/e1.rs", "/srv/course/lessons/1/exercises/e1.rs"));
        assert!(!same_file("lessons/1/tests/e1.rs", "lessons/1/exercises/e1.rs"));
        assert!(!same_file("lessons/1/exercises/xe1.rs", "e1.rs"));
        assert!(!same_file("", "e1.rs"));
    }

    #[test]
    fn a_place_beyond_the_end_has_no_code() {
        assert_eq!(
            place("a/../b.rs", 2, "x\n  y \n"),
            Place { file: "b.rs".into(), line: 2, code: "y".into() }
        );
        assert_eq!(place("b.rs", 9, "x").code, "");
    }
}
