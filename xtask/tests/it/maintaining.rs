//! What those see who keep the course: tables, failures with what to do next, and no work done twice.
use crate::scratch::Course;

#[test]
fn check_all_names_file_and_command_and_does_not_judge_twice() {
    let course = Course::shared();
    let check = |more: &[&str]| course.says(&[&["check-all", "--only", "verify"], more].concat());
    let (code, text) = check(&["--fresh"]);
    assert_eq!(code, 1, "one judge of this course does not compile: {text}");
    // Starter, solution and file of four exercises hold; of the fifth only the file is in step.
    for wanted in [
        "FAILED e105_broken_judge solution",
        "    file:  lessons/1-mini/solutions/e105_broken_judge.rs",
        "    again: cargo xtask verify 105",
        "\nof these, by lesson ",
        "\n1. Mini ",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert_eq!(text.lines().last(), Some("check-all: 13 passed, 2 failed"), "{text}");
    assert!(!text.contains("unchanged"), "{text}");

    let (_, text) = check(&[]);
    assert!(text.contains("13 passed, 2 failed, 8 of them unchanged since they held"), "{text}");
    assert_eq!(text.lines().last(), Some("check-all: 13 passed, 2 failed"), "{text}");

    // Another text is judged, and only that.
    let path = "lessons/1-mini/solutions/e104_learn.rs";
    let solution = course.read(path);
    course
        .write(path, &solution.replace("let counter", "let the_counter").replace("counter.", "the_counter."));
    let (_, text) = check(&[]);
    course.write(path, &solution);
    assert!(text.contains("7 of them unchanged since they held"), "{text}");
    let (_, text) = check(&[]);
    assert!(
        text.contains("7 of them unchanged since they held"),
        "the old text is another text, too: {text}"
    );
}

/// Adds one less than there are: no schedule is needed to see it.
const ONE_LESS: &str = "//! Wrong.

/// Starts that many threads and counts them, but for one.
pub fn count(threads: u64) -> u64 {
    threads - 1
}
";

/// Adds in two steps.
const TWO_STEPS: &str = "//! Wrong.
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

/// Starts that many threads and counts them in two steps.
pub fn count(threads: u64) -> u64 {
    let counter = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| counter.store(counter.load(SeqCst) + 1, SeqCst));
        }
    });
    counter.load(SeqCst)
}
";

#[test]
fn every_wrong_answer_gets_its_picture_and_real_runs_are_not_made_twice() {
    let course = Course::new("models");
    let mut lesson = course.read("lessons/1-mini/lesson.toml");
    let wrong = [("one_less", "wrong-result", ONE_LESS), ("two_steps", "lost-update", TWO_STEPS)];
    let place = lesson.find("\n[[exercise]]\nid = \"e102").expect("the second exercise");
    for (slug, verdict, text) in wrong.into_iter().rev() {
        course.write(&format!("lessons/1-mini/wrong/e101_count/{slug}.rs"), text);
        let entry =
            format!("\n[[exercise.wrong]]\nslug = \"{slug}\"\nverdict = \"{verdict}\"\nwhy = \"It does.\"\n");
        lesson.insert_str(place, &entry);
    }
    course.write("lessons/1-mini/lesson.toml", &lesson);
    // What is built for the other tests serves this one, too.
    let target = Course::shared().root.join("target");
    let models = |more: &[&str]| {
        let words = [&["models", "101", "--stress", "25", "--write"], more].concat();
        let output = course.command(&words).env("CARGO_TARGET_DIR", &target).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    let journal = target.join("interleave/stress.jsonl");
    let _ = std::fs::remove_file(&journal);
    models(&[]);
    let page = course.read("docs/models-mini/e101_count.md");
    for wanted in [
        "| two threads | schedules | every schedule, in ",
        "| [one_less](#one_less) | wrong-result | schedules | – | – | wrong-result, in run 1 |",
        "| [two_steps](#two_steps) | lost-update | schedules | 1 |",
        "### two_steps\n\n[two_steps.rs](../../lessons/1-mini/wrong/e101_count/two_steps.rs) is `lost-update`",
        "\nLost update: found in schedule ",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let above = course.read("docs/models-mini.md");
    for wanted in ["| [e101_count](models-mini/e101_count.md) | 1 | 1 | – |", "found 2 of 2: 100 %"] {
        assert!(above.contains(wanted), "{wanted}: {above}");
    }
    let known = std::fs::read_to_string(&journal).unwrap();
    assert_eq!(known.lines().count(), 2, "{known}");

    models(&["--json"]);
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), known, "nothing was run again");
    assert_eq!(course.read("docs/models-mini.md").lines().last(), above.lines().last());
}
