//! The grader killed at random moments: nothing is lost, nothing is judged twice, whatever it writes is the same.
use crate::scratch::{class, folder, grade, handful, run, said, until};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A number from the environment.
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The keys of the judgements that were written down, in order.
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

/// All that a run writes but the journal, in which judgements stand in the order in which they ended, with their times.
fn written(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![out.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !path.file_name().unwrap().to_string_lossy().starts_with("journal.") {
                files.insert(path.strip_prefix(out).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Waits until no box of the grader with this number is left: `grade __box BACKEND NUMBER …`, to whose end all inside ends.
fn no_box_outlives(grader: u32) {
    let grader = grader.to_string();
    until("a killed grader's boxes end", || {
        let mut lines = fs::read_dir("/proc").unwrap().flatten().map(|process| {
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).into_owned()
        });
        !lines.any(|line| {
            let words: Vec<&str> = line.split('\0').collect();
            words.get(1) == Some(&"__box") && words.get(3) == Some(&&*grader)
        })
    });
}

/// `GRADE_KILLS=100` for the measured claim, `GRADE_SEED` for the moments of a run before.
#[test]
fn killed_at_any_moment_it_goes_on() {
    let kills = asked("GRADE_KILLS").unwrap_or(6);
    let seed = asked("GRADE_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let mut random = seed;
    println!("GRADE_SEED={seed}");
    let folder = folder("kills");
    let handful = handful();
    let students: Vec<(&str, &str)> = handful.iter().map(|(who, text, _)| (*who, text.as_str())).collect();
    let class = class(&folder, &students);
    let call = |out: &Path| -> Command {
        let words =
            ["run", class.to_str().unwrap(), "--only", "302", "--jobs", "2", "--out", out.to_str().unwrap()];
        grade(&words)
    };
    // The first run prepares what all share, and may take far longer than those whose moments are to be hit.
    let calm = folder.join("calm");
    let mut whole = Duration::ZERO;
    for _ in 0..2 {
        let _ = fs::remove_dir_all(&calm);
        let begin = Instant::now();
        let (output, code) = run(&mut call(&calm));
        assert_eq!(code, 0, "{}", said(&output));
        whole = begin.elapsed();
    }
    let wanted = written(&calm);

    let hunted = folder.join("hunted");
    let journal = hunted.join("journal.jsonl");
    let mut before: Vec<String> = Vec::new();
    // How many kills hit with so many judgements written down; and how many graders were not hit in time.
    let mut hits: BTreeMap<usize, u64> = BTreeMap::new();
    let (mut killed, mut late, mut classes) = (0, 0, 0);
    while killed < kills {
        let mut child = call(&hunted).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Anywhere in a whole run, so that every part of it is hit; one with little left to do may come to its end before.
        thread::sleep(Duration::from_micros((random >> 33) % whole.as_micros() as u64));
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let now = keys(&journal);
        assert!(now.starts_with(&before), "GRADE_SEED={seed}, kill {killed}: a judgement was lost");
        assert_eq!(now.iter().collect::<BTreeSet<_>>().len(), now.len(), "GRADE_SEED={seed}: judged twice");
        before = now;
        match ended {
            None => {
                killed += 1;
                *hits.entry(before.len()).or_default() += 1;
                no_box_outlives(child.id());
            }
            Some(status) => {
                late += 1;
                assert!(status.success(), "GRADE_SEED={seed}, kill {killed}: {status}");
            }
        }
        if ended.is_some() || killed == kills {
            // All done, or about to be: everything is compared, and the next kills hit a class from its beginning.
            let (output, code) = run(&mut call(&hunted));
            assert_eq!(code, 0, "{}", said(&output));
            let all = keys(&journal);
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "something was judged twice");
            assert_eq!(all.len(), handful.len());
            let now = written(&hunted);
            assert_eq!(
                now.keys().collect::<Vec<_>>(),
                wanted.keys().collect::<Vec<_>>(),
                "GRADE_SEED={seed}: not the same files"
            );
            for (name, bytes) in &wanted {
                assert!(now[name] == *bytes, "GRADE_SEED={seed}: {} differs", name.display());
            }
            fs::remove_dir_all(&hunted).unwrap();
            before.clear();
            classes += 1;
        }
    }
    println!(
        "{killed} kills in {classes} classes of {}, {late} graders came to their end before; kills by judgements \
         written: {hits:?}; a whole run takes {whole:.1?}",
        handful.len()
    );
}
