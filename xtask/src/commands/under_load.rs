//! `under-load`: prove that no verdict depends on what else the machine does.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::Exit;
use crate::files;
use crate::lessons::Course;
use crate::measure::journal::{Journal, Line, Run};
use crate::measure::under_load::{self, NEIGHBOURS, Plan, Row, Subject};
use crate::screen::{Screen, count};
use crate::select;
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::json;
use std::ffi::OsString;
use std::io::Write;

pub const COMMAND: Command = Command {
    name: "under-load",
    takes: "[104|threads|all]",
    summary: "Judge every answer again and again, beside busy neighbours",
    help: "\
Compiles every solution and every wrong answer once, and runs them beside 0, 1, 2 and 4 processes that spin. A solution
must pass every time, a wrong answer must get its verdict from its layer every time. Runs are remembered as long as the
compiled program stays the same, so a call that was stopped is gone on with by the same call. Exit code 1 if any run
came out otherwise.

  --runs N     runs of each solution, over all four loads (200)
  --whole N    how many of those go through every layer (40); the others run the layers on real threads, the only ones
               that have to do with load: all others are decided by counts
  --wrong N    runs of each wrong answer, through every layer (20)
  --minutes N  stop after so long; 0 compiles and runs nothing, and shows what there is
  --write      the table goes to docs/verdicts-under-load.md
  --json       for programs

Example: cargo xtask under-load sync --runs 40
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let values = &["runs", "whole", "wrong", "minutes"];
    let spec = Spec { switches: &["json", "write"], values, words: 1, passes_on: false };
    let args = Args::parse("under-load", raw, &spec)?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let chosen = select::exercises(&course, args.word().unwrap_or("all"))?;
    let screen = Screen::stdout();
    let plan = Plan {
        runs: args.number("runs")?.unwrap_or(200),
        whole: args.number("whole")?.unwrap_or(40),
        wrong: args.number("wrong")?.unwrap_or(20),
        minutes: args.number("minutes")?.map(|minutes| minutes as u64),
    };
    let json = args.has("json");
    let mut follow = Follow { screen: &screen, quiet: json, runs: 0 };
    let mut subjects = under_load::prepare(&workspace, &chosen, plan, &mut |what| follow.say(what))?;
    let mut journal = Journal::open(&workspace.cache().join("under-load.jsonl"))?;
    under_load::run(&workspace, &mut subjects, plan, &mut journal, &mut |subject, run| {
        follow.ran(subject, run)
    })?;
    follow.say("");

    let rows = under_load::table(&subjects, &journal);
    let differing = under_load::differing(&subjects, &journal);
    if json {
        let rows: Vec<_> = rows.iter().map(row_to_json).collect();
        let differing: Vec<_> = differing.iter().map(|run| run.to_json()).collect();
        println!("{}", json!({ "neighbours": NEIGHBOURS, "rows": rows, "differing": differing }));
    } else {
        print!("{}", table(&rows));
        println!("\nunder-load: {}", summary(&rows, &differing));
        for run in &differing {
            println!(
                "  {} {} beside {}: {} by `{}`",
                run.exercise,
                run.answer,
                count(run.neighbours, "neighbour"),
                run.verdict,
                run.layer
            );
        }
    }
    if args.has("write") {
        let path = workspace.root.join("docs/verdicts-under-load.md");
        files::replace(&path, page(&rows, &differing))?;
        eprintln!("written: {}", workspace.short(&path));
    }
    Ok(if differing.is_empty() { Exit::Fine } else { Exit::WorkFails })
}

/// Says at a terminal what is going on, and otherwise only what went wrong.
struct Follow<'a> {
    screen: &'a Screen,
    quiet: bool,
    runs: usize,
}

impl Follow<'_> {
    fn say(&self, what: &str) {
        if self.screen.live && !self.quiet {
            let line: String = what.chars().take(self.screen.columns.saturating_sub(1)).collect();
            print!("\r\x1b[K{line}");
            // Only a courtesy.
            let _ = std::io::stdout().flush();
        }
    }

    fn ran(&mut self, subject: &Subject<'_>, run: &Run) {
        self.runs += 1;
        let what = format!("{} {} beside {}", run.exercise, run.answer, count(run.neighbours, "neighbour"));
        if subject.holds(run) {
            self.say(&format!("{}: {what}: {}", count(self.runs, "run"), run.verdict));
        } else if !self.quiet {
            self.say("");
            println!(
                "DIFFERS {what}: {} by `{}` instead of {}",
                run.verdict, run.layer, subject.shipped.verdict
            );
        }
    }
}

fn row_to_json(row: &Row) -> serde_json::Value {
    let cells = |cells: &[(usize, usize)]| {
        cells.iter().map(|(runs, wrong)| json!({ "runs": runs, "differing": wrong })).collect::<Vec<_>>()
    };
    json!({
        "exercise": row.exercise, "solution": cells(&row.solution), "whole": row.whole, "wrong": row.wrong,
        "wrong_runs": cells(&row.rejected), "does_not_compile": row.refused,
    })
}

fn sum(cells: &[(usize, usize)]) -> (usize, usize) {
    cells.iter().fold((0, 0), |(runs, differ), cell| (runs + cell.0, differ + cell.1))
}

fn by_load(cells: &[(usize, usize)]) -> String {
    cells.iter().map(|(runs, _)| runs.to_string()).collect::<Vec<_>>().join(" / ")
}

/// The table as Markdown, which is as easy to read at a terminal.
fn table(rows: &[Row]) -> String {
    let mut out = format!(
        "| {:<24} | {:<20} | {:>5} | {:>8} | {:>5} | {:<18} | {:>15} |\n|{}|\n",
        "exercise",
        "solution, runs",
        "whole",
        "rejected",
        "wrong",
        "wrong, runs",
        "another verdict",
        [26, 22, 7, 10, 7, 20, 17].map(|width| "-".repeat(width)).join("|"),
    );
    for row in rows {
        let (solution, wrong) = (sum(&row.solution), sum(&row.rejected));
        out += &format!(
            "| {:<24} | {:<20} | {:>5} | {:>8} | {:>5} | {:<18} | {:>15} |\n",
            row.exercise,
            by_load(&row.solution),
            row.whole,
            solution.1,
            row.wrong,
            by_load(&row.rejected),
            wrong.1,
        );
        if row.refused > 0 {
            out += &format!("  ({} of the wrong answers do not compile, as they must)\n", row.refused);
        }
    }
    out
}

fn summary(rows: &[Row], differing: &[&Run]) -> String {
    let total = |cells: fn(&Row) -> &[(usize, usize)]| {
        rows.iter().map(|row| sum(cells(row))).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    };
    let (solutions, wrong) = (total(|row| &row.solution), total(|row| &row.rejected));
    format!(
        "{} of solutions, {} rejected; {} of wrong answers, {} with another verdict or from another layer; {}",
        count(solutions.0, "run"),
        solutions.1,
        count(wrong.0, "run"),
        wrong.1,
        if differing.is_empty() { "no verdict depends on load" } else { "see below" },
    )
}

fn page(rows: &[Row], differing: &[&Run]) -> String {
    let mut text = format!(
        "# Verdicts under load\n\nWritten by `cargo xtask under-load --write`; do not edit.\n\nEvery solution and every \
         wrong answer that ships, compiled once and judged again and again beside 0 / 1 / 2 / 4\nprocesses that spin, on \
         a machine with {} that had other work besides. A verdict differs if it is\nanother one than lesson.toml says, or \
         comes from another layer. `whole`: so many of a solution's runs went through every\nlayer; the others through \
         those on real threads (spec, cost), the only ones that have to do with load.\n\n{}\n{}.\n",
        std::thread::available_parallelism().map_or("one processor".into(), |n| count(n.get(), "processor")),
        table(rows).replace("\n  (", "\n\n("),
        summary(rows, differing),
    );
    for run in differing {
        text += &format!(
            "\n* {} {} beside {}: {} by `{}`",
            run.exercise,
            run.answer,
            count(run.neighbours, "neighbour"),
            run.verdict,
            run.layer
        );
    }
    text.trim_end().to_owned() + "\n"
}
