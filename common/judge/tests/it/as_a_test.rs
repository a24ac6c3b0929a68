//! The judge as a test program: the contract of `cargo test` and of `cargo nextest`.
use crate::fixture::program;

/// Exit code and standard output.
fn run(answer: &str, arguments: &str) -> (i32, String) {
    let output = program(answer).args(arguments.split_whitespace()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn nextest_can_list_the_layers() {
    let names = ["rules", "schedules", "schedules-2", "overlap", "over-locking", "spec", "cost", "cost-2"];
    let all: String = names.iter().map(|name| format!("{name}: test\n")).collect();
    assert_eq!(run("right", "--list --format terse"), (0, all.clone()));
    assert_eq!(run("right", "--list --format terse --ignored"), (0, String::new()));
    assert_eq!(run("right", "--list"), (0, format!("{all}\n8 tests, 0 benchmarks\n")));
    assert_eq!(run("right", "--list overl"), (0, "overlap: test\n\n1 test, 0 benchmarks\n".to_string()));
    // Listing runs none of the answer's code.
    assert_eq!(run("aborts", "--list --format terse").0, 0);
}

#[test]
fn nextest_can_run_one_layer() {
    let (code, out) = run("right", "--exact overlap --nocapture");
    assert_eq!(code, 0);
    assert!(out.contains("\nrunning 1 test\ntest overlap ... ok\n\ntest result: ok. 1 passed;"), "{out}");
    assert!(out.contains("0 ignored; 0 measured; 7 filtered out; finished in "), "{out}");
    // A layer that is wrong, by itself.
    let (code, out) = run("locks_too_long", "overlap --nocapture --exact");
    assert_eq!(code, 101);
    assert!(out.contains("test overlap ... FAILED"), "{out}");
    // One that is not, of the same answer.
    assert_eq!(run("locks_too_long", "schedules --exact").0, 0);
}

#[test]
fn a_failure_is_told_with_its_story() {
    let (code, out) = run("lost_update", "");
    assert_eq!(code, 101);
    let told = [
        "running 8 tests",
        "test rules ... ok",
        "test schedules ... FAILED",
        "test spec ... ignored, an earlier layer failed",
        "---- schedules ----",
        "lost-update (One thread's change was overwritten by another thread.)",
        "Look at line ",
        "The number of visits: expected 2, got 1.",
        "switch",
        "test result: FAILED. 1 passed; 1 failed; 6 ignored; 0 measured; 0 filtered out; finished in ",
    ];
    let mut rest = out.as_str();
    for text in told {
        let at = rest.find(text).unwrap_or_else(|| panic!("no `{text}` where it should be in\n{out}"));
        rest = &rest[at + text.len()..];
    }
    assert!(!out.contains('\u{1b}'), "colours, though nobody can see them");
    assert!(run("lost_update", "--color always").1.contains('\u{1b}'));
}

#[test]
fn ending_the_process_does_not_turn_the_test_green() {
    let (code, out) = run("exits_in_spec", "");
    assert_eq!(code, 101);
    assert!(out.contains("test over-locking ... ok\ntest spec ... FAILED"), "{out}");
    assert!(
        out.contains("The program ended itself (exit code 0) while the layer `spec` (20 threads)"),
        "{out}"
    );
    assert_eq!(run("forges_messages", "spec").0, 101);
}

#[test]
fn odd_options_are_told_and_passed_over() {
    let output = program("right").args(["--frobnicate", "rules"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors, "judge: the option `--frobnicate` is unknown here and was passed over\n");
    assert!(String::from_utf8(output.stdout).unwrap().contains("running 1 test\n"));
}

#[test]
fn quiet_prints_a_sign_for_each_layer() {
    assert!(run("right", "-q").1.contains("running 8 tests\n........\n"), "{}", run("right", "-q").1);
    assert!(run("locks_too_long", "--quiet").1.contains("running 8 tests\n...Fiiii\n"));
}

#[test]
fn nothing_chosen_is_no_failure() {
    let (code, out) = run("aborts", "--ignored");
    assert_eq!(code, 0);
    assert!(
        out.contains("running 0 tests") && out.contains("0 passed; 0 failed; 0 ignored; 0 measured; 8 fil"),
        "{out}"
    );
}

#[test]
fn a_judge_with_a_channel_that_is_none_says_so() {
    for (variable, problem) in
        [("stdin", "standard input is no channel to a runner"), ("file", "JUDGE_CHANNEL=file: unknown")]
    {
        let output = program("right").env("JUDGE_CHANNEL", variable).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.starts_with("judge of fixture: ") && errors.contains(problem), "{errors}");
    }
}

#[test]
fn an_answer_that_is_not_there_could_not_be_judged() {
    let output = program("right").env("JUDGE_ANSWER", "/no/such/answer.rs").output().unwrap();
    assert_eq!(output.status.code(), Some(101));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("could-not-judge") && out.contains("/no/such/answer.rs"), "{out}");
}

#[test]
fn a_starter_fails_with_a_friendly_line() {
    let starter = std::env::temp_dir().join(format!("judge-it-starter-{}.rs", std::process::id()));
    std::fs::write(&starter, "pub fn count() -> u32 {\n    todo!(\"count\")\n}\n").unwrap();
    let output = program("right").env("JUDGE_ANSWER", &starter).output().unwrap();
    std::fs::remove_file(&starter).unwrap();
    assert_eq!(output.status.code(), Some(101));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("There is still a `todo!()` on line 2: your code goes there."), "{out}");
    assert!(out.contains(":2: todo!(\"count\")"), "{out}");
}
