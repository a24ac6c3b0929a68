//! Layers in their order, and what may and may not change a verdict. Real threads only: what explored code does is
//! tested from outside, with the fixture.
use super::*;
use crate::protocol::{CANARY_SENTENCE, Canary};
use crate::{Rendezvous, expect_eq, fail};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::thread;

/// A judge whose answer's text is in order. Any text will do, since the code comes from the tests; this one is there in
/// every copy of the course.
fn judge() -> Exercise {
    let exercise = Exercise::new("fixture", env!("CARGO_MANIFEST_DIR"), file!());
    Exercise { answer: concat!(env!("CARGO_MANIFEST_DIR"), "/src/verdict.rs").into(), ..exercise }
}

fn run(exercise: &Exercise) -> Judgement {
    exercise.judge(|_| true, |_| {})
}

#[test]
fn layers_run_in_their_order_and_have_names_of_their_own() {
    let nothing = || ();
    let exercise =
        judge().spec("c", nothing).schedules("a", nothing).overlap("b", nothing).spec("d", nothing);
    let names: Vec<_> = exercise.names().into_iter().map(|layer| (layer.name, layer.what)).collect();
    let names: Vec<_> = names.iter().map(|(name, what)| (name.as_str(), what.as_str())).skip(1).collect();
    assert_eq!(names, [("schedules", "a"), ("overlap", "b"), ("spec", "c"), ("spec-2", "d")]);
    assert_eq!(kind_of("spec-2"), "spec");
}

#[test]
fn the_first_failure_stops() {
    let exercise = judge()
        .spec("fine", || ())
        .spec("not fine", || expect_eq("one", 1, 2))
        .spec("never run", || std::process::abort());
    let judgement = run(&exercise);
    assert_eq!((judgement.verdict, judgement.layer.as_str()), (Verdict::WrongResult, "spec"));
    assert_eq!(judgement.sentence, "One: expected 2, got 1.");
    let statuses: Vec<Status> = judgement.layers.iter().map(|l| l.status).collect();
    assert_eq!(statuses, [Status::Passed, Status::Passed, Status::Failed, Status::NotRun]);
}

#[test]
fn a_canary_fails_where_all_is_well_and_leaves_other_failures_alone() {
    let right = judge().spec("fine", || ());
    let canary = |canary| Mode { canary: Some(Canary::sealed(canary).unwrap()), stress: None };
    assert!(right.judge_as(&canary(false), |_| true, |_| {}).verdict.is_pass());
    let judged = right.judge_as(&canary(true), |_| true, |_| {});
    assert_eq!((judged.verdict, judged.sentence.as_str()), (Verdict::WrongResult, CANARY_SENTENCE));
    assert_eq!(judged.layers[0].status, Status::Passed, "rules run none of the answer's code");
    let wrong = judge().spec("not fine", || expect_eq("one", 1, 2));
    assert_eq!(wrong.judge_as(&canary(true), |_| true, |_| {}).sentence, "One: expected 2, got 1.");
    let panics = judge().spec("panics", || panic!("no"));
    assert_eq!(panics.judge_as(&canary(true), |_| true, |_| {}).sentence, run(&panics).sentence);
}

#[test]
fn long_values_stand_one_below_the_other() {
    let exercise = judge().spec("", || expect_eq("the squares", (1..30).collect(), vec![1; 29]));
    let judgement = run(&exercise);
    assert_eq!(judgement.sentence, "The squares: not what was expected.");
    assert!(judgement.details[0].starts_with("expected: [1, 1, 1,"), "{:?}", judgement.details);
    assert!(judgement.details[1].starts_with("got:      [1, 2, 3,"), "{:?}", judgement.details);
}

#[test]
fn only_the_chosen_layers_run() {
    let exercise = judge().spec("wrong", || expect_eq("one", 1, 2)).spec("right", || ());
    let judgement = exercise.judge(|name| name == "spec-2", |_| {});
    assert_eq!(judgement.verdict, Verdict::Pass);
    assert_eq!(judgement.layers[1].status, Status::NotRun);
}

#[test]
fn what_a_judge_says_counts_although_the_answer_swallows_it() {
    let exercise = judge().spec("", || {
        let worker = thread::spawn(|| fail(Verdict::OverLocked, "The lock was held."));
        assert!(worker.join().is_err());
    });
    let judgement = run(&exercise);
    assert_eq!((judgement.verdict, judgement.sentence.as_str()), (Verdict::OverLocked, "The lock was held."));
}

#[test]
fn the_first_of_two_failures_counts() {
    let exercise = judge().spec("", || {
        let worker = thread::spawn(|| fail(Verdict::SwallowedFailure, "First."));
        assert!(worker.join().is_err());
        fail(Verdict::TooSlow, "Second.");
    });
    assert_eq!(run(&exercise).verdict, Verdict::SwallowedFailure);
}

#[test]
fn a_thread_that_outlives_its_layer_cannot_change_a_later_verdict() {
    static GO: OnceLock<mpsc::Sender<()>> = OnceLock::new();
    static GONE: OnceLock<Mutex<mpsc::Receiver<()>>> = OnceLock::new();
    let exercise = judge()
        .spec("leaves a thread behind", || {
            let (go, wait) = mpsc::channel();
            let (tell, gone) = mpsc::channel();
            GO.set(go).unwrap();
            GONE.set(Mutex::new(gone)).unwrap();
            thread::spawn(move || {
                // Dropped as the thread ends, after its panic has been noted or not.
                let _tell: mpsc::Sender<()> = tell;
                wait.recv().unwrap();
                fail(Verdict::Starved, "Too late.");
            });
        })
        .spec("lets it speak", || {
            GO.get().unwrap().send(()).unwrap();
            let gone = GONE.get().unwrap().lock().unwrap();
            assert!(gone.recv().is_err(), "the thread only ends");
        });
    assert_eq!(run(&exercise).verdict, Verdict::Pass);
}

#[test]
fn panics_are_told_by_where_they_began() {
    let in_this_file = judge().spec("", || assert_eq!(1, 2, "the sum"));
    let judgement = run(&in_this_file);
    // This file is the judge's, so its assertions are about results.
    assert_eq!(judgement.verdict, Verdict::WrongResult);
    assert_eq!(judgement.sentence, "assertion `left == right` failed: the sum");
    assert_eq!(judgement.details, ["  left: 1", " right: 2"]);

    let mut elsewhere = judge().spec("", || {
        let worker = thread::Builder::new().name("worker".into()).spawn(|| panic!("out of luck")).unwrap();
        worker.join().unwrap();
    });
    elsewhere.judge = "tests/e1.rs".into();
    let judgement = run(&elsewhere);
    assert_eq!(judgement.verdict, Verdict::Panics);
    assert_eq!(judgement.sentence, "It panicked in the thread `worker`: out of luck");

    let mut todo = judge().spec("", || todo!("count"));
    todo.judge = "tests/e1.rs".into();
    assert_eq!(run(&todo).verdict, Verdict::NotStarted);
}

#[test]
fn a_panic_that_was_handled_is_not_the_one_that_counts() {
    let mut exercise = judge().spec("", || {
        assert!(thread::spawn(|| panic!("handled")).join().is_err());
        panic!("not handled");
    });
    exercise.judge = "tests/e1.rs".into();
    assert_eq!(run(&exercise).sentence, "It panicked: not handled");
}

#[test]
fn real_threads_that_meet_overlap() {
    let exercise = judge().spec("", || {
        let both = Rendezvous::new(2);
        let other = both.clone();
        let worker = thread::spawn(move || other.meet());
        both.meet();
        worker.join().unwrap();
    });
    assert_eq!(run(&exercise).verdict, Verdict::Pass);
}

#[test]
fn an_answer_that_cannot_be_read_is_not_judged() {
    let mut exercise = judge().spec("", || ());
    exercise.answer = "/no/such/file.rs".into();
    let judgement = run(&exercise);
    assert_eq!(judgement.verdict, Verdict::CouldNotJudge);
    assert!(judgement.sentence.contains("/no/such/file.rs"), "{}", judgement.sentence);
}
