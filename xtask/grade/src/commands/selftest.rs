//! `grade selftest`: tries known attacks on this host's boxes.
use super::{Command, Exit};
use crate::attacks::{self, Attack};
use crate::bundle::Task;
use crate::judging::Grader;
use crate::outcome::Verdict;
use crate::sandbox::{Backend, Sandbox};
use crate::setup;
use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::sync::{Mutex, PoisonError};
use std::thread;

pub const COMMAND: Command = Command {
    name: "selftest",
    takes: "[WORD]",
    summary: "Try every known attack on this host's boxes",
    help: "\
Each attack is graded as a submission would be, and once more with the rules about its text lifted, so that the walls
behind them are proved too. Each must get its verdict. WORD chooses attacks by name or number.

  --backend B        native or bwrap; default: both
  --jobs N           at the same time; default: one for each processor
  --prepared DIR     what `grade prepare --to DIR` made, in place of the course

Example: cargo xtask grade selftest --backend native
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = super::parse("selftest", raw, &["allow-weak"], &["backend", "jobs", "prepared"], 1)?;
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
        let wanted = args.word().unwrap_or("");
        let attacks: Vec<Attack> =
            attacks::all()?.into_iter().filter(|a| wanted.is_empty() || a.is_called(wanted)).collect();
        let queue = Mutex::new(VecDeque::from(attacks));
        let counts = Mutex::new((0, 0));
        let work = || {
            loop {
                let attack = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(attack) = attack else { break };
                let text = attack.answer(&solution);
                for rules in [true, false] {
                    let grader = Grader { sandbox: &sandbox, bundle: &bundle, hidden: &[], repeat: 2, rules };
                    let (holds, line) = judge(&grader, &task, &attack, &text);
                    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                    println!("{line}");
                    if holds { counts.0 += 1 } else { counts.1 += 1 }
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
        let counts = counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        passed += counts.0;
        failed += counts.1;
    }
    println!("\nselftest: {passed} passed, {failed} failed");
    Ok(if failed > 0 { Exit::SomeNotGraded } else { Exit::Fine })
}

fn judge(grader: &Grader, task: &Task, attack: &Attack, text: &str) -> (bool, String) {
    let (wanted, how) = if grader.rules { (&attack.verdict, "") } else { (&attack.behind, ", rules lifted") };
    let (verdict, said, flags) = match grader.grade(task, text.as_bytes()) {
        Ok(outcome) => {
            (outcome.verdict, format!("{} {}", outcome.layer, outcome.sentence), outcome.flags.len())
        }
        Err(error) => (Verdict::GraderError, format!("{error:#}"), 0),
    };
    let holds = wanted.contains(&verdict) && (!attack.flagged || flags > 0);
    let word = if holds { "ok    " } else { "FAILED" };
    let name = format!("#{} {}{how}", attack.number, attack.name);
    let wanted: Vec<&str> = wanted.iter().map(|verdict| verdict.as_str()).collect();
    let more = if holds { String::new() } else { format!("  wanted {}: {said}", wanted.join(" or ")) };
    (holds, format!("{word} {verdict:<13} {name}{more}"))
}
