//! `check-all`: everything that must hold.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::files;
use crate::lessons::Course;
use crate::screen::Screen;
use crate::suite::{Item, Report, STEPS, Step, Suite};
use crate::verification::Again;
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub const COMMAND: Command = Command {
    name: "check-all",
    takes: "[--only STEP,STEP] [--fresh]",
    summary: "Check everything: formatting, lints, tidiness, tests, every exercise",
    help: "\
Steps: format, tidy, lints, tests, docs, demos, verify, learner. Each test, rule and answer counts as one. A failure
is shown at once, and at the end with the file and the command that repeats it. Exit code 1 when anything failed.

Answers that held before are not judged again while nothing changed that their judgement depends on: the answer, its
judge, the crates below, this program. The table says how many those were.

  --only STEP,STEP    only these steps
  --fresh             judge every answer, whatever is known of it

Example: cargo xtask check-all --only tidy,tests
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = Args::parse(
        "check-all",
        raw,
        &Spec { switches: &["fresh"], values: &["only"], words: 0, passes_on: false },
    )?;
    let steps = chosen(args.text("only").as_deref())?;
    let workspace = Workspace::find()?;
    // What cannot be read is an item of the tidy rules.
    let course = Course::load(&workspace)?;
    let screen = Screen::stdout();
    let suite =
        Suite::new(&workspace, &course, if args.has("fresh") { Again::Everything } else { Again::Changes })?;
    let mut times = Times::load(&workspace);
    let report = Report::new(screen, &course);
    let begin = Instant::now();
    for (index, step) in steps.iter().enumerate() {
        let after: Duration = steps[index + 1..].iter().filter_map(|step| times.of(step.name)).sum();
        report.begin(step.title, (index + 1, steps.len()), times.of(step.name), after);
        if let Err(error) = (step.run)(&suite, &report) {
            let again = format!("cargo xtask check-all --only {}", step.name);
            report.add(Item::new(
                format!("the step `{}`", step.name),
                false,
                vec![format!("{error:#}")],
                again,
            ));
        }
        times.set(step.name, report.end());
    }
    times.save()?;
    let (summary, passed, failed) = report.summary();
    println!("{summary}\n{} in all", format_args!("{:.0} s", begin.elapsed().as_secs_f64()));
    // Programs read this line; nothing may follow it.
    println!("check-all: {passed} passed, {failed} failed");
    Ok(if failed > 0 { Exit::WorkFails } else { Exit::Fine })
}

fn chosen(only: Option<&str>) -> Result<Vec<&'static Step>> {
    let Some(only) = only else { return Ok(STEPS.iter().collect()) };
    let mut steps = Vec::new();
    for name in only.split(',') {
        match STEPS.iter().find(|step| step.name == name) {
            Some(step) => steps.push(step),
            None => {
                let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
                return usage(format!("--only {name}: the steps are {}", known.join(", ")));
            }
        }
    }
    Ok(steps)
}

/// How long each step took the last time, to say how long it will take.
struct Times {
    path: PathBuf,
    seconds: Value,
}

impl Times {
    fn load(workspace: &Workspace) -> Times {
        let path = workspace.cache().join("check-all.json");
        // Without the file, or with one that is damaged, nothing is foretold.
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let seconds = serde_json::from_str(&text).ok().filter(Value::is_object).unwrap_or_else(|| json!({}));
        Times { path, seconds }
    }

    fn of(&self, step: &str) -> Option<Duration> {
        self.seconds[step].as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    fn set(&mut self, step: &str, time: Duration) {
        self.seconds[step] = json!(time.as_secs_f64());
    }

    fn save(&self) -> Result<()> {
        files::replace(&self.path, self.seconds.to_string())
    }
}
