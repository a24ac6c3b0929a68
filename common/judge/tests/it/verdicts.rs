//! Each of the fixture's answers gets its verdict, from the layer that should find it, with a place and a reason.
use crate::fixture::{line_of, run, run_stressed, run_until};
use judge::protocol::{Ending, Message};
use judge::{Judgement, Status, Verdict};

#[test]
fn a_right_answer_passes_every_layer() {
    for answer in ["right", "prints", "reads_input"] {
        let run = run(answer);
        let judgement = &run.judgement;
        assert_eq!(judgement.verdict, Verdict::Pass, "{answer}: {judgement:#?}");
        assert_eq!((judgement.layer.as_str(), run.ending), ("", Ending::Exited(0)), "{answer}");
        let names: Vec<&str> = judgement.layers.iter().map(|l| l.name.as_str()).collect();
        assert_eq!(
            names,
            ["rules", "schedules", "schedules-2", "overlap", "over-locking", "spec", "cost", "cost-2",]
        );
        assert!(judgement.layers.iter().all(|l| l.status == Status::Passed));
        assert!(judgement.layers[1].note.starts_with("every schedule"), "{}", judgement.layers[1].note);
        // begin, twice eight layers, done.
        assert_eq!(run.messages.len(), 18, "{:?}", run.messages);
        assert!(matches!(&run.messages[0], Message::Begin { layers, .. } if layers.len() == 8));
        assert!(matches!(run.messages.last(), Some(Message::Done(_))));
    }
}

#[test]
fn every_wrong_answer_gets_its_verdict_from_its_layer() {
    let table = [
        ("wrong", Verdict::WrongResult, "schedules", None),
        ("lost_update", Verdict::LostUpdate, "schedules", Some("visits.store(seen + 1")),
        ("panics", Verdict::Panics, "schedules", Some("the door is locked")),
        ("panics_in_spec", Verdict::Panics, "spec", Some("the door is locked")),
        ("exits", Verdict::Exits, "schedules", Some("\"exits\" =>")),
        ("exits_in_spec", Verdict::Exits, "spec", None),
        ("aborts", Verdict::Exits, "schedules", Some("\"aborts\" =>")),
        ("overflows", Verdict::Crashes, "schedules", None),
        ("forges_output", Verdict::Exits, "spec", None),
        ("forges_messages", Verdict::BreaksARule, "spec", None),
        ("half_a_line", Verdict::BreaksARule, "schedules", None),
        ("one_by_one", Verdict::NotConcurrent, "overlap", Some("// One after another.")),
        ("locks_too_long", Verdict::OverLocked, "overlap", Some("// Held too long.")),
        ("leaves_a_thread", Verdict::Leak, "schedules", None),
        ("leaves_a_thread_in_spec", Verdict::Leak, "spec", None),
        ("stuck_together", Verdict::Deadlock, "schedules", None),
        ("swallows", Verdict::Starved, "schedules", None),
        ("thinks_under_the_lock", Verdict::OverLocked, "over-locking", Some("// Thinks under the lock.")),
        ("asks_again_and_again", Verdict::OverLocked, "over-locking", None),
        ("panics_in_thought", Verdict::Panics, "over-locking", Some("// Nobody thinks.")),
        ("never_thinks", Verdict::WrongResult, "over-locking", None),
        ("locks_twice", Verdict::TooSlow, "cost", None),
        ("one_thread_more", Verdict::TooSlow, "cost", None),
        ("many_boxes", Verdict::TooSlow, "cost", None),
        ("leaves_a_child", Verdict::Leak, "spec", None),
        ("leaves_a_zombie", Verdict::Leak, "spec", None),
        ("leaves_a_pipe", Verdict::Leak, "cost", None),
    ];
    for (answer, verdict, layer, text) in table {
        let run = run(answer);
        let judgement = &run.judgement;
        assert_eq!(
            (judgement.verdict, judgement.layer.as_str()),
            (verdict, layer),
            "{answer}: {judgement:#?}"
        );
        assert_one_failed(answer, judgement);
        if let Some(text) = text {
            let place = judgement.place.as_ref().unwrap_or_else(|| panic!("{answer}: {judgement:#?}"));
            assert_eq!(place.line, line_of(text), "{answer}: {judgement:#?}");
            assert!(place.file.ends_with("tests/fixture/exercises/fixture.rs"), "{answer}: {}", place.file);
            assert!(judgement.sentence.contains(&format!("ine {}", place.line)), "{answer}: {judgement:#?}");
        }
    }
}

/// Layers before the one that failed passed, those after it never ran.
fn assert_one_failed(answer: &str, judgement: &Judgement) {
    let failed = judgement.layers.iter().position(|l| l.status == Status::Failed);
    let at = failed.unwrap_or_else(|| panic!("{answer}: {judgement:#?}"));
    assert!(judgement.layers[at].name.starts_with(&judgement.layer), "{answer}");
    assert!(judgement.layers[..at].iter().all(|l| l.status == Status::Passed), "{answer}: {judgement:#?}");
    assert!(judgement.layers[at + 1..].iter().all(|l| l.status == Status::NotRun), "{answer}");
}

#[test]
fn an_answer_that_never_ends_hangs_in_the_layer_it_is_in() {
    let run = run_until("loops", "spec", std::time::Duration::ZERO);
    let judgement = &run.judgement;
    assert_eq!((judgement.verdict, judgement.layer.as_str()), (Verdict::Hangs, "spec"), "{judgement:#?}");
    assert_eq!(
        judgement.sentence,
        "The program was still running after 20 s, in the layer `spec` (20 threads)."
    );
    assert_one_failed("loops", judgement);
}

#[test]
fn a_wrong_result_in_every_schedule_is_no_tale_of_threads() {
    let judgement = run("wrong").judgement;
    assert_eq!(judgement.sentence, "The number of visits: expected 2, got 3.");
    let not_about_threads =
        "It happens even when the threads run one after another, so it is not about timing.";
    assert_eq!(judgement.details, [not_about_threads]);
    assert_eq!((judgement.story, judgement.place), (None, None));
}

#[test]
fn a_wrong_result_that_took_its_time_is_told_with_its_schedule() {
    let judgement = run("wrong_after_a_while").judgement;
    assert_eq!(judgement.sentence, "The number of visits: expected 2, got 3.");
    assert!(judgement.details.is_empty(), "{:?}", judgement.details);
    let story = judgement.story.expect("a story");
    let slept = story.steps.iter().find(|step| step.text == "has slept 3600 s").expect("the sleep");
    assert_eq!(slept.place.as_ref().map(|p| p.line), Some(line_of("// Comes late.")));
    assert!(story.title.starts_with("Wrong result"), "{}", story.title);
}

#[test]
fn what_goes_wrong_although_nobody_is_interrupted_is_no_lost_update() {
    let judgement = run("lets_in_twice").judgement;
    assert_eq!(
        (judgement.verdict, judgement.sentence.as_str()),
        (Verdict::Starved, "Somebody was let in twice.")
    );
    let story = judgement.story.expect("a story");
    assert!(story.title.starts_with("Starved:"), "{}", story.title);
    assert!(!story.because.join(" ").contains("What the first look saw"), "{:?}", story.because);
}

#[test]
fn a_failing_schedule_comes_with_its_story() {
    let judgement = run("lost_update").judgement;
    assert_eq!(judgement.details, ["The number of visits: expected 2, got 1."]);
    let story = judgement.story.unwrap();
    assert!(story.steps.iter().any(|step| step.switched), "{story:#?}");
    assert!(story.title.starts_with("Lost update"), "{}", story.title);
}

#[test]
fn the_meeting_point_stays_out_of_the_story() {
    for (answer, title) in [("one_by_one", "One after another:"), ("locks_too_long", "Held too long:")] {
        let story = run(answer).judgement.story.unwrap();
        assert!(story.title.starts_with(title), "{}", story.title);
        let told = story.steps.iter().map(|step| &step.text).chain(&story.because);
        for text in told {
            assert!(!text.contains("both") && !text.contains("notif"), "{answer}: {text}");
        }
        assert!(story.steps.iter().any(|step| step.text == "is at work, waits for the others"));
    }
}

#[test]
fn neither_the_output_nor_the_exit_code_is_believed() {
    let forged = run("forges_output");
    assert_eq!(forged.ending, Ending::Exited(0));
    assert!(forged.was_silent && forged.judgement.verdict == Verdict::Exits);

    let forged = run("forges_messages");
    assert_eq!(forged.ending, Ending::Exited(0));
    assert!(!forged.was_silent);
    let told = "What came was a message without the judge's secret number.";
    assert!(forged.judgement.details[0].starts_with(told), "{:?}", forged.judgement.details);
    assert!(!forged.messages.iter().any(|m| matches!(m, Message::Done(_))));
}

#[test]
fn what_is_done_too_often_is_counted_by_its_lines() {
    let judgement = run("locks_twice").judgement;
    let sentence = "It takes a lock 41 times; 21 times are enough: one for each visitor, and one to read.";
    assert_eq!(judgement.sentence, sentence);
    let busy = line_of("// Locks twice.");
    assert_eq!(judgement.details[0], format!("line {busy}: 40 times"));
    assert_eq!(judgement.place.unwrap().line, busy);
    let judgement = run("one_thread_more").judgement;
    assert!(judgement.sentence.starts_with("It starts a thread 21 times; 20 times are enough"));
}

#[test]
fn what_is_left_is_named() {
    for (answer, words) in [
        ("leaves_a_child", "The answer has returned, but its child `sh` still runs."),
        (
            "leaves_a_zombie",
            "The answer has returned, but its child `sh` has ended and nobody has waited for it: a zombie.",
        ),
        ("leaves_a_pipe", "count has returned, and left open the end of a pipe, and 1 more."),
    ] {
        assert_eq!(run(answer).judgement.sentence, words);
    }
}

#[test]
fn who_holds_and_who_waits_is_told_by_line() {
    let judgement = run("thinks_under_the_lock").judgement;
    let (waits, holds) = (line_of("*self.signatures.lock().unwrap() // Counts."), line_of("// Thinks under"));
    let told = format!("line {waits} waits for `Mutex`, which line {holds} took and holds meanwhile.");
    assert!(judgement.sentence.ends_with(&told), "{}", judgement.sentence);
    assert!(judgement.story.unwrap().title.starts_with("Held too long:"));
}

#[test]
fn work_is_measured_in_model_time() {
    let shared = run("shares_by_halves").judgement;
    assert_eq!(shared.verdict, Verdict::Pass, "{shared:#?}");
    let alone = run("shares_with_nobody").judgement;
    assert_eq!((alone.verdict, alone.layer.as_str()), (Verdict::NotConcurrent, "speed"), "{alone:#?}");
    assert_eq!(shared.layers.last().unwrap().note, "2.00 times as fast as one thread, 1.00 times the work");
    for (answer, words, shares) in [
        ("shares_unevenly", "All threads together take 62 % of the time", "62 %, 38 %"),
        ("shares_and_does_it_twice", "Together the threads do 1.50 times the work", "33 %, 33 %, 33 %"),
        ("shares_in_turn", "All threads together take 100 % of the time", "50 %, 50 %"),
    ] {
        let judgement = run(answer).judgement;
        assert_eq!(
            (judgement.verdict, judgement.layer.as_str()),
            (Verdict::TooSlow, "speed"),
            "{answer}: {judgement:#?}"
        );
        assert!(judgement.sentence.starts_with(words), "{answer}: {judgement:#?}");
        let told = format!("Shares of the work, by thread: {shares}");
        assert_eq!(judgement.details[0], told, "{answer}");
    }
}

#[test]
fn stress_runs_the_same_models_and_says_in_which_run_it_failed() {
    let right = run_stressed("right", 30).judgement;
    assert_eq!(right.verdict, Verdict::Pass, "{right:#?}");
    assert_eq!(right.layers[1].note, "30 runs on real threads");
    let wrong = run_stressed("wrong", 30).judgement;
    assert_eq!((wrong.verdict, wrong.layer.as_str()), (Verdict::WrongResult, "schedules"));
    assert_eq!(wrong.details[0], "In run 1 of 30.");
    let stuck = run_stressed("waits_for_itself_at_once", 30).judgement;
    assert_eq!(stuck.verdict, Verdict::Hangs, "{stuck:#?}");
}
