//! `grade report`: writes gradebooks and pages from the journal.
use super::{Command, Exit, status};
use crate::intake::Class;
use crate::journal::{self, Journal};
use crate::outcome::Verdict;
use crate::report;
use crate::setup::{self, Setup};
use anyhow::{Context, Result};
use std::ffi::OsString;
use xtask::exit::usage;
use xtask::files;

pub const COMMAND: Command = Command {
    name: "report",
    takes: "",
    summary: "Write gradebooks and pages from what was graded",
    help: "\
Nothing is graded: all comes from the journal, so changed points, due dates or extensions take effect at once.
The folder gets gradebook.csv, results/ (JSON), feedback/ (pages for students), staff/ (pages for you), gradescope/,
junit.xml, and the filled copies of the templates you name.

  --out DIR                 where results are; default: grades
  --config FILE             settings; default: grade.toml, if there is one
  --only 302,sync           the exercises that the run graded, if it named some
  --canvas-template FILE    the gradebook as Canvas exported it: its columns are filled in
  --moodle-template FILE    the grading worksheet as Moodle exported it

Example: cargo xtask grade report --out grades --canvas-template export.csv
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = ["out", "config", "only", "canvas-template", "moodle-template", "backend", "prepared"];
    let args = super::parse("report", raw, &["allow-weak"], &values, 0)?;
    report(&args)
}

/// The same for `grade merge`.
pub fn report(args: &xtask::args::Args) -> Result<Exit> {
    let out = setup::out(args);
    let Some(class) = files::read_if_there(&out.join("class.json"))? else {
        return usage(format!("{}: no class was taken in there; --out names another folder", out.display()));
    };
    let class: Class = serde_json::from_str(&class).context("class.json cannot be read")?;
    let setup = Setup::new(args, super::sandbox(args)?)?;
    let paths = status::journals(&out)?;
    let merged = journal::merge(paths.iter().map(|path| Journal::read(path)).collect::<Result<Vec<_>>>()?);
    for key in &merged.conflicts {
        let record = &merged.records[key];
        eprintln!(
            "two journals disagree about {} {}: kept {}",
            record.exercise,
            &record.sha[..10],
            record.outcome.verdict
        );
    }
    eprintln!("{}", report::write(&setup, &out, &class, &merged.records)?);
    for (flag, fill) in [
        ("canvas-template", report::csv::canvas as fn(&_, &str) -> Result<String>),
        ("moodle-template", report::csv::moodle),
    ] {
        if let Some(template) = args.path(flag) {
            let book = report::Book::new(&setup, &class, &merged.records);
            let filled =
                fill(&book, &files::read(&template)?).with_context(|| template.display().to_string())?;
            let path = out.join(format!("{}.csv", flag.trim_end_matches("-template")));
            files::replace(&path, filled)?;
            eprintln!("{}: {} filled in", path.display(), template.display());
        }
    }
    let open = merged.records.values().any(|record| record.outcome.verdict == Verdict::GraderError);
    Ok(if open { Exit::SomeNotGraded } else { Exit::Fine })
}
