//! The class's copy: written from the real course, and worked in as a learner would.
use crate::scratch::{Real, in_folder};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

#[test]
fn a_class_gets_a_course_without_answers_in_which_everything_works() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    // The course may lie around its target directory, so the copy lies where temporary things do.
    // The same place in each run, another one for another clone: so the target directory does not grow.
    let mut clone = DefaultHasher::new();
    real.hash(&mut clone);
    let folder = std::env::temp_dir().join(format!("interleave-class-{:016x}", clone.finish()));
    let _ = fs::remove_dir_all(&folder);
    let course = Real::lesson_1();
    // What is built for the copy is kept from run to run, like that of the tests' other courses.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("class-target");
    let says = |root: &Path, words: &[&str]| {
        let mut command = in_folder(root, words);
        let output = command.env("CARGO_TARGET_DIR", &target).output().unwrap();
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap_or(-1), text)
    };
    let (code, text) = says(&real, &["release", folder.to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(says(&real, &["release", folder.to_str().unwrap()]).0, 3, "nothing is written over");

    let there = |path: &str| folder.join(path).exists();
    for gone in
        ["lessons/1-threads/solutions", "lessons/1-threads/wrong", "xtask/tests", ".ci", "xtask/grade"]
    {
        assert!(!there(gone), "{gone}");
    }
    let manifest = fs::read_to_string(folder.join("lessons/1-threads/lesson.toml")).unwrap();
    assert!(!manifest.contains("[[exercise.wrong]]") && manifest.contains("[[exercise.quiz]]"), "{manifest}");

    // A learner's way through it.
    let exercise = folder.join("lessons/1-threads/exercises/e101_spawn_join.rs");
    for (words, code, wanted) in [
        (&["learn"][..], 0, "this is how every exercise begins"),
        (&["list"], 0, "e101_spawn_join"),
        (&["check", "101"], 1, "not-started"),
        (&["hint", "101"], 0, "Hint 1 of 3"),
        (&["quiz", "101"], 0, "Question 1 of"),
        (&["solution", "101"], 2, "this copy of the course has no answers"),
        (&["verify", "101"], 2, "this copy of the course is for a class"),
        (&["run", "d101"], 0, "$ cargo run"),
    ] {
        let (got, text) = says(&folder, words);
        assert!(got == code && text.contains(wanted), "{words:?}: {got}: {text}");
    }
    fs::write(&exercise, "fn half(\n").unwrap();
    let (_, text) = says(&folder, &["check", "101"]);
    assert!(text.contains("does-not-compile"), "{text}");
    let (_, text) = says(&folder, &["reset", "101"]);
    assert!(text.contains("is the starter again"), "{text}");
    fs::write(&exercise, course.solution("e101_spawn_join")).unwrap();
    let (code, text) = says(&folder, &["check", "101"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("e101_spawn_join  pass"), "{text}");
    let (_, text) = says(&folder, &["why", "101"]);
    assert!(text.contains("pass"), "{text}");
    // Its tests are green: those of the lesson, the chapter's demos among them.
    let mut test = std::process::Command::new("cargo");
    test.current_dir(&folder)
        .args(["test", "--quiet", "--offline", "-p", "threads"])
        .env("CARGO_TARGET_DIR", &target);
    let output = test.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    fs::remove_dir_all(&folder).unwrap();
}
