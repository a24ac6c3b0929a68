//! Lesson 1 as a newcomer does it: at a terminal, from the starters, with the mistakes that everybody makes.
use crate::scratch::Real;
use crate::tmux::Tmux;

/// An editor's ways to save.
#[derive(Clone, Copy)]
enum Save {
    /// Typed into the file line by line, so that it is seen unfinished.
    Typed,
    /// Written over.
    InPlace,
    /// Another file moved into its place.
    Renamed,
    /// Deleted, and made again.
    Recreated,
}

/// A body for the first exercise.
fn welcome(body: &str) -> String {
    format!(
        "//! Mine.\nuse std::thread;\n\n/// Mine.\npub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>\n\
         where\n    F: Fn(String) -> String + Copy + Send + Sync + 'static,\n{{\n{body}\n}}\n"
    )
}

/// A body for the third: how to count, and what stands before the gates open and after.
fn visits(before: &str, one_more: &str, after: &str) -> String {
    format!(
        "//! Mine.\nuse std::sync::atomic::{{AtomicU64, Ordering}};\nuse std::sync::{{Arc, Mutex}};\nuse std::thread;\n\n\
         /// Mine.\npub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64\nwhere\n    \
         F: Fn(usize) -> bool + Copy + Send + Sync + 'static,\n{{\n{before}\n    thread::scope(|scope| {{\n        \
         for gate in 0..gates {{\n            scope.spawn(move || {{\n                for _ in 0..arrivals {{\n                    \
         if admit(gate) {{\n{one_more}\n                    }}\n                }}\n            }});\n        }}\n    }});\n{after}\n}}\n"
    )
}

#[test]
fn a_newcomer_makes_the_mistakes_and_is_told_each_in_the_right_words() {
    let course = Real::lesson_1();
    let Some(tmux) = Tmux::start(&course.root, &course.environment()) else { return };
    tmux.line("xtask learn; echo \"exit code $?.\"");
    let save = |exercise: &str, how: Save, text: &str| {
        let path = course.exercise(exercise);
        match how {
            Save::InPlace => std::fs::write(&path, text).unwrap(),
            Save::Renamed => {
                let beside = path.with_extension("new");
                std::fs::write(&beside, text).unwrap();
                std::fs::rename(&beside, &path).unwrap();
            }
            Save::Recreated => {
                std::fs::remove_file(&path).unwrap();
                std::fs::write(&path, text).unwrap();
            }
            Save::Typed => {
                use std::io::Write;
                let mut file = std::fs::File::create(&path).unwrap();
                for line in text.lines() {
                    writeln!(file, "{line}").unwrap();
                    file.sync_all().unwrap();
                }
            }
        }
    };

    // The first red state is told as what it is.
    tmux.until_all(&[
        "Lesson 1, Threads: step",
        "0 of",
        "e101_spawn_join: A thread for every visitor",
        "this is how every exercise begins",
        "lessons/1-threads/README.md:",
        "section \"One thread\"",
        "exercises/e101_spawn_join.rs:",
        "q quit",
    ]);

    // A syntax error.
    let first = |how, body: &str| save("e101_spawn_join", how, &welcome(body));
    first(Save::Typed, "    let mut handles = Vec::new(;\n    handles");
    tmux.until_all(&["does-not-compile", "e101_spawn_join.rs:9"]);
    // A panic.
    first(
        Save::InPlace,
        "    let all: Vec<_> = visitors.into_iter().map(|v| thread::spawn(move || welcome(v))).collect();\n    \
        let answers: Vec<String> = all.into_iter().map(|handle| handle.join().unwrap()).collect();\n    \
        vec![answers[answers.len()].clone()]",
    );
    tmux.until_all(&["panics", "index out of bounds"]);
    // The forgotten join.
    let forgotten = "    for visitor in visitors.clone() {\n        thread::spawn(move || drop(welcome(visitor)));\n    }\n    \
        visitors.into_iter().map(|v| format!(\"Hello, {v}!\")).collect()";
    first(Save::Renamed, forgotten);
    tmux.until_all(&["e101_spawn_join leak", "n next"]);
    // The hints open one by one, by a key, from the gentlest on.
    tmux.press(&["h"]);
    let screen = tmux.until_all(&["e101_spawn_join leak", "Hint 1 of 3", "You need two loops"]);
    assert!(!screen.contains("Join every handle before you return"), "nearly the answer, at once: {screen}");
    tmux.press(&["h"]);
    tmux.until("Hint 2 of 3");
    // The second time in a row what belongs to this failure is said, and once.
    first(Save::InPlace, &forgotten.replace("visitor", "guest").replace("guests", "visitors"));
    tmux.until_all(&["e101_spawn_join leak", "Hint: ", "Join every handle before you return"]);
    tmux.press(&["h"]);
    let screen = tmux.until_all(&["Hint 3 of 3", "That was the last one; h begins again with the first."]);
    assert_eq!(screen.matches("Join every handle before you return").count(), 1, "{screen}");
    // Right: praised, and the next one is opened.
    first(
        Save::Recreated,
        "    let all: Vec<_> = visitors.into_iter().map(|v| thread::spawn(move || welcome(v))).collect();\n    \
        all.into_iter().map(|handle| handle.join().unwrap()).collect()",
    );
    tmux.until_all(&["e101_spawn_join pass", "Done.", "1 of", "this is how every exercise begins"]);

    // The next one is left for later, and another is looked for in the list.
    tmux.press(&["n"]);
    tmux.press(&["l"]);
    tmux.until("Enter go there");
    tmux.line("104");
    tmux.until_all(&["e104_visits: Count every visit", "this is how every exercise begins"]);
    let third = |how, before: &str, one_more: &str, after: &str| {
        save("e104_visits", how, &visits(before, one_more, after));
    };
    let counter = "    let visits = &AtomicU64::new(0);";
    let result = "    visits.load(Ordering::Relaxed)";
    // The lost update, three times, each with another text.
    for (turn, how) in [Save::InPlace, Save::Renamed, Save::Typed].into_iter().enumerate() {
        let twice = format!(
            "                        let seen{turn} = visits.load(Ordering::Relaxed);\n                        \
             visits.store(seen{turn} + 1, Ordering::Relaxed);"
        );
        third(how, counter, &twice, result);
        tmux.until_all(&["e104_visits lost-update", &format!("store(seen{turn} + 1"), "is overwritten"]);
    }
    tmux.until_all(&["lost-update for the third time in a row", "h opens it"]);
    // A deadlock.
    let lock = "    let visits = &Mutex::new(0);";
    third(
        Save::InPlace,
        lock,
        "                        let mut count = visits.lock().unwrap();\n                        \
        *count = *visits.lock().unwrap() + 1;",
        "    *visits.lock().unwrap()",
    );
    tmux.until_all(&["e104_visits deadlock"]);
    // A loop without end.
    third(
        Save::Renamed,
        counter,
        "                        visits.fetch_add(1, Ordering::Relaxed);\n                        \
        while visits.load(Ordering::Relaxed) < 1_000_000 { std::hint::spin_loop(); }",
        result,
    );
    let screen = tmux.until("e104_visits livelock");
    assert!(screen.contains("e104_visits.rs:"), "{screen}");
    // The answer of this one is kept back until it is green.
    tmux.press(&["s"]);
    tmux.until("g shows the answer all the same");
    tmux.press(&["Escape"]);
    // Right.
    third(Save::Typed, counter, "                        visits.fetch_add(1, Ordering::Relaxed);", result);
    tmux.until_all(&["e104_visits pass", "Done.", "2 of"]);

    // The others, each by its number, with what the lesson itself would answer.
    for id in course.ids().iter().filter(|id| !["e101_spawn_join", "e104_visits"].contains(&id.as_str())) {
        tmux.press(&["l"]);
        tmux.until("Enter go there");
        tmux.line(&id[1..4]);
        tmux.until(&format!("edit lessons/1-threads/exercises/{id}.rs"));
        save(id, Save::Renamed, &course.solution(id));
        tmux.until_all(&[&format!("{id} pass"), "Done."]);
    }
    let all = course.ids().len();
    // No demo was run, and that is not forgotten.
    tmux.until_all(&[
        &format!("All {all} exercises are done"),
        "not run yet",
        "like p109_chat_server",
        "run p109",
    ]);
    tmux.press(&["q"]);
    tmux.until("exit code 0.");
    let progress = std::fs::read_to_string(course.root.join("progress.txt")).unwrap();
    for id in course.ids() {
        assert!(progress.contains(&format!("done {id} ")), "{id}: {progress}");
    }
    assert!(progress.contains("hint e101_spawn_join 3"), "{progress}");
    assert!(!progress.contains("skipped"), "what was skipped and done later is done: {progress}");
}
