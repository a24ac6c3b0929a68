//! The grader's commands, in the order in which an instructor meets them.
mod attempt;
mod doctor;
mod measure;
mod merge;
mod prepare;
mod rejudge;
mod replay;
mod report_cmd;
mod run;
mod selftest;
mod status;

use crate::sandbox::{Backend, Sandbox};
use anyhow::{Result, bail};
use std::ffi::OsString;
use xtask::args::{Args, Spec};
use xtask::exit::usage;

/// A command of the grader.
pub struct Command {
    /// What is typed.
    pub name: &'static str,
    /// Its arguments.
    pub takes: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// The rest of its help, with an example.
    pub help: &'static str,
    /// Does it.
    pub run: fn(Vec<OsString>) -> Result<Exit>,
}

/// How the grader ends. The numbers are a promise to schedulers of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is graded, whatever the grades.
    Fine = 0,
    /// Some answers could not be graded; the next run tries them again.
    SomeNotGraded = 3,
    /// The settings, the host or the call are wrong: trying again does not help.
    Configuration = 42,
    /// It was interrupted; the same call goes on.
    Interrupted = 75,
}

/// Every command.
pub const COMMANDS: &[Command] = &[
    doctor::COMMAND,
    prepare::COMMAND,
    run::COMMAND,
    status::COMMAND,
    report_cmd::COMMAND,
    merge::COMMAND,
    rejudge::COMMAND,
    replay::COMMAND,
    attempt::COMMAND,
    selftest::COMMAND,
    measure::COMMAND,
];

const EXIT_CODES: &str = "\
Exit codes: 0 all graded, whatever the grades · 3 some could not be graded · 42 wrong settings, call or host · \
75 interrupted, the same call goes on
";

/// What there is.
pub fn overview() -> String {
    let mut text =
        String::from("Grade a class of untrusted submissions. docs/grading.md tells the whole story.\n\n");
    for command in COMMANDS {
        let call = format!("{} {}", command.name, command.takes);
        text += &format!("  {call:<34} {}\n", command.summary);
    }
    text + "\n`cargo xtask grade COMMAND --help` says more.\n" + EXIT_CODES
}

/// One command's help.
pub fn help(command: &Command) -> String {
    let call = format!("cargo xtask grade {} {}", command.name, command.takes);
    format!("{}\n\nUsage: {}\n\n{}\n{EXIT_CODES}", command.summary, call.trim_end(), command.help)
}

/// Takes the words after a command apart.
fn parse(
    command: &str,
    raw: Vec<OsString>,
    switches: &[&str],
    values: &[&str],
    words: usize,
) -> Result<Args> {
    Args::parse(&format!("grade {command}"), raw, &Spec { switches, values, words, passes_on: false })
}

/// The boxes that `--backend` and `--allow-weak` ask for.
///
/// # Errors
/// This host cannot build them: nothing is graded in anything weaker unless asked for.
fn sandbox(args: &Args) -> Result<Sandbox> {
    let wanted = match args.text("backend") {
        Some(name) => match name.parse::<Backend>() {
            Ok(backend) => Some(backend),
            Err(problem) => return usage(format!("--backend: {problem}")),
        },
        None => None,
    };
    let weak = args.has("allow-weak");
    if wanted == Some(Backend::None) && !weak {
        bail!("--backend none boxes nothing: add --allow-weak if you trust every line that was handed in");
    }
    let mut problems = String::new();
    for backend in wanted.map_or(vec![Backend::Native, Backend::Bwrap], |backend| vec![backend]) {
        let sandbox = Sandbox::new(backend);
        match doctor::trial(&sandbox) {
            Ok(()) => return Ok(sandbox),
            Err(error) => problems += &format!("\n  {backend}: {error:#}"),
        }
    }
    if weak && wanted.is_none() {
        return Ok(Sandbox::new(Backend::None));
    }
    bail!("this host builds no boxes (`cargo xtask grade doctor` says more):{problems}")
}
