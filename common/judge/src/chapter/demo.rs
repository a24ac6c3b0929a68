//! Running a demo that cargo has built.
use super::transcript::Command;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Against demos that hang; none comes near it.
const LIMIT: Duration = Duration::from_secs(60);

/// What a demo did.
pub(super) struct Printed {
    /// Both outputs, in the order in which they came.
    pub output: String,
    pub success: bool,
}

/// Runs the demo in the workspace's root, as a reader would.
pub(super) fn run(package: &Path, command: &Command) -> Result<Printed, String> {
    let binary = binary(package, command)?;
    let shown = binary.display().to_string();
    let odd = |error: io::Error| format!("{shown}: {error}");
    let (mut output, ours) = io::pipe().map_err(odd)?;
    let mut child = process::Command::new(&binary);
    child
        .args(&command.args)
        .envs(command.env.iter().map(|(name, value)| (name, value)))
        // So that what is printed is the same whoever runs it.
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LOG")
        .current_dir(root(package))
        .stdin(Stdio::null())
        .stdout(ours.try_clone().map_err(odd)?)
        .stderr(ours);
    let mut running = child.spawn().map_err(odd)?;
    // It holds our copies of the pipe's end; with them open the output would never end.
    drop(child);

    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.read_to_end(&mut bytes).map(|_| bytes);
        // Nobody listens any more once the time is up.
        let _ = sender.send(read);
    });
    let Ok(read) = receiver.recv_timeout(LIMIT) else {
        // It may have ended at this very moment; then there is nothing to kill.
        let _ = running.kill();
        let _ = running.wait();
        return Err(format!("the demo was still running after {} s", LIMIT.as_secs()));
    };
    let output = String::from_utf8_lossy(&read.map_err(odd)?).into_owned();
    let success = running.wait().map_err(odd)?.success();
    Ok(Printed { output, success })
}

/// The demo's program: next to the directory of the running test; built if it is not there.
fn binary(package: &Path, command: &Command) -> Result<PathBuf, String> {
    let test = std::env::current_exe().map_err(|error| format!("where is this test? {error}"))?;
    let profile = test.ancestors().nth(2).ok_or("this test is not where cargo puts tests")?;
    let binary = profile.join(&command.bin);
    if !binary.is_file() {
        build(package, command, profile)?;
    }
    if binary.is_file() { Ok(binary) } else { Err(format!("cargo did not make {}", binary.display())) }
}

/// Another package's demo: cargo builds only those of the tested package along with a test.
fn build(package: &Path, command: &Command, profile_dir: &Path) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = profile_dir.parent().ok_or("this test is not where cargo puts tests")?;
    let profile = match profile_dir.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let status = process::Command::new(cargo)
        .args(["build", "--quiet", "--package", &command.package, "--bin", &command.bin])
        .args(["--profile", profile, "--target-dir"])
        .arg(target)
        .current_dir(root(package))
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` does not build", command.bin)) }
}

/// The workspace's root: the nearest directory with a `Cargo.lock`, or the package's own.
fn root(package: &Path) -> &Path {
    package.ancestors().find(|dir| dir.join("Cargo.lock").is_file()).unwrap_or(package)
}
