//! What stands still is told as that, with who waits for whom; what is only slow is not.
use crate::fixture::{line_of, run, run_until};
use judge::protocol::Ending;
use judge::{Judgement, Verdict};

fn details(judgement: &Judgement) -> String {
    judgement.details.join("\n")
}

#[cfg(target_os = "linux")]
#[test]
fn a_circle_of_real_threads_is_told_by_its_locks_and_lines() {
    let run = run("waits_for_each_other");
    let judgement = &run.judgement;
    assert_eq!((judgement.verdict, judgement.layer.as_str()), (Verdict::Deadlock, "spec"), "{judgement:#?}");
    assert!(matches!(run.ending, Ending::Limit(0..60)), "long before any limit: {:?}", run.ending);
    let (lefty, righty) = (line_of("// Lefty waits."), line_of("// Righty waits."));
    let told = [
        format!("`lefty` waits on line {lefty} for the lock `right_hand`, which `righty` holds"),
        format!("`righty` waits on line {righty} for the lock `left`, which `lefty` holds"),
    ];
    assert!(judgement.sentence.starts_with("They wait for each other: "), "{}", judgement.sentence);
    for told in told {
        assert!(judgement.sentence.contains(&told), "{}", judgement.sentence);
    }
    let place = judgement.place.as_ref().unwrap();
    assert!([lefty, righty].contains(&place.line), "{place:?}");
    let told = details(judgement);
    assert!(told.contains(&format!("; holds `left` since line {}", line_of("// Lefty begins."))), "{told}");
    assert!(
        told.contains(&format!("; holds `right_hand` since line {}", line_of("// Righty begins."))),
        "{told}"
    );
    assert!(told.contains("for `lefty` to end"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn who_waits_for_itself_or_for_nobody_is_told_so() {
    let judgement = run("waits_for_itself").judgement;
    let line = line_of("// Its own lock.");
    assert_eq!(
        judgement.sentence,
        format!("`main` waits on line {line} for the lock `visits`, and holds it itself.")
    );
    assert_eq!((judgement.verdict, judgement.place.unwrap().line), (Verdict::Deadlock, line));

    let judgement = run("waits_for_nobody").judgement;
    assert_eq!(judgement.verdict, Verdict::Deadlock, "{judgement:#?}");
    let words =
        format!("Nobody can go on: `main` waits on line {} for a message on ", line_of("&receiver {"));
    assert!(judgement.sentence.starts_with(&words), "{}", judgement.sentence);
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_that_stands_still_is_told_with_what_it_waits_for() {
    let judgement = run("waits_for_a_full_pipe").judgement;
    assert_eq!(judgement.verdict, Verdict::Deadlock, "{judgement:#?}");
    let told = details(&judgement);
    assert!(told.contains("waits for room in a pipe that is full"), "{told}");
    assert!(told.contains("`main` waits for a child process to end"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_slow_does_not_stand_still() {
    for answer in ["rests", "toils", "rests_in_a_child"] {
        let judgement = run(answer).judgement;
        assert_eq!(judgement.verdict, Verdict::Pass, "{answer}: {judgement:#?}");
    }
}

#[test]
fn who_spins_is_told_where() {
    let judgement = run_until("spins", "spec", std::time::Duration::from_secs(3)).judgement;
    assert_eq!(judgement.verdict, Verdict::Hangs, "{judgement:#?}");
    let line = line_of("// Asks again.");
    assert_eq!(judgement.place.as_ref().map(|place| place.line), Some(line), "{judgement:#?}");
    let told = details(&judgement);
    assert!(told.contains(&format!("what it did last was on line {line}")), "{told}");
    assert!(!cfg!(target_os = "linux") || told.contains("`main` computes"), "{told}");
}
