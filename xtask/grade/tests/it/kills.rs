//! The grader killed at random moments: nothing is lost, nothing is judged twice, the gradebook is the same.
use crate::scratch::{class, folder, grade, handful, run, said};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// How often it is killed; `GRADE_KILLS=100` for the measured claim.
fn kills() -> u64 {
    std::env::var("GRADE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

fn keys(journal: &Path) -> Vec<String> {
    let text = fs::read_to_string(journal).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |at| &text[..at]);
    whole
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    let folder = folder("kills");
    let handful = handful();
    let students: Vec<(&str, &str)> = handful.iter().map(|(who, text, _)| (*who, text.as_str())).collect();
    let class = class(&folder, &students);
    let call = |out: &Path| {
        let words =
            ["run", class.to_str().unwrap(), "--only", "302", "--jobs", "2", "--out", out.to_str().unwrap()];
        grade(&words)
    };
    let calm = folder.join("calm");
    let begin = Instant::now();
    let (output, code) = run(&mut call(&calm));
    assert_eq!(code, 0, "{}", said(&output));
    let whole = begin.elapsed();

    let hunted = folder.join("hunted");
    let journal = hunted.join("journal.jsonl");
    let mut random = 0x9e37_79b9_7f4a_7c15u64 ^ u64::from(std::process::id());
    let mut before: Vec<String> = Vec::new();
    for round in 0..kills() {
        let mut child = call(&hunted).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Anywhere in a whole run, so that every part of it is hit.
        thread::sleep(Duration::from_micros((random >> 33) % whole.as_micros() as u64));
        let _ = child.kill();
        child.wait().unwrap();
        let now = keys(&journal);
        assert!(now.starts_with(&before), "round {round}: a judgement was lost");
        before = now;
        if before.len() == handful.len() {
            // All done: begin anew, so that later kills hit something as well.
            fs::remove_dir_all(&hunted).unwrap();
            before.clear();
        }
    }
    let (output, code) = run(&mut call(&hunted));
    assert_eq!(code, 0, "{}", said(&output));
    let all = keys(&journal);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "something was judged twice");
    assert_eq!(all.len(), handful.len());
    for name in
        ["gradebook.csv", "junit.xml", "results/ben/e302_bank.json", "staff/ben.html", "staff/index.html"]
    {
        assert_eq!(fs::read(calm.join(name)).unwrap(), fs::read(hunted.join(name)).unwrap(), "{name}");
    }
    // No box outlives its grader.
    let left = fs::read_dir("/proc").unwrap().flatten().filter(|process| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        line.contains("__box") && line.contains(env!("CARGO_TARGET_TMPDIR"))
    });
    assert_eq!(left.count(), 0);
}
