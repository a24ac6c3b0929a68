//! Building and running the fixture: the judge of a tiny exercise that has one right answer and many wrong ones.
use judge::Judgement;
use judge::protocol::{CHANNEL_VARIABLE, Ending, Message, Outcome, Read, Runner};
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

/// Runs the fixture and stops it once it is in `layer`, as if it had used up 20 s there.
pub fn run_until(answer: &str, layer: &str) -> Run {
    judge(answer, |running, started| running == Some(layer) || started.elapsed() > ENOUGH)
}

/// Far longer than any answer takes that comes to an end.
const ENOUGH: Duration = Duration::from_secs(120);

fn judge(answer: &str, stop: impl Fn(Option<&str>, Instant) -> bool) -> Run {
    let (mut runner, stdin) = Runner::start().unwrap();
    let mut child = program(answer)
        .env(CHANNEL_VARIABLE, "stdin")
        .stdin(stdin)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let mut messages = Vec::new();
    let ending = loop {
        if let Read::Messages(more) = runner.read(Duration::from_millis(5)).unwrap() {
            messages.extend(more);
        }
        if let Some(status) = child.try_wait().unwrap() {
            break Ending::from(status);
        }
        if stop(runner.running(), began) {
            child.kill().unwrap();
            child.wait().unwrap();
            break Ending::Limit(20);
        }
    };
    messages.extend(runner.drain().unwrap());
    let outcome = runner.finish();
    let was_silent = matches!(outcome, Outcome::Silent { .. });
    Run { judgement: outcome.judgement("fixture", ending), ending, messages, was_silent }
}

/// The number of the line of the fixture's answers that contains `text`.
pub fn line_of(text: &str) -> u32 {
    let answers = include_str!("../fixture/exercises/fixture.rs");
    let at = answers.lines().position(|line| line.contains(text)).unwrap();
    u32::try_from(at + 1).unwrap()
}
