//! A course of one lesson, for tests only, that stands on the real `interleave` and `judge`.
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Long enough on a loaded machine; only a test that hangs comes to its end.
const PATIENCE: Duration = Duration::from_secs(300);

/// The exercises of the lesson, alike but for their time limits.
const EXERCISES: [(&str, u64); 5] = [
    ("e101_count", 120),
    ("e102_hang", 3),
    ("e103_interrupt", 600),
    ("e104_learn", 120),
    ("e105_broken_judge", 120),
];

/// Counts in a way that no schedule can break.
pub const RIGHT: &str = "//! Right.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Starts that many threads and counts them.
pub fn count(threads: u64) -> u64 {
    let counter = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| counter.fetch_add(1, Ordering::Relaxed));
        }
    });
    counter.load(Ordering::Relaxed)
}
";

/// The starter of every exercise.
pub const STARTER: &str = "//! Count the threads.

/// Starts that many threads and counts them.
pub fn count(threads: u64) -> u64 {
    todo!(\"count {threads} threads\")
}
";

const SOLUTION: &str = "//! Count the threads.
//~
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
//~ end

/// Starts that many threads and counts them.
pub fn count(threads: u64) -> u64 {
    //~ todo!(\"count {threads} threads\")
    let counter = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| counter.fetch_add(1, Ordering::Relaxed));
        }
    });
    counter.load(Ordering::Relaxed)
    //~ end
}
";

const JUDGE: &str = "//! The judge of NAME.
extern crate interleave as std;

#[cfg(not(exercise_crate))]
#[path = \"../exercises/NAME.rs\"]
pub mod exercise;

fn main() -> judge::ExitCode {
    judge::exercise!(\"NAME\")
        // What these rules would find in the text shall happen, so that the runner has to cope with it.
        .rules(
            judge::Rules::new()
                .allow(\"std::process::exit\")
                .allow(\"std::process::abort\")
                .allow(\"std::panic::set_hook\"),
        )
        .schedules(\"two threads\", || judge::expect_eq(\"the count\", exercise::count(2), 2))
        .spec(\"ten threads\", || judge::expect_eq(\"the count\", exercise::count(10), 10))
        .run()
}
";

/// A course in a folder of its own.
pub struct Course {
    /// Its root.
    pub root: PathBuf,
}

impl Course {
    /// A course that no other test uses. Answers are better judged in [`shared`], which is built once.
    pub fn new(name: &str) -> Course {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        let course = Course { root };
        course.write_all();
        course
    }

    /// The course in which answers are judged: all tests share what is built for it.
    pub fn shared() -> &'static Course {
        static SHARED: OnceLock<Course> = OnceLock::new();
        SHARED.get_or_init(|| {
            let course = Course { root: Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared") };
            let _ = fs::remove_file(course.root.join("progress.txt"));
            course.write_all();
            course
        })
    }

    fn write_all(&self) {
        let common = Path::new(env!("CARGO_MANIFEST_DIR")).join("../common").canonicalize().unwrap();
        let common = common.to_str().unwrap();
        self.write(
            "Cargo.toml",
            &format!(
                "# A course for tests.\n[workspace]\nresolver = \"3\"\nmembers = [\"lessons/1-mini\"]\n\n\
                 [workspace.dependencies]\ninterleave = {{ path = \"{common}/interleave\" }}\n\
                 judge = {{ path = \"{common}/judge\" }}\n"
            ),
        );
        // The same versions as everywhere, so that nothing is fetched.
        let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock")).unwrap();
        if !self.root.join("Cargo.lock").exists() {
            self.write("Cargo.lock", &lock);
        }
        let mut manifest =
            "[package]\nname = \"mini\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
                            [dependencies]\ninterleave.workspace = true\njudge.workspace = true\n"
                .to_owned();
        let ids: Vec<String> = EXERCISES.iter().map(|(id, _)| format!("\"{id}\"")).collect();
        let mut lesson = format!(
            "# A lesson for tests.\nnumber = 1\nname = \"mini\"\ntitle = \"Mini\"\norder = [{}]\n",
            ids.join(", ")
        );
        for (id, limit) in EXERCISES {
            manifest += &format!("\n[[test]]\nname = \"{id}\"\nharness = false\ntest = false\n");
            lesson += &format!(
                "\n[[exercise]]\nid = \"{id}\"\ntitle = \"Count\"\nkind = \"build\"\nminutes = 1\npoints = 1\n\
                 section = \"Counting\"\nmisconception = \"none\"\nlimit_s = {limit}\nhints = [\"think\", \"write\"]\n\
                 [exercise.hint_for]\nlost-update = \"one step\"\nE0382 = \"it was moved\"\n\
                 [[exercise.quiz]]\nquestion = \"1 + 1?\"\nchoices = [\"1\", \"2\"]\nanswer = 2\nwhy = \"count\"\n"
            );
            if id != "e105_broken_judge" {
                self.write(&format!("lessons/1-mini/tests/{id}.rs"), &JUDGE.replace("NAME", id));
            }
            self.write(&format!("lessons/1-mini/solutions/{id}.rs"), SOLUTION);
            self.write(&format!("lessons/1-mini/exercises/{id}.rs"), STARTER);
        }
        self.write(
            "lessons/1-mini/tests/e105_broken_judge.rs",
            "//! Does not compile.\nfn main() { nothing() }\n",
        );
        self.write("lessons/1-mini/Cargo.toml", &manifest);
        self.write("lessons/1-mini/lesson.toml", &lesson);
        self.write("lessons/1-mini/README.md", "# Mini\n\n## Counting\n");
        self.write("lessons/1-mini/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n");
    }

    /// Writes a file, unless it is there just so: what was built from it stays fresh.
    pub fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.root.join(path);
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        path
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A call of the program in this course.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.current_dir(&self.root).args(words);
        // Neither the settings of whoever runs the tests nor those of the cargo that does.
        for name in ["NO_COLOR", "COLUMNS", "RUSTFLAGS", "CARGO_MANIFEST_DIR"] {
            command.env_remove(name);
        }
        command.env("CARGO_TARGET_DIR", self.root.join("target"));
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs it and gives its exit code and all that it said.
    pub fn says(&self, words: &[&str]) -> (i32, String) {
        let output = self.run(words);
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap_or(-1), text)
    }

    /// Judges a text as an answer; gives the exit code and the judgement.
    pub fn judge(&self, exercise: &str, name: &str, answer: &str) -> (i32, Value) {
        let path = self.write(&format!("answers/{name}.rs"), answer);
        let output = self.run(&["check", exercise, "--json", "--answer", path.to_str().unwrap()]);
        let text = String::from_utf8_lossy(&output.stdout);
        let value: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{error}\n{text}\n{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().unwrap(), value["results"][0].clone())
    }
}

/// A real lesson in a folder of its own, on the real `common`, to be worked in. One test at a time has it, so that it is
/// built once for all.
pub struct Real {
    /// Its root.
    pub root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Real {
    /// Lesson 1 with untouched exercises. What was built for it is kept from run to run.
    pub fn lesson_1() -> Real {
        static ALONE: Mutex<()> = Mutex::new(());
        // A test that failed has left nothing that this one would not make anew.
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lesson-1");
        fs::create_dir_all(&root).unwrap();
        let _ = fs::remove_file(root.join("progress.txt"));
        let _ = fs::remove_dir_all(root.join("target/interleave/last"));
        let _ = fs::remove_dir_all(root.join("lessons"));
        copy_all(&real.join("lessons/1-threads"), &root.join("lessons/1-threads"));
        // Somebody may be at work in the real one.
        for exercise in fs::read_dir(root.join("lessons/1-threads/exercises")).unwrap() {
            fs::remove_file(exercise.unwrap().path()).unwrap();
        }
        let manifest = fs::read_to_string(real.join("Cargo.toml")).unwrap();
        let (head, rest) = manifest.split_once("members = [").unwrap();
        let (_, rest) = rest.split_once("default-members = [").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        let rest = rest.replace("path = \"", &format!("path = \"{}/", real.display()));
        let manifest = format!("{head}members = [\"lessons/1-threads\"]\n{rest}");
        let course = Real { root, _alone: alone };
        fs::write(course.root.join("Cargo.toml"), manifest).unwrap();
        fs::copy(real.join("Cargo.lock"), course.root.join("Cargo.lock")).unwrap();
        let output = course.command(&["starters", "--all"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        course
    }

    /// A call of the program in this course.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.current_dir(&self.root).args(words).env_remove("CARGO_MANIFEST_DIR");
        command.env("CARGO_TARGET_DIR", self.root.join("target"));
        command
    }

    /// Its exercises, in order.
    pub fn ids(&self) -> Vec<String> {
        let output = self.command(&["list", "--json"]).output().unwrap();
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        let steps = value["lessons"][0]["steps"].as_array().unwrap().clone();
        let ids = steps.iter().filter_map(|step| step["id"].as_str()).filter(|id| id.starts_with('e'));
        ids.map(str::to_owned).collect()
    }

    /// The answer key of an exercise.
    pub fn solution(&self, id: &str) -> String {
        fs::read_to_string(self.root.join(format!("lessons/1-threads/solutions/{id}.rs"))).unwrap()
    }

    /// The path of a learner's file.
    pub fn exercise(&self, id: &str) -> PathBuf {
        self.root.join(format!("lessons/1-threads/exercises/{id}.rs"))
    }

    /// What a shell in it needs so that `xtask` is the program.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let bin = Path::new(env!("CARGO_BIN_EXE_xtask")).parent().unwrap().display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let target = self.root.join("target").display().to_string();
        vec![("PATH", format!("{bin}:{path}")), ("CARGO_TARGET_DIR", target)]
    }
}

/// A call of the program in any folder.
pub fn in_folder(root: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(root).args(words);
    for name in ["NO_COLOR", "COLUMNS", "RUSTFLAGS", "CARGO_MANIFEST_DIR"] {
        command.env_remove(name);
    }
    command
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_all(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// Whether a process still runs. One that has ended and that nobody has waited for yet does not.
pub fn runs(pid: i32) -> bool {
    if kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH) {
        return false;
    }
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.rsplit(')').next().unwrap_or("").trim_start().starts_with('Z') && !stat.is_empty()
}

/// Waits until something holds, long enough even on a loaded machine.
#[track_caller]
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
