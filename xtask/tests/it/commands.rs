//! What the commands say and leave behind.
use crate::scratch::{Course, RIGHT, STARTER};

const EXERCISE: &str = "lessons/1-mini/exercises/e101_count.rs";

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let course = Course::new("enough");
    let mut command = course.command(&["--help"]);
    // Nobody reads: the other end is closed before anything is written.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let output = output.wait_with_output().unwrap();
    assert!(!output.status.success(), "it could not say all it had to say");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn every_command_has_help_with_an_example() {
    let course = Course::new("help");
    let (code, overview) = course.says(&[]);
    assert_eq!(code, 0);
    for command in [
        "learn",
        "list",
        "run",
        "check",
        "why",
        "hint",
        "quiz",
        "play",
        "solution",
        "reset",
        "verify",
        "starters",
        "check-all",
        "bench",
        "release",
    ] {
        assert!(overview.contains(&format!("  {command} ")), "{command} is not in the overview");
        let (code, help) = course.says(&[command, "--help"]);
        assert_eq!(code, 0, "{command}");
        assert!(help.contains("Example: cargo xtask") && help.contains("Exit codes:"), "{command}: {help}");
        let narrow = course.command(&[command, "--help"]).env("COLUMNS", "80").output().unwrap();
        let narrow = String::from_utf8_lossy(&narrow.stdout).into_owned();
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
        assert_eq!(words(&narrow), words(&help), "{command}");
    }
}

#[test]
fn wrong_usage_is_code_2_and_says_what_to_type() {
    let course = Course::new("usage");
    for (words, wanted) in [
        (&["chekc"][..], "lists them"),
        (&["check", "--jsn"], "--json"),
        (&["check", "999"], "no exercise is called `999`; `cargo xtask list`"),
        (&["check", "e101_coutn"], "did you mean `e101_count`? `cargo xtask list`"),
        (&["check", "all", "--answer", "x.rs"], "--answer is for one exercise"),
        (&["hint", "101", "--level", "2"], "hint 1 comes first"),
        (&["hint", "101", "--level", "x"], "whole number"),
        (&["solution", "101"], "--give-up"),
        (&["quiz", "101", "--answer", "7"], "has 1 question"),
        (&["reset"], "cargo xtask reset 104"),
        (&["check-all", "--only", "x"], "the steps are format, tidy"),
        (&["run", "d999"], "no demo is called"),
    ] {
        let (code, text) = course.says(words);
        assert_eq!(code, 2, "{words:?}: {text}");
        assert!(text.contains(wanted), "{words:?}: {text}");
    }
}

#[test]
fn the_first_look_says_what_is_next_and_compiles_nothing() {
    let course = Course::new("first");
    let (code, text) = course.says(&["learn"]);
    assert_eq!(code, 0, "{text}");
    for wanted in
        ["step 1 of 5", "is not started", "e101_count.rs:5", "section \"Counting\"", "cargo xtask check 101"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let (code, text) = course.says(&["check", "101"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("not-started"), "{text}");
    assert!(!course.root.join("target/debug").exists(), "nothing should have been built");
    assert!(!text.contains('\x1b'), "no colours without a terminal");
}

#[test]
fn reset_keeps_the_text() {
    let course = Course::new("reset");
    for (number, text) in [(1, "// first\n"), (2, "// second\n")] {
        course.write(EXERCISE, text);
        let (code, said) = course.says(&["reset", "101"]);
        assert_eq!(code, 0, "{said}");
        assert_eq!(course.read(EXERCISE), STARTER);
        assert_eq!(course.read(&format!("{EXERCISE}.kept.{number}")), text);
        assert!(said.contains(&format!(".kept.{number}")), "{said}");
    }
    let (_, said) = course.says(&["reset", "--all"]);
    assert!(said.contains("Nothing to do"), "{said}");
}

#[test]
fn hints_open_one_by_one_and_are_remembered() {
    let course = Course::new("hints");
    course.write("progress.txt", "# mine\nmood e101_count good\n");
    assert!(course.says(&["hint", "101"]).1.contains("Hint 1 of 2\n  think"));
    assert!(course.says(&["hint", "101"]).1.contains("Hint 2 of 2\n  write"));
    assert!(course.says(&["hint", "101", "--level", "1"]).1.contains("think"));
    assert_eq!(course.read("progress.txt"), "# mine\nmood e101_count good\nhint e101_count 2\n");
}

#[test]
fn giving_up_shows_the_answer_and_is_written_down() {
    let course = Course::new("give-up");
    let (code, text) = course.says(&["solution", "101", "--give-up"]);
    assert_eq!(code, 0);
    assert!(text.contains("fetch_add") && !text.contains("//~") && !text.contains("todo!"), "{text}");
    assert!(course.read("progress.txt").starts_with("gave-up e101_count 2"));
    assert_eq!(course.says(&["solution", "101"]).0, 0, "once given up, always shown");
}

#[test]
fn a_quiz_is_printed_answered_and_remembered() {
    let course = Course::new("quiz");
    let (_, text) = course.says(&["quiz", "101"]);
    assert!(text.contains("1 + 1?") && text.contains("  2. 2") && !text.contains("count\n"), "{text}");
    let (_, text) = course.says(&["quiz", "101", "--answer", "1"]);
    assert!(text.contains("No: 2 is right.") && text.contains("0 of 1 right"), "{text}");
    course.says(&["quiz", "101", "--answer", "2"]);
    assert_eq!(course.read("progress.txt"), "quiz e101_count 0/1\n", "the first try counts");
}

#[test]
fn progress_that_is_no_text_stops_everything_and_is_left_alone() {
    let course = Course::new("damaged");
    std::fs::write(course.root.join("progress.txt"), b"done e101_count\n\xff\xfe\n").unwrap();
    for words in [&["learn"][..], &["hint", "101"]] {
        let (code, text) = course.says(words);
        assert_eq!(code, 3, "{text}");
        assert!(text.contains("progress.txt is not text (byte 16)"), "{text}");
    }
    assert_eq!(std::fs::read(course.root.join("progress.txt")).unwrap(), b"done e101_count\n\xff\xfe\n");
}

#[test]
fn a_lesson_that_cannot_be_read_hinders_no_other() {
    let course = Course::new("broken");
    course.write("lessons/2-other/lesson.toml", "number = 2\nname = \n");
    let (code, text) = course.says(&["learn"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("lessons/2-other/lesson.toml:2:") && text.contains("e101_count"), "{text}");
}

#[test]
fn starters_are_written_where_nobody_worked() {
    let course = Course::new("starters");
    std::fs::remove_file(course.root.join(EXERCISE)).unwrap();
    assert!(course.says(&["starters", "101"]).1.contains("written"));
    assert_eq!(course.read(EXERCISE), STARTER);
    // The solution changes: the file is a former starter.
    let solution = course.read("lessons/1-mini/solutions/e101_count.rs");
    course.write("lessons/1-mini/solutions/e101_count.rs", &solution.replace("Count the", "Count all"));
    assert!(course.says(&["starters", "101"]).1.contains("written"));
    assert!(course.read(EXERCISE).starts_with("//! Count all"));
    // Somebody's work is no former starter.
    course.write(EXERCISE, "// mine\n");
    let (code, text) = course.says(&["starters", "101"]);
    assert!(code == 1 && text.contains("left"), "{text}");
    assert_eq!(course.read(EXERCISE), "// mine\n");
}

#[test]
fn a_green_exercise_is_written_down_and_learn_goes_on() {
    let course = Course::shared();
    let file = "lessons/1-mini/exercises/e104_learn.rs";
    // A failure is told; what to do about it only when it comes again.
    let one_step = "counter.fetch_add(1, Ordering::Relaxed)";
    let lost =
        RIGHT.replace(one_step, "counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed)");
    course.write(file, &lost);
    let (code, text) = course.says(&["check", "104"]);
    assert!(code == 1 && text.contains("lost-update") && !text.contains("Hint:"), "{text}");
    assert!(course.says(&["hint", "104"]).1.starts_with("Hint 1 of 2\n  think"));
    course.write(file, &format!("{lost}// Again.\n"));
    let (_, text) = course.says(&["check", "104"]);
    assert!(text.contains("lost-update") && text.contains("Hint: one step"), "{text}");
    assert!(course.says(&["hint", "104"]).1.starts_with("After lost-update\n  one step\n\nHint 2 of 2"));
    course.write(file, RIGHT);
    assert!(course.says(&["hint", "104"]).1.starts_with("Hint 2 of 2"), "that verdict was on another text");
    let (code, text) = course.says(&["check", "104"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("e104_learn  pass") && text.contains("cargo xtask solution 104"), "{text}");
    assert!(course.read("progress.txt").contains("done e104_learn 2"), "{}", course.read("progress.txt"));
    let (_, text) = course.says(&["learn"]);
    assert!(text.contains("1 of 5 exercises done") && text.contains("e101_count: Count"), "{text}");
    let (code, text) = course.says(&["why", "104"]);
    assert!(code == 0 && text.contains("pass"), "{text}");
}

#[test]
fn verify_says_how_completely_a_solution_was_explored() {
    let (code, text) = Course::shared().says(&["verify", "101"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("verify: 3 passed, 0 failed"), "{text}");
    assert!(text.contains("1 model explored completely"), "{text}");
}
