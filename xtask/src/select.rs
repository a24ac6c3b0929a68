//! Which exercises or demos a person means: `104`, `e104`, `e104_visits`, `threads`, `all`.
use crate::exit::usage;
use crate::lessons::{Course, Demo, Exercise, Lesson, number};
use anyhow::{Result, bail};

/// An exercise in its lesson.
pub type Chosen<'a> = (&'a Lesson, &'a Exercise);

/// All the exercises that `word` means; at least one.
pub fn exercises<'a>(course: &'a Course, word: &str) -> Result<Vec<Chosen<'a>>> {
    let in_lesson =
        |lesson: &Lesson| word == "all" || lesson.name == word || lesson.number.to_string() == word;
    let chosen: Vec<Chosen> = course
        .exercises()
        .filter(|(lesson, exercise)| in_lesson(lesson) || means(word, &exercise.id, 'e'))
        .collect();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    unless_broken(course, word)?;
    if course.lessons.iter().any(in_lesson) {
        return usage(format!("`{word}` has no exercises yet"));
    }
    let known = course.exercises().map(|(_, exercise)| exercise.id.as_str());
    let lessons = course.lessons.iter().map(|lesson| lesson.name.as_str());
    usage(format!(
        "no exercise is called `{word}`; {}`cargo xtask list` shows all",
        nearest(word, known.chain(lessons))
    ))
}

/// Complains when what `word` means may be in a lesson that cannot be read: then it is not the word that is wrong.
fn unless_broken(course: &Course, word: &str) -> Result<()> {
    match course.broken.iter().find(|broken| word == "all" || broken.may_have(word)) {
        Some(broken) => bail!("`{word}` cannot be found: {}", broken.told()),
        None => Ok(()),
    }
}

/// The one exercise that `word` means.
pub fn exercise<'a>(course: &'a Course, word: &str) -> Result<Chosen<'a>> {
    match exercises(course, word)?.as_slice() {
        [one] => Ok(*one),
        many => {
            usage(format!("`{word}` means {} exercises; name one, like {}", many.len(), many[0].1.number()))
        }
    }
}

/// The one demo or project that `word` means.
pub fn demo<'a>(course: &'a Course, word: &str) -> Result<(&'a Lesson, &'a Demo)> {
    let letter = if word.starts_with('p') { 'p' } else { 'd' };
    let found = course.demos().find(|(_, demo)| means(word, &demo.id, letter));
    match found.or_else(|| course.demos().find(|(_, demo)| means(word, &demo.id, 'p'))) {
        Some(found) => Ok(found),
        None => {
            unless_broken(course, word)?;
            let known = course.demos().map(|(_, demo)| demo.id.as_str());
            usage(format!("no demo is called `{word}`; {}`cargo xtask list` shows all", nearest(word, known)))
        }
    }
}

/// Whether `word` is the id, its number, its letter and number, or the rest of its name.
fn means(word: &str, id: &str, letter: char) -> bool {
    let Some(rest) = id.strip_prefix(letter) else { return false };
    let number = number(id);
    word == id
        || word == number
        || word.strip_prefix(letter) == Some(number)
        || rest.strip_prefix(number) == Some(&format!("_{word}"))
}

/// `did you mean …?` for the known word that shares most with `word`, if any does.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let shared = |name: &str| {
        let pairs: Vec<&[u8]> = name.as_bytes().windows(2).collect();
        word.as_bytes().windows(2).filter(|pair| pairs.contains(pair)).count()
    };
    match known.map(|name| (shared(name), name)).max_by_key(|(shared, _)| *shared) {
        Some((shared, name)) if shared >= 2 => format!("did you mean `{name}`? "),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exercise_has_four_names() {
        for word in ["104", "e104", "e104_visits", "visits"] {
            assert!(means(word, "e104_visits", 'e'), "{word}");
        }
        for word in ["10", "1045", "d104", "e104_", "visit", ""] {
            assert!(!means(word, "e104_visits", 'e'), "{word}");
        }
    }

    #[test]
    fn a_slip_is_answered_with_what_was_probably_meant() {
        let known = ["e103_steps", "e104_visits"];
        assert_eq!(nearest("e104_visit", known.into_iter()), "did you mean `e104_visits`? ");
        assert_eq!(nearest("zzz", known.into_iter()), "");
    }
}
