//! What the tests share: folders of their own, classes to grade, calls of the grader.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

/// The course's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// An empty folder.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("grade-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A call of the grader in the course.
pub fn grade(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
    command.args(words).current_dir(root());
    command
}

/// Runs it; the second value is its exit code.
pub fn run(command: &mut Command) -> (Output, i32) {
    let output = command.output().unwrap();
    let code = output.status.code().unwrap_or(-1);
    (output, code)
}

/// What it complained.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A text of lesson 3's bank: `solutions/e302_bank.rs`, `wrong/e302_bank/higher_first.rs`.
pub fn bank(path: &str) -> String {
    fs::read_to_string(root().join("lessons/3-sync").join(path)).unwrap()
}

/// A class whose students hand in these files as `e302_bank.rs`.
pub fn class(folder: &Path, students: &[(&str, &str)]) -> PathBuf {
    let class = folder.join("class");
    for (student, text) in students {
        fs::create_dir_all(class.join(student)).unwrap();
        fs::write(class.join(student).join("e302_bank.rs"), text).unwrap();
    }
    class
}

/// A handful of answers, no two alike, and the verdict of each.
pub fn handful() -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("ann", bank("solutions/e302_bank.rs"), "PASS"),
        ("ben", bank("wrong/e302_bank/argument_order.rs"), "DEADLOCK"),
        ("cy", bank("wrong/e302_bank/one_big_lock.rs"), "FAIL"),
        ("dan", "fn f( {".to_owned(), "COMPILE_ERROR"),
        ("eve", bank("exercises/e302_bank.rs"), "FAIL"),
        ("fay", format!("{}\n// mine\n", bank("solutions/e302_bank.rs")), "PASS"),
        (
            "gus",
            format!("{}\npub fn out() {{ std::process::exit(0) }}\n", bank("solutions/e302_bank.rs")),
            "FORBIDDEN",
        ),
    ]
}

/// Waits until something holds; whatever hangs comes to an end.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(240), "{what}: waited for too long");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a program is installed.
pub fn installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}
