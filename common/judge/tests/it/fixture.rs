//! Building and running the fixture: the judge of a tiny exercise that has one right answer and many wrong ones.
use judge::protocol::{CHANNEL_VARIABLE, Ending, Message, Outcome, Read, Runner};
use judge::{Judgement, Observer};
use std::cell::Cell;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// The fixture's program. Cargo names it by a hash, so cargo is asked where it is.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "--quiet", "--no-run", "--package", "judge", "--test", "fixture"])
        .args(["--message-format", "json", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let mut messages = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let program = messages.find_map(|m| m["executable"].as_str().map(PathBuf::from));
    program.unwrap_or_else(|| panic!("no fixture: {}", String::from_utf8_lossy(&output.stderr)))
});

/// The fixture's program with one of its answers chosen.
pub fn program(answer: &str) -> Command {
    let mut command = Command::new(&*PROGRAM);
    command.env("FIXTURE", answer).env("NO_COLOR", "1").env_remove("COLUMNS").stdin(Stdio::null());
    command
}

/// What a runner learnt.
pub struct Run {
    pub judgement: Judgement,
    /// How the process ended, which decides nothing.
    pub ending: Ending,
    pub messages: Vec<Message>,
    pub was_silent: bool,
}

/// Runs the fixture as the course's runner does.
pub fn run(answer: &str) -> Run {
    judge(answer, |_, started| started.elapsed() > ENOUGH)
}

/// Runs the fixture and stops it when it has been in `layer` for so long, as if it had used up 20 s there.
pub fn run_until(answer: &str, layer: &str, after: Duration) -> Run {
    let since = Cell::new(None);
    judge(answer, |running, started| {
        if running == Some(layer) && since.get().is_none() {
            since.set(Some(Instant::now()));
        }
        since.get().is_some_and(|since: Instant| since.elapsed() >= after) || started.elapsed() > ENOUGH
    })
}

/// Far longer than any answer takes that comes to an end.
const ENOUGH: Duration = Duration::from_secs(120);

/// Runs the models of the fixture so often on real threads.
pub fn run_stressed(answer: &str, runs: usize) -> Run {
    let mut program = program(answer);
    program.env(judge::STRESS_VARIABLE, runs.to_string()).env("JUDGE_LAYERS", "schedules,schedules-2");
    judge_program(program, |_, started| started.elapsed() > ENOUGH)
}

fn judge(answer: &str, stop: impl Fn(Option<&str>, Instant) -> bool) -> Run {
    judge_program(program(answer), stop)
}

fn judge_program(mut program: Command, stop: impl Fn(Option<&str>, Instant) -> bool) -> Run {
    let (mut runner, stdin) = Runner::start().unwrap();
    let mut child = program
        .env(CHANNEL_VARIABLE, "stdin")
        .stdin(stdin)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let mut messages = Vec::new();
    let mut observer = Observer::of(child.id());
    let mut still = false;
    let ending = loop {
        if let Read::Messages(more) = runner.read(Duration::from_millis(5)).unwrap() {
            messages.extend(more);
        }
        if let Some(status) = child.try_wait().unwrap() {
            break Ending::from(status);
        }
        still = observer.look(&runner);
        if still || stop(runner.running(), began) {
            observer.look_at_last(&runner);
            child.kill().unwrap();
            child.wait().unwrap();
            break Ending::Limit(20);
        }
    };
    messages.extend(runner.drain().unwrap());
    let outcome = runner.finish();
    let was_silent = matches!(outcome, Outcome::Silent { .. });
    let mut judgement = outcome.judgement("fixture", ending);
    if matches!(ending, Ending::Limit(_)) {
        observer.explain(&mut judgement, still);
    }
    Run { judgement, ending, messages, was_silent }
}

/// The number of the line of the fixture's answers that contains `text`.
pub fn line_of(text: &str) -> u32 {
    let answers = include_str!("../fixture/exercises/fixture.rs");
    let at = answers.lines().position(|line| line.contains(text)).unwrap();
    u32::try_from(at + 1).unwrap()
}
