//! `grade selftest`: tries known attacks on this host's boxes.
use super::{Command, Exit};
use crate::attacks::host::{self, Ground};
use crate::attacks::{self, Attack};
use crate::bundle::{Bundle, Task};
use crate::judging::Grader;
use crate::outcome::Verdict;
use crate::sandbox::{Backend, Sandbox};
use crate::setup;
use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::thread;

pub const COMMAND: Command = Command {
    name: "selftest",
    takes: "[WORD]",
    summary: "Try every known attack on this host's boxes",
    help: "\
Each attack is graded as a submission would be, and once more with the rules about its text lifted, so that the walls
behind them are proved too. Each must get its verdict. WORD chooses attacks by name or number.

  --list             show the catalogue, each row with what tries it and what must come of it; try nothing
  --backend B        native or bwrap; default: both
  --jobs N           at the same time; default: one for each processor
  --prepared DIR     what `grade prepare --to DIR` made, in place of the course

Example: cargo xtask grade selftest --backend native
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = super::parse("selftest", raw, &["allow-weak", "list"], &["backend", "jobs", "prepared"], 1)?;
    let wanted = args.word().unwrap_or("");
    let mut attacks = attacks::all()?;
    attacks.retain(|attack| wanted.is_empty() || attack.is_called(wanted));
    let rows: Vec<&host::Row> =
        host::ROWS.iter().filter(|row| attacks::is_called(wanted, row.number, row.name)).collect();
    if args.has("list") {
        // Whoever reads it may stop reading.
        let _ = io::stdout().write_all(list(&attacks, &rows).as_bytes());
        return Ok(Exit::Fine);
    }
    let backends = match args.text("backend") {
        Some(_) => vec![super::sandbox(&args)?.backend],
        None => vec![Backend::Native, Backend::Bwrap],
    };
    let workers =
        args.number("jobs")?.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let (mut passed, mut failed) = (0, 0);
    for backend in backends {
        let sandbox = Sandbox::new(backend);
        super::doctor::trial(&sandbox).with_context(|| format!("backend {backend}"))?;
        let (bundle, task, solution) = setup::selftest(&args, &sandbox)?;
        println!("backend {backend}: {}", sandbox.name());
        let mut count = |(holds, line): (bool, String)| {
            println!("{line}");
            if holds { passed += 1 } else { failed += 1 }
        };
        for row in &rows {
            count(try_row(row, &sandbox, &bundle, &task, &solution));
        }
        let queue = Mutex::new(VecDeque::from(attacks.clone()));
        let count = Mutex::new(count);
        let work = || {
            loop {
                let attack = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(attack) = attack else { break };
                let text = attack.answer(&solution);
                for rules in [true, false] {
                    let grader = Grader { sandbox: &sandbox, bundle: &bundle, hidden: &[], repeat: 2, rules };
                    let result = judge(&grader, &task, &attack, &text);
                    count.lock().unwrap_or_else(PoisonError::into_inner)(result);
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..sandbox.at_once(workers) {
                scope.spawn(work);
            }
        });
    }
    println!("\nselftest: {passed} passed, {failed} failed");
    Ok(if failed > 0 { Exit::SomeNotGraded } else { Exit::Fine })
}

/// The catalogue in its order: number, attack, what must come of it, and what is not promised.
fn list(attacks: &[Attack], rows: &[&host::Row]) -> String {
    let words = |verdicts: &[Verdict]| -> String {
        verdicts.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>().join(" or ")
    };
    let mut lines: Vec<(u32, String)> = Vec::new();
    for attack in attacks {
        let mut line =
            format!("{}: {}; rules lifted: {}", attack.name, words(&attack.verdict), words(&attack.behind));
        if !attack.because.is_empty() {
            line += &format!(" ({})", attack.because);
        }
        if !attack.limit.is_empty() {
            line += &format!("\n      limit: {}", attack.limit);
        }
        lines.push((attack.number, line));
    }
    lines.extend(rows.iter().map(|row| (row.number, format!("{}: {}", row.name, row.must))));
    lines.sort_by_key(|(number, _)| *number);
    lines.into_iter().map(|(number, line)| format!("#{number:<3} {line}\n")).collect()
}

fn try_row(
    row: &host::Row,
    sandbox: &Sandbox,
    bundle: &Bundle,
    task: &Task,
    solution: &str,
) -> (bool, String) {
    let folder = bundle.scratch.join(format!("selftest-{}", std::process::id()));
    // It may not be there.
    let _ = fs::remove_dir_all(&folder);
    let ground = Ground { sandbox, bundle, task, solution, folder: folder.clone() };
    let tried = fs::create_dir_all(&folder).map_err(anyhow::Error::from).and_then(|()| (row.run)(&ground));
    // What is left is cleared with the next row.
    let _ = fs::remove_dir_all(&folder);
    let name = format!("#{} {}: {}", row.number, row.name, row.must);
    match tried {
        Ok(()) => (true, format!("ok     {:<13} {name}", "-")),
        Err(error) => (false, format!("FAILED {:<13} {name}  {error:#}", "-")),
    }
}

fn judge(grader: &Grader, task: &Task, attack: &Attack, text: &str) -> (bool, String) {
    let (wanted, how) = if grader.rules { (&attack.verdict, "") } else { (&attack.behind, ", rules lifted") };
    let task = Task { limit_s: attack.limit_s.unwrap_or(task.limit_s), ..task.clone() };
    // What goes wrong with the grader is tried once more, as `grade run` does.
    let graded = grader.grade(&task, text.as_bytes()).or_else(|_| grader.grade(&task, text.as_bytes()));
    let (verdict, mut said, flags) = match graded {
        Ok(outcome) => {
            let said = format!("{} {} {}", outcome.layer, outcome.sentence, outcome.details.join(" "));
            (outcome.verdict, said, outcome.flags.len())
        }
        Err(error) => (Verdict::GraderError, format!("{error:#}"), 0),
    };
    let because = grader.rules || said.contains(&attack.because);
    if !because {
        said += &format!(" (and not because of: {})", attack.because);
    }
    let holds = wanted.contains(&verdict) && (!attack.flagged || flags > 0) && because;
    let word = if holds { "ok    " } else { "FAILED" };
    let name = format!("#{} {}{how}", attack.number, attack.name);
    let wanted: Vec<&str> = wanted.iter().map(|verdict| verdict.as_str()).collect();
    let more = if holds { String::new() } else { format!("  wanted {}: {said}", wanted.join(" or ")) };
    (holds, format!("{word} {verdict:<13} {name}{more}"))
}
