//! `verify`: the maintainer's check of an exercise.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::Exit;
use crate::lessons::Course;
use crate::screen::{Screen, Style};
use crate::select;
use crate::verification::{self, Again, Finding};
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::json;
use std::ffi::OsString;

pub const COMMAND: Command = Command {
    name: "verify",
    takes: "[104|threads|all]",
    summary: "Check an exercise: starter, solution, every wrong answer",
    help: "\
The untouched starter must fail as stated, and be what exercises/ has; the solution must pass every layer; each wrong
answer must get the verdict, and the layer, that lesson.toml states. Every judgement is made twice and must come out
the same. Where the program of a quiz can decide a question, it is run, and must speak for the key. Verdicts are: pass, not-started, does-not-compile, breaks-a-rule, wrong-result, lost-update, data-race,
deadlock, lost-wakeup, livelock, starved, not-concurrent, over-locked, swallowed-failure, leak, not-cancel-safe,
blocks-the-executor, too-slow, hangs, panics, exits, crashes, flaky.

  --json    for programs

Example: cargo xtask verify 104
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("verify", raw, &Spec { switches: &["json"], values: &[], words: 1, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let chosen = select::exercises(&course, args.word().unwrap_or("all"))?;
    let screen = Screen::stdout();
    let json = args.has("json");
    let findings = verification::run(&workspace, &course, &chosen, Again::Everything, &|finding| {
        if !json {
            print!("{}", line(finding, &screen));
        }
    });
    let failed = findings.iter().filter(|finding| !finding.holds).count();
    let passed = findings.len() - failed;
    if json {
        let items = findings.iter().map(|finding| {
            json!({
                "exercise": finding.exercise, "answer": finding.answer, "holds": finding.holds,
                "verdict": finding.verdict.map(|verdict| verdict.as_str()), "text": finding.text,
                "ms": finding.elapsed.as_millis() as u64,
            })
        });
        println!("{}", json!({ "passed": passed, "failed": failed, "findings": items.collect::<Vec<_>>() }));
    } else {
        println!("\nverify: {passed} passed, {failed} failed");
    }
    let broken = if course.broken.is_empty() { Exit::Fine } else { Exit::NotJudged };
    Ok(if failed > 0 { Exit::WorkFails } else { broken })
}

fn line(finding: &Finding, screen: &Screen) -> String {
    let (word, style) = if finding.holds { ("ok", Style::Good) } else { ("FAILED", Style::Bad) };
    let name = format!("{} {}", finding.exercise, finding.answer);
    let seconds = format!("{:.1} s", finding.elapsed.as_secs_f64());
    let word = screen.paint(style, word);
    let mut out =
        format!("{word:<6} {name:<44} {}  {}\n", screen.paint(Style::Faint, &seconds), finding.text);
    for more in &finding.more {
        out += &screen.wrapped(more, 9);
    }
    out
}
