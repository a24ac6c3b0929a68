//! Answers of every bad kind, and the verdict that each must get.
use crate::scratch::{Course, RIGHT, runs, until};
use serde_json::Value;

/// Judges an answer whose `count` has this body.
fn judge(exercise: &str, name: &str, body: &str) -> (i32, Value) {
    let text = format!(
        "//! {name}\n\n/// Counts.\npub fn count(threads: u64) -> u64 {{\n    let _ = threads;\n    {body}\n}}\n"
    );
    Course::shared().judge(exercise, name, &text)
}

/// Judges the right answer, made to do `evil` when it is called with real threads.
fn judge_evil(exercise: &str, name: &str, evil: &str) -> (i32, Value) {
    let head = "pub fn count(threads: u64) -> u64 {\n";
    let text = RIGHT.replace(head, &format!("{head}    if threads > 2 {{\n        {evil}\n    }}\n"));
    assert_ne!(text, RIGHT);
    Course::shared().judge(exercise, name, &text)
}

#[track_caller]
fn expect((exit, judgement): (i32, Value), verdict: &str) -> Value {
    assert_eq!(judgement["verdict"], verdict, "{judgement:#}");
    let wanted = match verdict {
        "pass" => 0,
        "could-not-judge" => 3,
        _ => 1,
    };
    assert_eq!(exit, wanted, "{judgement:#}");
    judgement
}

#[test]
fn a_right_answer_passes() {
    let judgement = expect(Course::shared().judge("101", "right", RIGHT), "pass");
    assert_eq!(judgement["layer"], "");
    let layers = judgement["layers"].as_array().unwrap();
    assert!(layers.len() >= 2 && layers.iter().all(|layer| layer["status"] == "passed"), "{judgement:#}");
}

#[test]
fn an_update_that_can_be_lost_is_found_with_its_schedule() {
    let body = "use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    let counter = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| counter.store(counter.load(Relaxed) + 1, Relaxed));
        }
    });
    counter.load(Relaxed)";
    let judgement = expect(judge("101", "lost_update", body), "lost-update");
    assert_eq!(judgement["layer"], "schedules");
    assert!(judgement["story"]["steps"].as_array().is_some_and(|steps| !steps.is_empty()), "{judgement:#}");
}

#[test]
fn what_does_not_compile_is_told_with_the_compilers_first_error() {
    let judgement = expect(judge("101", "type_error", "\"many\""), "does-not-compile");
    assert_eq!(judgement["details"][0], "mismatched types");
    assert_eq!(judgement["place"]["file"], "answers/type_error.rs");
    assert!(judgement["compiler"].as_str().unwrap().contains("expected `u64`"), "{judgement:#}");
}

#[test]
fn a_syntax_error_has_no_code_and_gets_no_hint() {
    let course = Course::shared();
    let judgement = expect(judge("101", "syntax", "let let = ;"), "does-not-compile");
    assert_eq!(judgement["error_codes"], serde_json::json!([]), "{judgement:#}");
    // Nor does an error behind it, which is not shown.
    let body = "let mine = vec![1]\n    let moved = mine;\n    nowhere::to_be_found(mine);\n    threads";
    let judgement = expect(judge("101", "syntax_first", body), "does-not-compile");
    assert_eq!(judgement["error_codes"], serde_json::json!([]), "{judgement:#}");
    assert_eq!(judgement["more_errors"], 1, "{judgement:#}");
    let path = course.root.join("answers/syntax.rs");
    let (_, text) = course.says(&["check", "101", "--answer", path.to_str().unwrap()]);
    assert!(text.contains("does-not-compile") && !text.contains("Hint:"), "{text}");
}

#[test]
fn a_broken_rule_is_placed_from_the_root() {
    let judgement = expect(judge("101", "unsafe", "unsafe { threads }"), "breaks-a-rule");
    assert_eq!(judgement["place"]["file"], "answers/unsafe.rs");
    assert!(!judgement.to_string().contains(Course::shared().root.to_str().unwrap()), "{judgement:#}");
}

#[test]
fn a_search_too_long_for_its_limit_is_no_fault_of_the_answer() {
    // Hundreds of schedules, and each computes for a while (a sleep would be the model's, and take no time at all): no
    // machine is quick enough.
    let body = "use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
    if threads > 2 {
        return threads;
    }
    for n in 0..10_000_000_u64 {
        std::hint::black_box(n);
    }
    let shared = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for i in 0..4 {
                    shared.store(shared.load(SeqCst) + i, SeqCst);
                }
            });
        }
    });
    threads";
    let judgement = expect(judge("102", "long_search", body), "could-not-judge");
    assert_eq!(judgement["layer"], "schedules");
    assert!(judgement["sentence"].as_str().unwrap().contains("not finished after 3 s"), "{judgement:#}");
    assert!(!judgement.to_string().contains("condition never becomes false"), "{judgement:#}");
}

#[test]
fn a_changed_signature_is_told_as_such() {
    let text =
        "//! Other.\n\n/// Counts.\npub fn count(threads: String) -> u64 {\n    threads.len() as u64\n}\n";
    let judgement = expect(Course::shared().judge("101", "signature", text), "does-not-compile");
    assert!(
        judgement["sentence"].as_str().unwrap().contains("as the starter declares them"),
        "{judgement:#}"
    );
}

#[test]
fn a_judge_that_does_not_compile_is_nobodys_fault_but_its_own() {
    let judgement = expect(Course::shared().judge("105", "blameless", RIGHT), "could-not-judge");
    assert!(
        judgement["details"][0].as_str().unwrap().contains("not even with the untouched starter"),
        "{judgement:#}"
    );
}

#[test]
fn a_panic_is_told_as_one() {
    let judgement = expect(judge("101", "panics", "panic!(\"no idea\")"), "panics");
    assert!(judgement.to_string().contains("no idea"), "{judgement:#}");
}

#[test]
fn what_ends_the_process_is_told_with_its_layer() {
    let judgement = expect(judge_evil("101", "exits", "::std::process::exit(0)"), "exits");
    assert_eq!(judgement["layer"], "spec");
    assert!(judgement["sentence"].as_str().unwrap().contains("exit code 0"), "{judgement:#}");

    let hook = "::std::panic::set_hook(Box::new(|_| ::std::process::exit(0)));\n        panic!()";
    expect(judge_evil("101", "exits_in_a_hook", hook), "exits");
    let judgement = expect(judge_evil("101", "aborts", "::std::process::abort()"), "crashes");
    assert!(judgement["details"].to_string().contains("signal 6"), "{judgement:#}");
    let deep = "fn deep(n: u64) -> u64 { if n == 0 { 0 } else { 1 + deep(n + 1) } }\n        return deep(1);";
    let judgement = expect(judge_evil("101", "overflows", deep), "crashes");
    assert!(judgement["printed"].as_str().unwrap().contains("overflowed its stack"), "{judgement:#}");
}

#[test]
fn a_forged_report_is_shown_and_not_believed() {
    let forged = r#"println!("{{\"type\":\"done\",\"judgement\":{{\"exercise\":\"e101_count\",\"verdict\":\"pass\"}}}}");
        println!("test result: ok. 1 passed; 0 failed");
        ::std::process::exit(0)"#;
    let judgement = expect(judge_evil("101", "forged", forged), "exits");
    assert!(judgement["printed"].as_str().unwrap().contains("test result: ok. 1 passed"), "{judgement:#}");
}

#[test]
fn a_write_to_the_channel_is_found() {
    let write = "use ::std::io::Write;
        use ::std::os::fd::AsFd;
        let stdin = ::std::io::stdin().as_fd().try_clone_to_owned().unwrap();
        let mut socket = ::std::os::unix::net::UnixStream::from(stdin);
        let _ = socket.write_all(b\"{\\\"type\\\":\\\"done\\\"}\\n\");";
    let judgement = expect(judge_evil("101", "channel", write), "breaks-a-rule");
    assert!(judgement["sentence"].as_str().unwrap().contains("channel"), "{judgement:#}");
}

#[test]
fn an_endless_loop_ends_at_the_limit() {
    let judgement = expect(
        judge_evil("102", "endless", "loop {\n            ::std::hint::spin_loop();\n        }"),
        "hangs",
    );
    assert_eq!(judgement["layer"], "spec");
    assert!(judgement["sentence"].as_str().unwrap().contains("after 3 s"), "{judgement:#}");
}

#[test]
fn no_child_of_an_answer_outlives_its_judgement() {
    let child = "let child = ::std::process::Command::new(\"sleep\").arg(\"100000\").spawn().unwrap();
        ::std::fs::write(\"left_behind\", child.id().to_string()).unwrap();
        ::std::process::exit(0)";
    expect(judge_evil("101", "leaves_a_child", child), "exits");
    let pid = Course::shared().read("left_behind").parse().unwrap();
    until("the child is gone", || !runs(pid));
}

#[test]
fn much_output_neither_blocks_nor_fills_the_report() {
    let flood = "for _ in 0..100_000 {\n            println!(\"{}\", \"x\".repeat(100));\n        }\n        return 0;";
    let judgement = expect(judge_evil("101", "floods", flood), "wrong-result");
    let printed = judgement["printed"].as_str().unwrap();
    assert!(printed.len() < 130 * 1024, "{}", printed.len());
    assert!(printed.contains("bytes are not shown"), "what was dropped is said");
}
