//! Lesson 2 in boxes: answers that start programs get the verdicts that they get outside, on both backends.
use crate::class::verdicts;
use crate::scratch::{folder, grade, root, run, said};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn lesson(path: &str) -> String {
    fs::read_to_string(root().join("lessons/2-processes").join(path)).unwrap()
}

/// The solution with another `run_all`, given as the body of the function.
fn with(body: &str) -> String {
    let solution = lesson("solutions/e201_children.rs");
    let begin = solution.find("    // `collect` starts all").unwrap();
    let end = solution[begin..].find("    endings\n").unwrap() + begin + "    endings\n".len();
    format!("{}{body}\n{}", &solution[..begin], &solution[end..])
}

/// Other cures than the course's own.
const RIGHT: [(&str, &str); 3] = [
    (
        "r-threads",
        "std::thread::scope(|s| { let all: Vec<_> = commands.iter_mut().map(|c| s.spawn(move || match c.status() { \
         Ok(status) => Ending::from(status), Err(error) => Ending::NotStarted(error.kind()) })).collect(); \
         all.into_iter().map(|one| one.join().unwrap()).collect() })",
    ),
    (
        "r-polls",
        "let mut all: Vec<_> = commands.iter_mut().map(|c| (c.spawn(), None)).collect(); \
         while all.iter().any(|(_, ending)| ending.is_none()) { \
         for (child, ending) in &mut all { if ending.is_none() { *ending = match child { \
         Ok(child) => child.try_wait().unwrap().map(Ending::from), \
         Err(error) => Some(Ending::NotStarted(error.kind())) }; } } \
         std::thread::sleep(std::time::Duration::from_millis(2)); } \
         all.into_iter().map(|(_, ending)| ending.unwrap()).collect()",
    ),
    (
        "r-quiet",
        "commands.iter_mut().map(|c| c.stderr(std::process::Stdio::null()).spawn()).collect::<Vec<_>>().into_iter()\
         .map(|child| match child { Ok(child) => Ending::from(child.wait_with_output().unwrap().status), \
         Err(error) => Ending::NotStarted(error.kind()) }).collect()",
    ),
];

/// What a hostile answer or a very wrong one does, and what it must get.
const OTHERS: [(&str, &str, &[&str]); 5] = [
    // A child that ends the judge: nobody gets out of a grade by that.
    (
        "x-kills",
        "let _ = Command::new(\"sh\").args([\"-c\", \"kill -9 $PPID\"]).status(); let _ = commands; vec![]",
        &["CRASH"],
    ),
    // Shells that wait for input, each in the background, until no more can be started.
    (
        "x-bomb",
        "let mut shell = Command::new(\"sh\"); \
         shell.args([\"-c\", \"exec 3<&0; while :; do (read x <&3) & done\"]).stdin(std::process::Stdio::piped()); \
         let started = shell.spawn().unwrap(); let _ = commands; std::thread::park(); drop(started); vec![]",
        &["PID_LIMIT"],
    ),
    // The child waits for its input, which this one keeps open, and this one waits for the child.
    (
        "x-waits",
        "let mut all: Vec<_> = commands.iter_mut().map(|c| c.stdin(std::process::Stdio::piped()).spawn().unwrap())\
         .collect(); let kept: Vec<_> = all.iter_mut().map(|child| child.stdin.take()).collect(); \
         let endings = all.iter_mut().map(|child| Ending::from(child.wait().unwrap())).collect(); drop(kept); endings",
        &["DEADLOCK"],
    ),
    (
        "x-locks",
        "let own = std::sync::Mutex::new(0); let _first = own.lock().unwrap(); let _again = own.lock().unwrap(); \
         let _ = commands; vec![]",
        &["DEADLOCK"],
    ),
    ("x-looks", "let _ = commands; std::fs::read(\"/proc/self/mem\").unwrap(); vec![]", &["PANIC"]),
];

fn class(folder: &Path) -> Vec<(String, &'static [&'static str])> {
    let mut wanted: Vec<(String, &'static [&'static str])> = Vec::new();
    let mut put = |who: &str, text: &str, verdicts: &'static [&'static str]| {
        fs::create_dir_all(folder.join(who)).unwrap();
        fs::write(folder.join(who).join("e201_children.rs"), text).unwrap();
        wanted.push((who.to_owned(), verdicts));
    };
    put("r-solution", &lesson("solutions/e201_children.rs"), &["PASS"]);
    for (who, body) in RIGHT {
        put(who, &with(body), &["PASS"]);
    }
    for (who, body, verdicts) in OTHERS {
        put(who, &with(body), verdicts);
    }
    for entry in fs::read_dir(root().join("lessons/2-processes/wrong/e201_children")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let slug = name.trim_end_matches(".rs");
        let verdict: &'static [&'static str] =
            if slug == "unwraps_the_start" { &["PANIC"] } else { &["FAIL"] };
        put(&format!("w-{slug}"), &lesson(&format!("wrong/e201_children/{name}")), verdict);
    }
    wanted
}

#[test]
fn answers_that_start_children_get_the_same_verdicts_in_boxes() {
    let folder = folder("children");
    let wanted = class(&folder.join("class"));
    for backend in ["native", "bwrap"] {
        let out = folder.join(backend);
        let (class, out_text) = (folder.join("class"), out.to_str().unwrap());
        let words =
            ["run", class.to_str().unwrap(), "--only", "201", "--out", out_text, "--backend", backend];
        let (output, code) = run(&mut grade(&words));
        assert_eq!(code, 0, "{backend}: {}", said(&output));
        let got = verdicts(&out);
        for (who, verdicts) in &wanted {
            assert!(verdicts.contains(&&*got[who]), "{backend} {who}: {} of {verdicts:?}", got[who]);
        }
        let result = |who: &str| -> Value {
            let text = fs::read_to_string(out.join(format!("results/{who}/e201_children.json"))).unwrap();
            serde_json::from_str(&text).unwrap()
        };
        for (slug, finding) in [("wait_in_the_loop", "not-concurrent"), ("stops_at_first_failure", "leak")] {
            assert_eq!(result(&format!("w-{slug}"))["finding"], finding, "{backend} {slug}");
        }
        // Who waits for whom, in the answer's own words and lines.
        let told = result("x-locks")["sentence"].as_str().unwrap().to_owned();
        assert!(told.contains("for the lock `own`, and holds it itself"), "{backend}: {told}");
        let told = result("x-waits")["details"].to_string();
        assert!(told.contains("its child process `sh` waits for something to come through a pipe"), "{told}");
        assert!(told.contains("waits for a child process to end"), "{backend}: {told}");
    }
}
