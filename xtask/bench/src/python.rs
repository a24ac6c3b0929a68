//! Cases in Python: the programs in `python/`, which measure themselves.
//!
//! A program does its work, holds the watch over it, and prints a line of JSON: `wall_s`, `cpu_s`, and the `result`,
//! which must be what the case expects. The start of the interpreter is in neither time.
use crate::children::Running;
use crate::meter::Sample;
use crate::suite::Case;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::env;
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

/// Names the interpreter to use instead of `python3`.
const CHOSEN: &str = "BENCH_PYTHON";

/// Its version, `Python 3.11.7`; `None` where there is no Python. One without a lock around the interpreter says so.
pub fn version() -> Option<String> {
    let script = "import sys, platform; \
        free = not getattr(sys, '_is_gil_enabled', lambda: True)(); \
        print('Python', platform.python_version() + (' free-threaded' if free else ''))";
    let said = Command::new(interpreter()).args(["-c", script]).stdin(Stdio::null()).output().ok()?;
    let version = String::from_utf8(said.stdout).ok()?.trim().to_owned();
    (said.status.success() && version.starts_with("Python 3")).then_some(version)
}

/// A case that runs `python/PROGRAM.py` with some arguments. `None` where there is no Python.
pub fn case(name: &str, units: u64, program: &'static str, args: &[&str], expected: u64) -> Option<Case> {
    version()?;
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let case = Case::itself(name, units, move || run(program, &args, expected));
    Some(Case { warms_up: false, ..case })
}

/// Starts a program of `python/`.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(interpreter());
    // A measurement leaves no files beside the sources.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(program).with_extension("py"));
    command
}

fn run(program: &str, args: &[String], expected: u64) -> Result<Sample> {
    let mut child = Running::start(command(program).args(args).stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let mut said = String::new();
    child.stdout.take().context("no output")?.read_to_string(&mut said)?;
    let status = child.wait()?;
    ensure!(status.success(), "{program}.py ended with {status}");
    read(&said, expected)
}

/// Reads what a program says of itself.
fn read(said: &str, expected: u64) -> Result<Sample> {
    let line = said.lines().last().unwrap_or_default();
    let told: Value = serde_json::from_str(line).with_context(|| format!("no line of JSON: {said:?}"))?;
    if told["result"].as_u64() != Some(expected) {
        bail!("the result is {}, should be {expected}", told["result"]);
    }
    match (told["wall_s"].as_f64(), told["cpu_s"].as_f64()) {
        (Some(wall_s), Some(cpu_s)) => Ok(Sample { wall_s, cpu_s }),
        _ => bail!("wall_s and cpu_s are missing: {line}"),
    }
}

fn interpreter() -> OsString {
    env::var_os(CHOSEN).unwrap_or_else(|| "python3".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_believed_only_when_its_result_is_right() {
        let said = "working\n{\"wall_s\": 0.5, \"cpu_s\": 0.25, \"result\": 42}\n";
        assert_eq!(read(said, 42).unwrap(), Sample { wall_s: 0.5, cpu_s: 0.25 });
        assert!(read(said, 41).unwrap_err().to_string().contains("is 42, should be 41"));
        assert!(read("", 42).is_err());
        assert!(read("{\"result\": 42}", 42).unwrap_err().to_string().contains("wall_s"));
    }
}
