//! What every command that grades begins with: the course, the settings, the boxes, what was prepared.
use crate::bundle::{Bundle, SELFTEST, Task};
use crate::config::Config;
use crate::hidden::{self, Check};
use crate::prepared;
use crate::sandbox::Sandbox;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use xtask::args::Args;
use xtask::lessons::{Course, Exercise, Lesson, number};
use xtask::workspace::Workspace;

/// How often a layer on real threads runs, unless the settings say otherwise.
const REPEAT: u32 = 3;

/// Something about the settings, the call or the host that trying again does not mend.
#[derive(Debug)]
pub struct Wrong(pub String);

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

/// All of it.
#[derive(Debug)]
pub struct Setup {
    /// The course, unless what was prepared stands for it.
    pub workspace: Option<Workspace>,
    /// The settings.
    pub config: Config,
    /// The boxes.
    pub sandbox: Sandbox,
    /// What was prepared.
    pub bundle: Bundle,
    /// The instructor's own checks.
    pub hidden: Vec<Check>,
}

impl Setup {
    /// Reads the settings that `--config` names and prepares what they choose.
    ///
    /// # Errors
    /// [`Wrong`] where trying again does not help.
    pub fn new(args: &Args, sandbox: Sandbox) -> Result<Setup> {
        let config = config(args)?;
        if let Some(folder) = args.path("prepared") {
            return Setup::prepared(&folder, config, sandbox, &scratch(args)?);
        }
        let workspace = Workspace::find()?;
        let course = Course::load(&workspace)?;
        let chosen = chosen(&config, &course)?;
        let wanted = |_: &Lesson, exercise: &Exercise| chosen.contains(&exercise.id);
        let tell = |what: &str| eprintln!("{what} …");
        let bundle = Bundle::prepare(&workspace, &sandbox, &course, &wanted, &tell)?;
        let hidden = match &config.hidden {
            None => Vec::new(),
            Some(folder) => {
                let solution = |task: &Task| solution(&workspace, task);
                hidden::prepare(folder, &bundle, &sandbox, &solution).map_err(|e| Wrong(format!("{e:#}")))?
            }
        };
        Ok(Setup { workspace: Some(workspace), config, sandbox, bundle, hidden })
    }

    /// The same from a folder that `grade prepare --to` made.
    fn prepared(folder: &Path, config: Config, sandbox: Sandbox, scratch: &Path) -> Result<Setup> {
        let (mut bundle, mut hidden) =
            prepared::load(folder, scratch).map_err(|error| Wrong(format!("{error:#}")))?;
        if config.hidden.is_some() && hidden.is_empty() {
            bail!(Wrong(format!(
                "hidden: {} was prepared without hidden checks; prepare it again with the same settings, where the \
                 course's solutions are, with which they are proved",
                folder.display()
            )));
        }
        let wanted = config.lessons.iter().chain(&config.exercises).collect::<Vec<_>>();
        bundle.tasks.retain(|task| {
            let names = [task.id.as_str(), number(&task.id), task.lesson.as_str()];
            task.id != SELFTEST
                && (wanted.is_empty() || wanted.iter().any(|word| names.contains(&word.as_str())))
        });
        if bundle.tasks.is_empty() {
            bail!(Wrong(format!("{}: none of the exercises was prepared there", folder.display())));
        }
        hidden.retain(|check| bundle.find(&check.exercise).is_some());
        Ok(Setup { workspace: None, config, sandbox, bundle, hidden })
    }

    /// How often a layer on real threads runs.
    pub fn repeat(&self) -> u32 {
        self.config.repeat.unwrap_or(REPEAT).max(1)
    }

    /// The exercises' names in order.
    pub fn exercises(&self) -> Vec<String> {
        self.bundle.tasks.iter().map(|task| task.id.clone()).collect()
    }
}

/// The settings that `--config` names, or `grade.toml` beside the call, or none.
pub fn config(args: &Args) -> Result<Config> {
    let beside = Path::new("grade.toml");
    let path = args.path("config").or_else(|| beside.is_file().then(|| beside.to_owned()));
    let mut config = match path {
        Some(path) => Config::read(&path).map_err(|error| Wrong(format!("{error:#}")))?,
        None => Config::default(),
    };
    if let Some(only) = args.text("only") {
        config.lessons.clear();
        config.exercises = only.split(',').map(str::to_owned).collect();
    }
    Ok(config)
}

/// Where the results are: `--out`, or `grades`.
pub fn out(args: &Args) -> PathBuf {
    args.path("out").unwrap_or_else(|| "grades".into())
}

/// Where answers are compiled when the course is not here.
fn scratch(args: &Args) -> Result<PathBuf> {
    let folder = out(args).join("scratch");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// What `grade selftest` needs: what was prepared, the exercise under attack, and its right answer.
pub fn selftest(args: &Args, sandbox: &Sandbox) -> Result<(Bundle, Task, String)> {
    let solution = include_str!("../selftest/solutions/e901_count.rs").to_owned();
    if let Some(folder) = args.path("prepared") {
        let scratch = std::env::temp_dir().join(format!("grade-selftest-{}", std::process::id()));
        let (bundle, _) = prepared::load(&folder, &scratch)?;
        let task = bundle
            .find(SELFTEST)
            .cloned()
            .context("the prepared folder has no selftest: prepare it again")?;
        return Ok((bundle, task, solution));
    }
    let workspace = Workspace::find()?;
    let course = Course::load(&workspace)?;
    let bundle = Bundle::new(&workspace)?;
    let task = bundle.prepare_selftest(&workspace, sandbox, &course, &|what| eprintln!("{what} …"))?;
    Ok((bundle, task, solution))
}

/// The course's own answer.
pub fn solution(workspace: &Workspace, task: &Task) -> Result<Vec<u8>> {
    let path = workspace.root.join(&task.folder).join("solutions").join(format!("{}.rs", task.id));
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The exercises that the settings choose.
fn chosen(config: &Config, course: &Course) -> Result<Vec<String>> {
    let mut chosen = Vec::new();
    let all = config.lessons.is_empty() && config.exercises.is_empty();
    for wanted in &config.lessons {
        let lesson = course
            .lessons
            .iter()
            .find(|lesson| lesson.name == *wanted || lesson.number.to_string() == *wanted)
            .ok_or_else(|| Wrong(format!("lessons: `{wanted}` is no lesson that can be read")))?;
        chosen.extend(lesson.exercises().map(|exercise| exercise.id.clone()));
    }
    for wanted in &config.exercises {
        let of_lesson = course.lessons.iter().find(|lesson| lesson.name == *wanted);
        if let Some(lesson) = of_lesson {
            chosen.extend(lesson.exercises().map(|exercise| exercise.id.clone()));
            continue;
        }
        let known = |exercise: &Exercise| exercise.id == *wanted || number(&exercise.id) == wanted;
        let Some((_, exercise)) = course.exercises().find(|(_, exercise)| known(exercise)) else {
            bail!(Wrong(format!("exercises: `{wanted}` is no exercise or lesson")));
        };
        chosen.push(exercise.id.clone());
    }
    if all {
        chosen.extend(course.exercises().map(|(_, exercise)| exercise.id.clone()));
    }
    if !course.broken.is_empty() && all {
        bail!(Wrong(format!("a lesson cannot be read: {}", course.broken[0].told())));
    }
    Ok(chosen)
}
