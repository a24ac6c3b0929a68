//! Watch mode at a terminal: its keys, and every way out of it.
use crate::scratch::{Real, runs, until};
use crate::tmux::Tmux;
use std::fs;

const BEGIN: &str = "xtask learn; echo \"exit code $?.\"";

/// What a shell says of a terminal in which typing works as usual.
const NORMAL: &str =
    "stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo | tr '\\n' ' '; echo that is all";

#[test]
fn every_way_out_leaves_the_terminal_as_it_was() {
    let course = Real::lesson_1();
    let Some(tmux) = Tmux::start(&course.root, &course.environment()) else { return };
    for (way, code) in [("q", 0), ("C-c", 75), ("C-d", -1), ("kill", 75)] {
        tmux.line("clear");
        tmux.line(BEGIN);
        tmux.until_all(&["e101_spawn_join", "q quit"]);
        match way {
            "kill" => tmux.end("xtask"),
            // The key that ends input is a key like any other here.
            "C-d" => {
                tmux.press(&["C-d"]);
                tmux.press(&["q"]);
            }
            key => tmux.press(&[key]),
        }
        let code = if code < 0 { 0 } else { code };
        tmux.until(&format!("exit code {code}."));
        tmux.line("clear");
        tmux.line(NORMAL);
        tmux.until_all(&["icanon echo that is all"]);
    }
}

#[test]
fn it_is_stopped_and_resumed_as_any_program() {
    let course = Real::lesson_1();
    let Some(tmux) = Tmux::start(&course.root, &course.environment()) else { return };
    // Only a shell with job control knows Ctrl-Z.
    tmux.line("set -m");
    tmux.line(BEGIN);
    tmux.until_all(&["e101_spawn_join", "q quit"]);
    tmux.press(&["C-z"]);
    tmux.until("Stopped");
    tmux.line("clear");
    tmux.line(NORMAL);
    tmux.until("icanon echo that is all");
    tmux.line("clear; fg");
    tmux.until_all(&["e101_spawn_join", "q quit"]);
    // Keys work without Enter again, and another size is drawn for.
    tmux.press(&["h"]);
    tmux.until("Hint 1 of 3");
    tmux.resize(60, 30);
    let narrow = tmux.until("? help · q quit");
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    tmux.resize(120, 50);
    tmux.until("Hint 1 of 3");
    tmux.press(&["q"]);
    // The shell has forgotten what was to follow on the stopped command.
    tmux.until("Until next time: cargo xtask learn");
}

#[test]
fn keys_answer_choose_and_put_back() {
    let course = Real::lesson_1();
    let Some(tmux) = Tmux::start(&course.root, &course.environment()) else { return };
    tmux.line(BEGIN);
    tmux.until_all(&["e101_spawn_join", "q quit"]);
    tmux.press(&["?"]);
    tmux.until("each press opens one more");

    // A quiz: one key answers, any goes on.
    tmux.press(&["u"]);
    tmux.until_all(&["Question 1 of", "in any order", "Esc stop"]);
    tmux.press(&["2"]);
    tmux.until_all(&["Right.", "any key goes on"]);
    tmux.press(&["Space"]);
    tmux.until("Question 2 of");
    tmux.press(&["Escape"]);
    tmux.until("e101_spawn_join: A thread for every visitor");

    // The list: to any step, by its number or by its place.
    tmux.press(&["l"]);
    tmux.until_all(&["1. Threads", "d101_spawn_one", "Enter go there"]);
    // A step has one line, however narrow it is, and colours do not count.
    tmux.resize(66, 30);
    let narrow = tmux.until_all(&["d106_visits_race run 5 min Lose visits: by…", "Enter go there"]);
    let rows: Vec<&str> = narrow.lines().skip_while(|line| !line.contains("d106")).collect();
    assert!(rows[1].contains("d107_visits_safe"), "{narrow}");
    tmux.resize(120, 50);
    tmux.until("Lose visits: by chance");
    // Demos and projects have numbers of their own: which is meant is said before Enter.
    tmux.press(&["1", "0", "9"]);
    tmux.until_all(&["▶ . d109_io_or_cpu", "109: Enter takes d109_io_or_cpu; type p109 for that"]);
    tmux.press(&["BSpace", "BSpace", "BSpace"]);
    tmux.press(&["p", "1", "0", "9"]);
    tmux.until("▶ . p109_chat_server");
    tmux.press(&["BSpace", "BSpace", "BSpace", "BSpace"]);
    tmux.press(&["1", "0", "4"]);
    tmux.until_all(&["▶ . e104_visits", "104: Enter takes e104_visits; type d104 for that"]);
    tmux.press(&["Enter"]);
    tmux.until("e104_visits: Count every visit");
    tmux.press(&["p"]);
    tmux.until("e103_chunked_sum: Weigh the parcels");

    // The starter back, what was written kept beside it.
    let path = course.exercise("e103_chunked_sum");
    let starter = fs::read_to_string(&path).unwrap();
    fs::write(&path, "fn mine(\n").unwrap();
    tmux.until("e103_chunked_sum does-not-compile");
    tmux.press(&["x"]);
    tmux.until("What you wrote is kept beside it");
    tmux.press(&["x"]);
    tmux.until("is the starter again; your text is");
    assert_eq!(fs::read_to_string(&path).unwrap(), starter);
    assert_eq!(fs::read_to_string(path.with_extension("rs.kept.1")).unwrap(), "fn mine(\n");

    // A demo gets the terminal, and a key comes back from it.
    tmux.press(&["l"]);
    tmux.press(&["d", "1", "0", "1"]);
    tmux.until("▶ . d101_spawn_one");
    tmux.press(&["Enter"]);
    tmux.until("Press a key to go back");
    tmux.press(&["Space"]);
    tmux.until("e103_chunked_sum: Weigh the parcels");
    tmux.press(&["l"]);
    tmux.until("+ d101_spawn_one");
    tmux.press(&["Escape"]);
    tmux.press(&["q"]);
    tmux.until("exit code 0.");
}

/// Computes for ever when the judge comes to real threads, and writes down who does.
const ENDLESS: &str = "//! Never ends.
/// Mine.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    std::fs::write(\"running.part\", std::process::id().to_string()).unwrap();
    std::fs::rename(\"running.part\", \"running\").unwrap();
    loop {
        std::hint::black_box((&visitors, &welcome));
    }
}
";

#[test]
fn a_long_judgement_is_ended_by_a_key_and_by_a_save() {
    let course = Real::lesson_1();
    let Some(tmux) = Tmux::start(&course.root, &course.environment()) else { return };
    let running = course.root.join("running");
    tmux.line(BEGIN);
    tmux.until_all(&["e101_spawn_join", "q quit"]);
    let endless = || {
        let _ = fs::remove_file(&running);
        fs::write(course.exercise("e101_spawn_join"), ENDLESS).unwrap();
        until("it runs", || running.exists());
        fs::read_to_string(&running).unwrap().parse::<i32>().unwrap()
    };
    let pid = endless();
    tmux.until("Esc stops it");
    tmux.press(&["Escape"]);
    tmux.until("The judgement was stopped");
    until("its program is gone", || !runs(pid));

    // The verdict that is no longer true is told so, and what is open is closed before anything is stopped.
    fs::write(course.exercise("e101_spawn_join"), "fn half(\n").unwrap();
    tmux.until("does-not-compile");
    tmux.press(&["w"]);
    tmux.until_none("A thread for every visitor");
    let pid = endless();
    tmux.until_all(&["The last verdict; a new one is on its way", "does-not-compile", "Esc stops it"]);
    tmux.press(&["Escape"]);
    tmux.until_all(&[
        "A thread for every visitor",
        "The last verdict; a new one is on its way",
        "does-not-compile",
    ]);
    assert!(runs(pid), "Esc closed what was open");
    tmux.press(&["Escape"]);
    tmux.until_all(&["The judgement was stopped", "press Enter, to have it judged", "does-not-compile"]);
    tmux.until_none("on its way");
    until("its program is gone", || !runs(pid));

    let pid = endless();
    fs::write(course.exercise("e101_spawn_join"), "fn half(\n").unwrap();
    tmux.until("does-not-compile");
    until("its program is gone", || !runs(pid));

    // And by leaving.
    let pid = endless();
    tmux.press(&["q"]);
    tmux.until("exit code 0.");
    until("its program is gone", || !runs(pid));
}

#[test]
fn a_small_terminal_keeps_the_verdict_what_explains_it_and_the_hints() {
    let course = Real::lesson_1();
    let Some(tmux) = Tmux::start(&course.root, &course.environment()) else { return };
    tmux.resize(80, 30);
    let race = course.root.join("lessons/1-threads/wrong/e104_visits/load_then_store.rs");
    let race = fs::read_to_string(race).unwrap();
    let path = course.exercise("e104_visits");
    fs::write(&path, &race).unwrap();
    tmux.line("xtask learn 104; echo \"exit code $?.\"");
    let verdict = ["Lesson 1, Threads:", "e104_visits lost-update", "that change is overwritten", "q quit"];
    let screen = tmux.until_all(&verdict);
    assert!(!screen.contains("Hint: ") && !screen.contains("cargo xtask why"), "{screen}");
    fs::write(&path, format!("{race}// Again.\n")).unwrap();
    tmux.until_all(&[&verdict[..], &["Hint: "]].concat());
    for hint in ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 1 of 3"] {
        tmux.press(&["h"]);
        tmux.until_all(&[&verdict[..], &["Hint: ", hint, "w shows them"]].concat());
    }
    tmux.press(&["q"]);
    tmux.until("exit code 0.");
}
