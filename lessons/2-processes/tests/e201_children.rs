//! The judge of e201_children: real children, all alive at once, each answered for in its place, none left.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e201_children.rs"]
pub mod exercise;
mod standstill;

use exercise::{Ending, run_all};
use judge::{Verdict, expect_eq};
use nix::errno::Errno;
use nix::sys::signal::Signal;
#[cfg(target_os = "linux")]
use nix::sys::wait::{Id, waitid};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use standstill::Silence;
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter};
use std::process::Command;
use std::sync::mpsc;
use std::thread;

judge::structural_eq!(Ending, Ending::Code(0));

fn main() -> judge::ExitCode {
    judge::exercise!("e201_children")
        .spec("one child", one_child)
        .spec("codes, in the order of the commands", codes_in_order)
        .spec("three children are alive at once", alive_at_once)
        .spec("the first command ends last", first_ends_last)
        .spec("signals are not codes", signals)
        .spec("one of three programs does not exist", one_does_not_start)
        .spec("nothing to do", || expect_eq("the endings of no commands", run(&mut []), vec![]))
        .run()
}

fn one_child() {
    expect_eq("the ending of `exit 3`", run(&mut [shell("exit 3")]), vec![Ending::Code(3)]);
}

fn codes_in_order() {
    let codes = [0, 255, 7, 1];
    let endings = run(&mut codes.map(|code| shell(&format!("exit {code}"))));
    expect_eq(
        "the endings of `exit 0`, `exit 255`, `exit 7`, `exit 1`",
        endings,
        codes.map(Ending::Code).to_vec(),
    );
}

/// Each child says that it lives and waits for an answer, which it gets when all three have spoken.
fn alive_at_once() {
    let (commands, puppets): (Vec<_>, Vec<_>) = (1..=3).map(puppet).unzip();
    let endings = thread::scope(|scope| {
        // Dropped at the end of this block, also by a panic: then a child that never ran will never speak.
        let mut commands = commands;
        scope.spawn(move || all_must_speak(puppets));
        run(&mut commands)
    });
    let in_order: Vec<_> = (1..=3).map(Ending::Code).collect();
    expect_eq("the endings of three children that wait for each other", endings, in_order);
}

fn all_must_speak(puppets: Vec<Puppet>) {
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        let mut held = Vec::new();
        for Puppet { mut says, go } in puppets {
            let tell = tell.clone();
            scope.spawn(move || pid(&mut says).map(|_| tell.send(())));
            held.push(go);
        }
        drop(tell);
        for alive in 0..held.len() {
            match standstill::message(&told, alive) {
                Ok(()) => {}
                // The answer has returned or panicked, and is judged by that.
                Err(Silence::Gone) => break,
                Err(Silence::Standstill) => {
                    let sentence =
                        format!("Three children should be alive at once, but only {alive} had been started.");
                    judge::fail(Verdict::NotConcurrent, &sentence);
                }
            }
        }
        // `held` is dropped here, also by a panic: every child reads the end of its input and exits.
    });
}

/// The last child ends first; each of the others only when the one behind it is dead.
fn first_ends_last() {
    let (commands, mut puppets): (Vec<_>, Vec<_>) = (1..=5).map(puppet).unzip();
    let endings = thread::scope(|scope| {
        let mut commands = commands;
        scope.spawn(move || {
            let pids: Vec<_> = puppets.iter_mut().map(|puppet| pid(&mut puppet.says)).collect();
            while let Some(puppet) = puppets.pop() {
                drop(puppet);
                if let Some(pid) = pids[puppets.len()] {
                    until_dead(pid);
                }
            }
        });
        run(&mut commands)
    });
    let in_order: Vec<_> = (1..=5).map(Ending::Code).collect();
    expect_eq("the endings of five children, of which the last ended first", endings, in_order);
}

fn signals() {
    let endings =
        run(&mut [shell("kill -TERM $$"), shell("exit 15"), shell("kill -KILL $$"), shell("exit 137")]);
    let (term, kill) = (Ending::Signal(Signal::SIGTERM as i32), Ending::Signal(Signal::SIGKILL as i32));
    let want = vec![term, Ending::Code(15), kill, Ending::Code(137)];
    expect_eq("the endings of a SIGTERM, `exit 15`, a SIGKILL and `exit 137`", endings, want);
}

fn one_does_not_start() {
    let mut missing = Command::new("./no-such-program");
    missing.arg("--at-all");
    let (mut first, mut last) = (puppet(1), puppet(2));
    // The children on both sides go on by themselves, whatever becomes of the one between them.
    (first.1.go, last.1.go) = (None, None);
    let endings = run(&mut [first.0, missing, last.0]);
    let want = vec![Ending::Code(1), Ending::NotStarted(io::ErrorKind::NotFound), Ending::Code(2)];
    expect_eq("the endings of a child, a program that is not there, and a child", endings, want);
}

/// Calls the answer, then asks the system whether all children are gone: a zombie is still one.
fn run(commands: &mut [Command]) -> Vec<Ending> {
    let endings = run_all(commands);
    let left = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
        Err(Errno::ECHILD) => return endings,
        Ok(WaitStatus::StillAlive) => "was still running",
        Ok(_) => "had ended, but nobody had waited for it: a zombie",
        Err(error) => panic!("cannot ask for children: {error}"),
    };
    judge::fail(Verdict::Leak, format!("`run_all` returned, and one of its children {left}."))
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// What the judge holds of a child that says its pid, waits for the end of its input and then exits.
struct Puppet {
    says: BufReader<PipeReader>,
    go: Option<PipeWriter>,
}

fn puppet(code: i32) -> (Command, Puppet) {
    let mut command = shell(&format!("echo $$; read line; exit {code}"));
    let (stdin, go) = io::pipe().expect("a pipe");
    let (says, stdout) = io::pipe().expect("a pipe");
    command.stdin(stdin).stdout(stdout);
    (command, Puppet { says: BufReader::new(says), go: Some(go) })
}

/// Waits until the child says its pid. None if it was never started.
fn pid(says: &mut BufReader<PipeReader>) -> Option<Pid> {
    let mut line = String::new();
    says.read_line(&mut line).expect("a readable pipe");
    line.trim().parse().ok().map(Pid::from_raw)
}

/// Waits until a child has ended, and leaves its status to whoever is to wait for it.
#[cfg(target_os = "linux")]
fn until_dead(pid: Pid) {
    // An error says that it was waited for already, so it has ended too.
    let _ = waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
}

/// Without such a call the children still end in nearly the same order, which suits every right answer.
#[cfg(not(target_os = "linux"))]
fn until_dead(_pid: Pid) {}
