//! `kill -9` at any moment: nothing that was written is lost, and every file can be read.
use crate::scratch::{Course, STARTER};
use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

const EXERCISE: &str = "lessons/1-mini/exercises/e101_count.rs";

/// How often it is killed.
const MOMENTS: u64 = 100;

/// Numbers that look random and are the same every time (Knuth, TAOCP volume 2, 3.3.4: the multiplier of MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Every text of the learner that is there: in the exercise or kept beside it.
fn texts(course: &Course) -> BTreeSet<String> {
    let mut texts = kept(course);
    texts.insert(course.read(EXERCISE));
    texts
}

/// Every text that is kept beside the exercise.
fn kept(course: &Course) -> BTreeSet<String> {
    let folder = course.root.join("lessons/1-mini/exercises");
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
        if name.starts_with("e101_count.rs.kept.") {
            texts.insert(fs::read_to_string(entry.unwrap().path()).unwrap());
        }
    }
    texts
}

#[test]
fn killed_at_a_hundred_moments_it_loses_nothing() {
    let course = Course::new("killed");
    let mut numbers = Numbers(0x1e55);
    // How long each command takes undisturbed, so that the moments fall into all of it.
    let commands: [&[&str]; 4] = [
        &["reset", "101"],
        &["hint", "102"],
        &["quiz", "103", "--answer", "1"],
        &["solution", "104", "--give-up"],
    ];
    let mut usual = [Duration::ZERO; 4];
    for (at, command) in commands.iter().enumerate() {
        course.write(EXERCISE, "// to be measured\n");
        let begin = Instant::now();
        assert!(course.run(command).status.success());
        usual[at] = begin.elapsed();
    }
    // What a learner noted by hand must be there at the end, whatever happens around it.
    let notes = "# my notes, by hand\nmood e101_count good\n";
    let before = course.read("progress.txt");
    fs::write(course.root.join("progress.txt"), format!("{notes}{before}")).unwrap();
    let mut written;
    let mut hints = 1;
    let mut ended = 0;
    for moment in 0..MOMENTS {
        // What the learner writes over is gone by the learner's own hand.
        written = kept(&course);
        let text = format!("// what I wrote, version {moment}\n");
        course.write(EXERCISE, &text);
        written.insert(text);
        let at = numbers.below(commands.len() as u64) as usize;
        let mut child =
            course.command(commands[at]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let most = usual[at].as_micros() as u64 * 5 / 4;
        thread::sleep(Duration::from_micros(numbers.below(most.max(1))));
        child.kill().unwrap();
        ended += u64::from(child.wait().unwrap().success());

        let progress = course.read("progress.txt");
        assert!(progress.starts_with(notes) && progress.ends_with('\n'), "moment {moment}: {progress}");
        let known = |line: &str| {
            let mut words = line.split(' ');
            let (kind, step) = (words.next().unwrap(), words.next().unwrap_or(""));
            ["#", "mood", "hint", "quiz", "gave-up"].contains(&kind)
                && (kind == "#" || step.starts_with("e10"))
        };
        assert!(progress.lines().all(known), "moment {moment}: half a line: {progress}");
        // What was opened once stays open.
        let opened = progress.lines().find_map(|line| line.strip_prefix("hint e102_hang ")).unwrap();
        let opened: u32 = opened.parse().unwrap();
        assert!(opened >= hints, "moment {moment}: {progress}");
        hints = opened;
        let there = texts(&course);
        assert!(written.is_subset(&there), "moment {moment}: lost {:?}", written.difference(&there));
        let odd: Vec<_> = there.iter().filter(|text| !written.contains(*text) && *text != STARTER).collect();
        assert!(odd.is_empty(), "moment {moment}: half a text: {odd:?}");
    }
    assert!(ended < MOMENTS, "it was never killed in time");
    // Whatever it left behind hinders nobody.
    let (code, said) = course.says(&["reset", "--all"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(course.read(EXERCISE), STARTER);
    assert_eq!(course.says(&["learn", "--once"]).0, 0);
    let left = fs::read_dir(course.root.join("lessons/1-mini/exercises")).unwrap();
    let left =
        left.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "tmp"));
    assert_eq!(left.count(), 0, "half-written files are cleared away");
}
