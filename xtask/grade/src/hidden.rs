//! An instructor's own checks: further judges for an exercise, in a folder outside the course.
//!
//! `hidden/e302_bank.rs`, or `hidden/e302_bank-overdraft.rs` for a second one, is a judge like those in `tests/`. Its
//! layers run after the course's own, against the same answer, and students are told no more than its points.
use crate::bundle::{Bundle, Task, copy_folder};
use crate::judging::Grader;
use crate::outcome::{Outcome, Verdict};
use crate::sandbox::Sandbox;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name, which is also that of its program.
    pub name: String,
    /// The exercise it is about.
    pub exercise: String,
    /// The name that its judge gives itself.
    pub announces: String,
    /// Its layers, in order.
    pub layers: Vec<(String, String)>,
    /// The folder that holds its judge, and what that includes.
    pub folder: PathBuf,
    /// By content.
    pub hash: String,
}

/// Reads the checks in `folder` and proves each against the course's own solution: a check that rejects it is a
/// mistake of its own.
///
/// # Errors
/// One that is about no exercise, does not compile or rejects the solution.
pub fn prepare(
    folder: &Path,
    bundle: &Bundle,
    sandbox: &Sandbox,
    solution: &dyn Fn(&Task) -> Result<Vec<u8>>,
) -> Result<Vec<Check>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    let mut checks = Vec::new();
    for path in paths {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let exercise = stem.split('-').next().unwrap_or_default().to_owned();
        let Some(task) = bundle.find(&exercise) else {
            bail!("{}: `{exercise}` is no exercise that is graded; name the file after one", path.display());
        };
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = format!("hidden_{}", stem.replace('-', "_"));
        let home = bundle.folder.join("hidden").join(&name);
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        // Beside the lesson's own judges, so that it may use the modules that they share.
        copy_folder(&task.judges, &home)?;
        fs::write(home.join(format!("{name}.rs")), &text)?;
        let mut hash = Sha256::new();
        hash.update(&text);
        hash.update(&task.hash);
        let mut check = Check {
            name,
            exercise,
            announces: String::new(),
            layers: Vec::new(),
            folder: home,
            hash: crate::bundle::hex(&hash.finalize()),
        };
        let grader = Grader { sandbox, bundle, hidden: &[], repeat: 1, rules: true };
        let as_task = Task { id: check.name.clone(), judges: check.folder.clone(), ..task.clone() };
        let proven = grader.reference(&as_task, &solution(task)?, &check.folder.join("reference"))?;
        refuse(&path, &as_task, &proven.outcome)?;
        check.announces = proven.announces;
        check.layers = proven.layers;
        checks.push(check);
    }
    Ok(checks)
}

/// Says what is wrong with a check that the course's own solution does not pass, in terms of the instructor's file.
fn refuse(path: &Path, task: &Task, outcome: &Outcome) -> Result<()> {
    let file = path.display().to_string();
    // The box knows it by another name.
    let renamed = |text: &str| text.replace(&format!("{}/tests/{}.rs", task.folder, task.id), &file);
    match outcome.verdict {
        Verdict::Pass => Ok(()),
        Verdict::CompileError => bail!(
            "{file}: COMPILE_ERROR: the check does not compile against the course's own solution; mend the check\n{}",
            renamed(outcome.compiler.as_deref().unwrap_or_default())
        ),
        verdict => bail!(
            "{file}: the course's own solution gets {verdict} ({}): {} {}\nMend the check, or take it out of the folder",
            outcome.layer,
            outcome.sentence,
            renamed(&outcome.details.join(" "))
        ),
    }
}
