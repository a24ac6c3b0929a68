//! Ctrl-C while an answer runs.
use crate::scratch::{Course, RIGHT, runs, until};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::process::Stdio;

/// Writes down its process and that of a child of its own, and never ends.
const ENDLESS: &str = r#"
    if threads > 2 {
        let child = ::std::process::Command::new("sleep").arg("100000").spawn().unwrap();
        let text = format!("{} {}", ::std::process::id(), child.id());
        ::std::fs::write("running.part", text).unwrap();
        ::std::fs::rename("running.part", "running").unwrap();
        loop {
            ::std::thread::park();
        }
    }
"#;

#[test]
fn ctrl_c_leaves_no_process_and_says_so() {
    let course = Course::shared();
    let pids = course.root.join("running");
    let _ = fs::remove_file(&pids);
    let answer =
        course.write("answers/interrupted.rs", &RIGHT.replace("-> u64 {\n", &format!("-> u64 {{{ENDLESS}")));
    let mut command = course.command(&["check", "103", "--answer", answer.to_str().unwrap()]);
    let program = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    until("the answer runs", || pids.exists());

    let text = fs::read_to_string(&pids).unwrap();
    let started: Vec<i32> = text.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    assert_eq!(started.len(), 2);
    kill(Pid::from_raw(program.id().cast_signed()), Signal::SIGINT).unwrap();
    let output = program.wait_with_output().unwrap();

    assert_eq!(output.status.code(), Some(75));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"), "{output:?}");
    // The judge is the program's own child, and was waited for. What it started is nobody's child now.
    assert_eq!(kill(Pid::from_raw(started[0]), None), Err(Errno::ESRCH), "no zombie is left");
    for pid in started {
        until("it is gone", || !runs(pid));
    }
}
