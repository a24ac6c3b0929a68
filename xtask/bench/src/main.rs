//! Measures what the book claims: `cargo xtask bench` builds this program and runs it.
//!
//! `suites/` says what is measured, `rounds.rs` how, `spread.rs` what is said of it, `report/` in which form.
mod suite;
mod suites;

mod children;
mod machine;
mod meter;
mod python;
mod rounds;
mod spread;

#[path = "../../src/date.rs"]
mod date;
mod figures;
mod report;
mod write;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt};
use machine::Machine;
use meter::Sample;
use report::Report;
use rounds::Executor;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use suite::{Case, Size, Suite, Table, Work};

/// What was typed.
#[derive(Default)]
struct Call {
    suites: Vec<&'static Suite>,
    only: Option<String>,
    rounds: Option<usize>,
    json: bool,
    write: bool,
    list: bool,
}

fn main() -> ExitCode {
    match parse().map(run) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("bench: {error:#}");
            ExitCode::from(3)
        }
        Err(error) => {
            eprintln!("bench: {error:#}; `cargo xtask bench --help` says what there is");
            ExitCode::from(2)
        }
    }
}

fn parse() -> Result<Call> {
    let mut call = Call::default();
    let mut parser = Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("only") => call.only = Some(parser.value()?.string()?),
            Arg::Long("rounds") => {
                let rounds: usize = parser.value()?.parse().context("--rounds wants a whole number")?;
                if rounds == 0 {
                    bail!("--rounds 0 measures nothing");
                }
                call.rounds = Some(rounds);
            }
            Arg::Long("json") => call.json = true,
            Arg::Long("write") => call.write = true,
            Arg::Long("list") => call.list = true,
            Arg::Value(name) => {
                let name = name.string()?;
                let Some(suite) = suites::ALL.iter().find(|suite| suite.name == name) else {
                    let known: Vec<&str> = suites::ALL.iter().map(|suite| suite.name).collect();
                    bail!("there is no suite `{name}`; there are {}", known.join(", "));
                };
                call.suites.push(suite);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if call.write && call.only.is_some() {
        bail!("--write makes whole pages; leave --only away");
    }
    if call.suites.is_empty() {
        call.suites = suites::ALL.iter().collect();
    }
    Ok(call)
}

fn run(call: Call) -> Result<()> {
    children::end_with_this_program()?;
    if call.list {
        for suite in &call.suites {
            println!("{:<10} {}", suite.name, suite.title);
            for table in (suite.tables)(Size::Full)? {
                println!("  {:<12} {}", table.name, table.title);
            }
        }
        return Ok(());
    }
    let mut out = Vec::new();
    for suite in &call.suites {
        let report = measure(suite, &call)?;
        if call.write {
            written(&report)?;
        }
        if call.json {
            out.push(report::json(&report));
        } else {
            println!("{}", report::text(&report));
        }
    }
    if call.json {
        println!("{}", serde_json::to_string_pretty(&out)?);
    }
    Ok(())
}

fn measure(suite: &Suite, call: &Call) -> Result<Report> {
    let mut machine = Machine::look(python::version());
    let mut tables: Vec<Table> = (suite.tables)(Size::Full)?;
    if let Some(only) = &call.only {
        let known: Vec<&str> = tables.iter().map(|table| table.name).collect();
        if !known.contains(&only.as_str()) {
            bail!("the suite {} has no table `{only}`; it has {}", suite.name, known.join(", "));
        }
        tables.retain(|table| table.name == only);
    }
    let mut measured = Vec::with_capacity(tables.len());
    for table in tables {
        let rounds = call.rounds.unwrap_or(table.rounds);
        let mut executor = OnThisMachine { suite: suite.name, table: table.name, rounds };
        measured.push(rounds::run(table, rounds, &mut executor)?);
    }
    machine.load_after = machine::load();
    progress("");
    let rounds = call.rounds.map_or_else(String::new, |rounds| format!(" --rounds {rounds}"));
    Ok(Report {
        suite: suite.name,
        title: suite.title,
        intro: suite.intro,
        date: date::Date::today().to_string(),
        machine,
        command: format!("cargo xtask bench {} --write{rounds}", suite.name),
        tables: measured,
    })
}

/// Writes the page and its pictures.
fn written(report: &Report) -> Result<()> {
    let folder = PathBuf::from("docs/measured");
    if !PathBuf::from("lessons").is_dir() {
        bail!("--write works in the course's root, which has `lessons` in it");
    }
    for table in &report.tables {
        let name = format!("{}-{}.svg", report.suite, table.name);
        write::replace(&folder.join(name), &report::picture(table))?;
    }
    let page = folder.join(format!("{}.md", report.suite));
    write::replace(&page, &report::page(report))?;
    eprintln!("written: {}", page.display());
    Ok(())
}

/// The real clock.
struct OnThisMachine {
    suite: &'static str,
    table: &'static str,
    rounds: usize,
}

impl Executor for OnThisMachine {
    fn execute(&mut self, case: &mut Case) -> Result<Sample> {
        match &mut case.work {
            Work::Here(work) => meter::measure(&mut **work),
            Work::Itself(work) => work(),
        }
    }

    fn share(&mut self) -> f64 {
        machine::share()
    }

    fn told(&mut self, round: usize, case: &str) {
        let round =
            if round == 0 { "warm-up".to_owned() } else { format!("round {round} of {}", self.rounds) };
        progress(&format!("{} {}: {round}: {case}", self.suite, self.table));
    }
}

/// One line that is written over, at a terminal only.
fn progress(line: &str) {
    let mut err = io::stderr();
    if err.is_terminal() {
        // Nobody is hurt when it cannot be shown.
        let _ = write!(err, "\r\x1b[K{line}").and_then(|()| err.flush());
    }
}
