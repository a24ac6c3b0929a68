//! Being the scheduler, by lines of standard input and by keys.
use crate::scratch::Real;
use crate::tmux::Tmux;
use std::fs;
use std::io::Write;
use std::process::Stdio;

/// Begins with the end of the schedule that a token names, and leaves.
fn replay(course: &Real, answer: &str, token: &str) -> (i32, String) {
    play_with(course, answer, &["--replay", token], "")
}

/// Plays with these moves; gives the exit code and all that was said.
fn play(course: &Real, answer: &str, moves: &str) -> (i32, String) {
    play_with(course, answer, &[], moves)
}

fn play_with(course: &Real, answer: &str, more: &[&str], moves: &str) -> (i32, String) {
    let answer = course.root.join("lessons/1-threads").join(answer);
    let mut command = course.command(&["play", "104", "--scene", "1", "--answer", answer.to_str().unwrap()]);
    command.args(more);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(moves.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}

const RACE: &str = "wrong/e104_visits/load_then_store.rs";

#[test]
fn choices_on_standard_input_break_a_race_and_undo_mends_it() {
    let course = Real::lesson_1();
    // The second gate reads between the first one's reading and its writing. What comes last needs no choice.
    let begin = "1\n1\n2\n";
    let (code, text) = play(&course, RACE, begin);
    assert_eq!(code, 0, "{text}");
    for wanted in
        ["Scene 1 of", "two gates, one arrival each", "What happens next?", "bad luck", "reads visits", ":16"]
    {
        assert!(text.to_lowercase().contains(&wanted.to_lowercase()), "{wanted}: {text}");
    }
    // One form of places, the one of a verdict's timeline; none of the judge's.
    assert!(!text.contains(".rs"), "the learner's lines are told by their numbers alone: {text}");
    let (code, text) = play(&course, RACE, &format!("{begin}2\n2\n"));
    assert_eq!(code, 1, "{text}");
    for wanted in [
        "It broke: lost-update",
        "The visits: expected 2, got 1",
        "unlucky moment among them",
        "is judged: The visits: expected 2, got 1",
        "cargo xtask play 104 --replay ",
        "replay token: ",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("panic"), "where in the judge says nothing: {text}");
    // Whose turn it is by itself is marked; the numbers stay with the threads.
    assert!(text.contains("▸ 1  T1    reads visits") && text.contains("  2  T2    begins"), "{text}");
    assert!(text.contains("▸ 2  T2    reads visits") && text.contains("  1  T1    writes visits"), "{text}");
    // Its token stands for the same schedule: for this code it breaks it again, for the right code it does not.
    let token = text.split("replay token: ").nth(1).unwrap().lines().next().unwrap().trim().to_owned();
    let (code, again) = replay(&course, RACE, &token);
    assert!(code == 1 && again.contains("It broke: lost-update"), "{again}");
    assert!(again.contains(&format!("replay token: {token}")), "{again}");
    let (code, well) = replay(&course, "solutions/e104_visits.rs", &token);
    assert!(code == 0 && well.contains("This schedule goes well, as the code is now."), "{well}");
    let (code, none) = replay(&course, RACE, "left");
    assert!(code == 2 && none.contains("`left` is not a replay token"), "{none}");
    // The same beginning, the fatal choice taken back.
    let (code, text) = play(&course, RACE, &format!("{begin}undo\n1\n\n\n\n\n"));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("It went well"), "{text}");
    // No schedule breaks what is right, and what is no move is told.
    let (code, text) = play(&course, "solutions/e104_visits.rs", "2\n\n\n\n\n\n");
    assert!(code != 1 && !text.contains("It broke"), "{text}");
    let (code, text) = play(&course, RACE, "left\n");
    assert!(
        code == 2 && text.contains("`left`: one of 1, 2 is needed, or `undo`, `again`, `stop`"),
        "{text}"
    );
}

#[test]
fn keys_play_one_s_own_code_and_lead_back_to_it() {
    let course = Real::lesson_1();
    let Some(tmux) = Tmux::start(&course.root, &course.environment()) else { return };
    let race = fs::read_to_string(course.root.join("lessons/1-threads").join(RACE)).unwrap();
    fs::write(course.exercise("e104_visits"), race).unwrap();
    tmux.line("xtask learn 104; echo \"exit code $?.\"");
    tmux.until("e104_visits lost-update");
    tmux.press(&["y"]);
    // It begins where the judge found the mistake.
    tmux.until_all(&["Scene 1 of", "two gates, one arrival each", "Choice 1: what happens next?", "u undo"]);
    for (key, next) in [("1", "Choice 2:"), ("1", "Choice 3:"), ("2", "1 unlucky moment so far")] {
        tmux.press(&[key]);
        tmux.until(next);
    }
    tmux.press(&["u"]);
    tmux.until("Choice 3:");
    tmux.press(&["2"]);
    tmux.until("1 unlucky moment so far");
    while !tmux.screen().contains("It broke") {
        let before = tmux.screen();
        tmux.press(&["Enter"]);
        tmux.until_other(&before);
    }
    tmux.until_all(&["It broke: lost-update", "replay token"]);
    tmux.press(&["a"]);
    tmux.until("Choice 1: what happens next?");
    tmux.press(&["q"]);
    tmux.until("e104_visits lost-update");
    tmux.press(&["q"]);
    tmux.until("exit code 0.");
}
