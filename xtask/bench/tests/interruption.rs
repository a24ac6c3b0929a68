//! A measurement that is interrupted leaves nothing running.
#![cfg(target_os = "linux")]
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Only against hangs.
const HANG: Duration = Duration::from_secs(300);

#[test]
fn what_is_measured_ends_with_the_measurement() {
    let mut bench = Command::new(env!("CARGO_BIN_EXE_bench"));
    bench
        .args(["threads", "--only", "primes"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut bench = bench.spawn().unwrap();
    let begin = Instant::now();
    // Until something runs that was started to be measured. Without a Python there is nothing to start.
    let child = loop {
        if let Some(child) = measured_by(bench.id()) {
            break child;
        }
        if bench.try_wait().unwrap().is_some() {
            eprintln!("skipped: what_is_measured_ends_with_the_measurement: there is no python3");
            return;
        }
        assert!(begin.elapsed() < HANG, "nothing is measured");
        thread::sleep(Duration::from_millis(5));
    };
    kill(Pid::from_raw(bench.id().cast_signed()), Signal::SIGTERM).unwrap();
    assert_eq!(bench.wait().unwrap().code(), Some(75));
    while runs(child) {
        assert!(begin.elapsed() < HANG, "{child} still runs");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A child of `parent` that runs one of the programs that are measured, not one that is asked for its version.
fn measured_by(parent: u32) -> Option<u32> {
    let ids = fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.into_iter().find(|id: &u32| {
        let read = |what: &str| fs::read_to_string(format!("/proc/{id}/{what}")).unwrap_or_default();
        // After the name, which may have blanks and brackets in it, come the state and the parent.
        let stat = read("stat");
        let its_parent =
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        its_parent == Some(parent) && read("cmdline").contains("computing.py")
    })
}

fn runs(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z') && !rest.is_empty())
}
