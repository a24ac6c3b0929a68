//! What is prepared once for all answers: the crates that judges stand on, the judges, and for each exercise a judge
//! with the course's own solution inside, which reads rules off an answer's text without running any of it.
use crate::build::Toolchain;
use crate::judging::Grader;
use crate::memory;
use crate::outcome::Verdict;
use crate::sandbox::Sandbox;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::lessons::{Course, Exercise, Lesson};
use xtask::workspace::Workspace;
use xtask::{artifacts, files};

/// Everything that was prepared.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Where it lies.
    pub folder: PathBuf,
    /// Where answers are compiled.
    pub scratch: PathBuf,
    /// The compiler.
    pub toolchain: Toolchain,
    /// The exercises.
    pub tasks: Vec<Task>,
}

/// One exercise, ready to be graded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// `e302_bank`
    pub id: String,
    /// For people.
    pub title: String,
    /// Its lesson's package, `sync`.
    pub lesson: String,
    /// Its lesson's folder from the course's root, `lessons/3-sync`.
    pub folder: String,
    /// What it is worth.
    pub points: u64,
    /// How long a layer may compute, in seconds.
    pub limit_s: u64,
    /// Programs of the system that the judge starts.
    pub programs: Vec<String>,
    /// The judges of its lesson: a copy.
    pub judges: PathBuf,
    /// The sources of its lesson's demos, of which judges may use some: a copy.
    pub sources: PathBuf,
    /// The judge with the course's solution inside.
    pub reference: PathBuf,
    /// The crates that may be named, and their files.
    pub externs: Vec<(String, PathBuf)>,
    /// The folders with the crates that those need.
    pub search: Vec<PathBuf>,
    /// The name that its judge gives itself.
    pub announces: String,
    /// The layers, in order, as the trusted judge names them.
    pub layers: Vec<(String, String)>,
    /// What has an influence on its verdicts: all of the above, by content.
    pub hash: String,
}

impl Task {
    /// What the compiler remembers of its judge; beside the judge with the course's solution.
    pub fn memory(&self) -> PathBuf {
        self.reference.with_file_name(memory::NAME)
    }

    /// The answer's path inside a box, which is its path in the course.
    pub fn answer_inside(&self) -> String {
        format!("/{}/exercises/{}.rs", self.folder, self.id)
    }
}

/// The exercise that attacks are tried on.
pub const SELFTEST: &str = "e901_count";

/// Where an exercise comes from.
struct Source<'a> {
    id: &'a str,
    title: &'a str,
    lesson: &'a str,
    folder: String,
    root: &'a Path,
    points: u64,
    limit_s: u64,
    programs: &'a [String],
}

/// Raised when the meaning of what is prepared or recorded changes.
const FORMAT: u32 = 4;

impl Bundle {
    /// Prepares the exercises of `course` that `wanted` chooses; what is still good is used again.
    ///
    /// `tell` hears what is going on.
    pub fn prepare(
        workspace: &Workspace,
        sandbox: &Sandbox,
        course: &Course,
        wanted: &dyn Fn(&Lesson, &Exercise) -> bool,
        tell: &dyn Fn(&str),
    ) -> Result<Bundle> {
        let folder = home(workspace);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let _alone = files::lock(&folder.join("lock"))?;
        let mut bundle = Bundle::new(workspace)?;
        let own = bundle.own_workspace(workspace);
        for lesson in &course.lessons {
            let exercises: Vec<&Exercise> = lesson.exercises().filter(|e| wanted(lesson, e)).collect();
            if exercises.is_empty() {
                continue;
            }
            tell(&format!("preparing lesson {}: {}", lesson.number, lesson.title));
            let artifacts = artifacts::of_lesson(&own, lesson)?;
            let crates = hash_crates(&artifacts)?;
            for exercise in exercises {
                let source = Source {
                    id: &exercise.id,
                    title: &exercise.title,
                    lesson: &lesson.name,
                    folder: workspace.short(&lesson.folder),
                    root: &lesson.folder,
                    points: exercise.points as u64,
                    limit_s: exercise.limit_s,
                    programs: &exercise.programs,
                };
                let task = bundle.task(sandbox, &source, &artifacts, &crates, tell)?;
                bundle.tasks.push(task);
            }
        }
        Ok(bundle)
    }

    /// Prepares the exercise that `grade selftest` attacks; it stands on the crates of the course's first lesson.
    pub fn prepare_selftest(
        &self,
        workspace: &Workspace,
        sandbox: &Sandbox,
        course: &Course,
        tell: &dyn Fn(&str),
    ) -> Result<Task> {
        let _alone = files::lock(&self.folder.join("lock"))?;
        let lesson = course.lessons.first().context("there is no lesson")?;
        let artifacts = artifacts::of_lesson(&self.own_workspace(workspace), lesson)?;
        let root = workspace.root.join("xtask/grade/selftest");
        let source = Source {
            id: SELFTEST,
            title: "What attacks are tried on",
            lesson: "selftest",
            folder: "lessons/9-selftest".to_owned(),
            root: &root,
            points: 1,
            limit_s: 2,
            programs: &[],
        };
        self.task(sandbox, &source, &artifacts, &hash_crates(&artifacts)?, tell)
    }

    /// A bundle without exercises.
    pub fn new(workspace: &Workspace) -> Result<Bundle> {
        let folder = home(workspace);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Bundle {
            toolchain: Toolchain::find(workspace)?,
            scratch: folder.clone(),
            folder,
            tasks: Vec::new(),
        })
    }

    /// The course, with crates of the grader's own: without what only a debugger needs.
    fn own_workspace(&self, workspace: &Workspace) -> Workspace {
        let mut own = workspace.clone();
        own.target = self.folder.join("target");
        // Each judge is linked from these crates, and no debugger ever looks at one.
        own.variables.push(("CARGO_PROFILE_DEV_DEBUG".to_owned(), "0".to_owned()));
        own
    }

    fn task(
        &self,
        sandbox: &Sandbox,
        source: &Source,
        artifacts: &artifacts::Artifacts,
        crates: &str,
        tell: &dyn Fn(&str),
    ) -> Result<Task> {
        let solution = source.root.join("solutions").join(format!("{}.rs", source.id));
        if !solution.is_file() {
            bail!(
                "{} is missing: grading needs the course with its solutions, not a class's copy",
                solution.display()
            );
        }
        let tests = source.root.join("tests");
        let mut hash = Sha256::new();
        hash.update(format!(
            "{FORMAT}\n{}\n{crates}\n{}\n{:?}\n",
            self.toolchain.version, source.limit_s, source.programs
        ));
        hash_folder(&tests, &mut hash)?;
        let demos = source.root.join("src");
        if demos.is_dir() {
            hash_folder(&demos, &mut hash)?;
        }
        hash.update(fs::read(&solution)?);
        let hash = hex(&hash.finalize());
        let folder = self.folder.join("tasks").join(source.id);
        let record = folder.join("task.json");
        let mut task = Task {
            id: source.id.to_owned(),
            title: source.title.to_owned(),
            lesson: source.lesson.to_owned(),
            folder: source.folder.clone(),
            points: source.points,
            limit_s: source.limit_s,
            programs: source.programs.to_vec(),
            judges: folder.join("judges"),
            sources: folder.join("sources"),
            reference: folder.join("reference"),
            externs: artifacts.externs.clone(),
            search: artifacts.search.clone(),
            announces: String::new(),
            layers: Vec::new(),
            hash,
        };
        let known: Option<Task> =
            files::read_if_there(&record)?.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(known) = known
            && known.hash == task.hash
            && known.reference.is_file()
            && known.memory().is_dir()
        {
            task.layers = known.layers;
            task.announces = known.announces;
            return Ok(task);
        }
        tell(&format!("preparing {}", source.id));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        copy_folder(&tests, &task.judges)?;
        fs::create_dir_all(&task.sources)?;
        if demos.is_dir() {
            copy_folder(&demos, &task.sources)?;
        }
        self.prove(sandbox, &mut task, &fs::read(&solution)?)?;
        files::replace(&record, serde_json::to_string_pretty(&task)?)?;
        Ok(task)
    }

    /// Grades the course's own solution: it becomes the reference, and an exercise whose solution fails is not used.
    pub fn prove(&self, sandbox: &Sandbox, task: &mut Task, solution: &[u8]) -> Result<()> {
        let grader = Grader { sandbox, bundle: self, hidden: &[], repeat: 1, rules: true };
        let proven = grader.reference(task, solution, &task.reference)?;
        let outcome = proven.outcome;
        if outcome.verdict != Verdict::Pass {
            bail!(
                "{}: its own solution gets {} ({}): {} {} Mend the exercise, or leave it out",
                task.id,
                outcome.verdict,
                outcome.layer,
                outcome.sentence,
                outcome.details.join(" ")
            );
        }
        task.announces = proven.announces;
        task.layers = proven.layers;
        Ok(())
    }

    /// The exercise called `id`.
    pub fn find(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }
}

/// Where the grader keeps what it prepared.
pub fn home(workspace: &Workspace) -> PathBuf {
    workspace.cache().join("grade")
}

/// The crates by content.
fn hash_crates(artifacts: &artifacts::Artifacts) -> Result<String> {
    let mut hash = Sha256::new();
    for (name, path) in &artifacts.externs {
        hash.update(name);
        hash.update(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    Ok(hex(&hash.finalize()))
}

fn hash_folder(folder: &Path, hash: &mut Sha256) -> Result<()> {
    for path in sorted(folder)? {
        hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        if path.is_dir() {
            hash_folder(&path, hash)?;
        } else {
            hash.update(fs::read(&path)?);
        }
    }
    Ok(())
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for path in sorted(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
