//! Files that are no answers, lessons that cannot be read, narrow terminals.
use crate::scratch::{Course, STARTER};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const EXERCISE: &str = "lessons/1-mini/exercises/e101_count.rs";
const MANIFEST: &str = "lessons/1-mini/lesson.toml";

/// Puts something that is no text where an answer should be.
type Spoil = fn(&Path);

/// How wide the widest line is.
fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn a_file_that_is_no_text_is_told_with_the_way_out() {
    let course = Course::new("no-text");
    let path = course.root.join(EXERCISE);
    let kinds: [(&str, &str, Spoil); 5] = [
        ("is missing", "not-started", |_| {}),
        ("is empty", "not-started", |path| fs::write(path, "\n").unwrap()),
        ("is a folder, not a file", "not-started", |path| fs::create_dir(path).unwrap()),
        ("is a link to nowhere, which does not exist", "not-started", |path| {
            symlink("nowhere", path).unwrap()
        }),
        ("line 2 has bytes that are no character", "does-not-compile", |path| {
            fs::write(path, b"// fine\n\xff\n").unwrap()
        }),
    ];
    for (cause, verdict, spoil) in kinds {
        fs::remove_file(&path).unwrap();
        spoil(&path);
        // What was written fails; what is not there was not begun.
        let learn = i32::from(verdict == "does-not-compile");
        for (command, wanted) in [("check", 1), ("learn", learn)] {
            let words = if command == "check" { &["check", "101"][..] } else { &["learn"] };
            let (code, text) = course.says(words);
            assert_eq!(code, wanted, "{cause}: {text}");
            // Lines may be broken anywhere.
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.contains(cause), "{cause}: {text}");
            assert!(flat.contains("`cargo xtask reset 101`"), "{cause}: {text}");
            assert!(command == "learn" || text.contains(verdict), "{cause}: {text}");
        }
        let (code, text) = course.says(&["reset", "101"]);
        assert_eq!(code, 0, "{cause}: {text}");
        assert_eq!(course.read(EXERCISE), STARTER, "{cause}");
    }
    // Nothing was thrown away that somebody may want back.
    let kept = |number: u32| course.root.join(format!("{EXERCISE}.kept.{number}"));
    assert!(kept(1).is_dir());
    assert_eq!(fs::read_link(kept(2)).unwrap(), Path::new("nowhere"));
    assert_eq!(fs::read(kept(3)).unwrap(), b"// fine\n\xff\n");
    assert!(!kept(4).exists());
}

#[test]
fn another_answer_that_is_no_text_is_wrong_usage() {
    let course = Course::new("no-answer");
    for (answer, wanted) in [("lessons", "it is a folder"), ("gone.rs", "it is missing")] {
        let (code, text) = course.says(&["check", "101", "--answer", answer]);
        assert!(code == 2 && text.contains(wanted), "{text}");
    }
}

#[test]
fn what_is_in_a_lesson_that_cannot_be_read_is_not_called_unknown() {
    let course = Course::new("unreadable");
    course.write(MANIFEST, &course.read(MANIFEST).replace("title = \"Mini\"", "title = "));
    for words in [
        &["check", "104"][..],
        &["check", "mini"],
        &["check", "all"],
        &["hint", "e101_count"],
        &["reset", "101"],
        &["run", "d101"],
    ] {
        let (code, text) = course.says(words);
        assert_eq!(code, 3, "{words:?}: {text}");
        let last = text.lines().last().unwrap();
        for wanted in ["lesson 1 cannot be read", "lessons/1-mini/lesson.toml:4: ", "Mend that file"] {
            assert!(last.contains(wanted), "{words:?}: {wanted}: {text}");
        }
        assert!(!text.contains("no exercise is called") && !text.contains("no demo is called"), "{text}");
    }
    let (code, text) = course.says(&["check", "999"]);
    assert!(code == 2 && text.contains("no exercise is called `999`"), "lesson 9 is another: {text}");
    for (words, wanted) in [(&["list"][..], 3), (&["learn"], 0)] {
        let output = course.run(words);
        assert_eq!(output.status.code(), Some(wanted));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let end = text.split_once("\nwarning: lesson 1 cannot be read").map_or("", |(_, end)| end);
        let flat = end.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("lesson.toml:4: ") && flat.ends_with("was changed in it"), "{words:?}: {text}");
    }
}

#[test]
fn the_rest_of_a_course_with_an_unreadable_lesson_is_not_taken_for_all() {
    let course = Course::new("part");
    course.write("lessons/2-other/lesson.toml", "number = 2\nname = \n");
    let (code, text) = course.says(&["check", "all"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("0 of 5 exercises pass") && text.contains("lesson 2 cannot be read"), "{text}");
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    let course = Course::new("narrow");
    let long = "A title of more words than any narrow terminal has room for in a line";
    course
        .write(MANIFEST, &course.read(MANIFEST).replace("title = \"Count\"", &format!("title = \"{long}\"")));
    for width in [60, 40] {
        for words in [&["learn"][..], &["list"], &["check", "101"], &["check", "all"], &["quiz", "101"]] {
            let output = course.command(words).env("COLUMNS", width.to_string()).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            // A path stays whole, so that it can be copied.
            let prose: String =
                text.lines().filter(|line| !line.contains("lessons/")).map(|l| format!("{l}\n")).collect();
            assert!(widest(&prose) <= width, "{words:?}: {text}");
            assert!(width == 40 || widest(&text) <= width, "{words:?}: {text}");
        }
    }
}

#[test]
fn a_verdict_fits_the_terminal_and_has_the_hint_of_its_error() {
    let course = Course::shared();
    let answer = "//! Moves.

/// Counts.
pub fn count(threads: u64) -> u64 {
    let mut handles = Vec::new();
    let visits = std::sync::Mutex::new(0u64);
    for _ in 0..threads {
        handles.push(std::thread::spawn(move || *visits.lock().unwrap() += 1));
    }
    threads
}
";
    let path = course.write("answers/moves.rs", answer);
    let call = ["check", "101", "--answer", path.to_str().unwrap()];
    let output = course.command(&call).env("COLUMNS", "60").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("error[E0382]") && widest(&text) <= 60, "{text}");
    let flat = text.split([' ', '\n', '|']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    assert!(flat.contains("value moved into closure here, in previous iteration of loop"), "{text}");
    assert!(text.contains("^^^^^^^  ------"), "the marks stay under the code: {text}");
    assert!(text.contains("Hint: it was moved"), "{text}");
}
