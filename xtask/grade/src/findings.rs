//! What is made of what was seen: of a file, of the compiler's messages, of how a box ended.
use crate::build::Built;
use crate::bundle::Task;
use crate::outcome::{Outcome, Verdict};
use crate::sandbox::watch::{Ended, Stopped};
use crate::text;
use anyhow::{Result, bail};
use xtask::diagnostics::{Diagnostic, plain};

/// No answer of the course is a tenth as long.
pub const LARGEST_ANSWER: usize = 256 << 10;

/// What rustc says of a crate that it cannot use; an answer cannot cause these once its rules have passed.
const UNUSABLE_CRATE: [&str; 7] = ["E0460", "E0461", "E0462", "E0463", "E0514", "E0519", "E0786"];

/// What can be said of a file without reading it as Rust.
pub fn reject(text: &[u8]) -> Option<Outcome> {
    let why = if text.len() > LARGEST_ANSWER {
        format!("The file has {} bytes; an answer has at most {LARGEST_ANSWER}.", text.len())
    } else if text.contains(&0) {
        "The file is no text: it contains a zero byte.".to_owned()
    } else if let Err(error) = std::str::from_utf8(text) {
        let line = text[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("The file is no text in UTF-8: line {line} has bytes that are no character.")
    } else if text.iter().all(u8::is_ascii_whitespace) {
        "The file is empty.".to_owned()
    } else {
        return None;
    };
    Some(Outcome::new(Verdict::Rejected, "intake", why))
}

/// What the compiler's end means for the answer; nothing if it was compiled.
///
/// # Errors
/// The fault is not the answer's.
pub fn refused(built: Built, sentence: &str) -> Result<Option<Outcome>> {
    match built {
        Built::Done => Ok(None),
        Built::Limit(ended) if ended.stopped == Some(Stopped::Starved) => {
            bail!("the compiler was hardly let run: the host is too busy to grade now")
        }
        Built::Limit(ended) => {
            let mut outcome = Outcome::new(
                Verdict::CompileLimit,
                "compile",
                "The compiler could not finish with it in the time and memory that hundreds of honest answers need together.",
            );
            outcome.details.push(match ended.stopped {
                Some(Stopped::Memory) => "It used up its memory.".to_owned(),
                Some(Stopped::Output) => "It printed without an end.".to_owned(),
                Some(_) => format!("It was ended after {} s.", ended.wall.as_secs()),
                None => format!("It ended with code {}.", ended.code),
            });
            Ok(Some(outcome))
        }
        Built::Refused(errors) => {
            let ours = |error: &Diagnostic| error.place.is_none() && error.code.is_empty();
            if let Some(error) = errors.iter().find(|e| UNUSABLE_CRATE.contains(&&*e.code)) {
                bail!("the prepared crates cannot be used: {}", plain(&error.rendered));
            }
            if errors.iter().all(ours) {
                bail!("the compiler blames no line of the answer: {}", plain(&errors[0].rendered));
            }
            let first = errors.iter().find(|error| !ours(error)).unwrap_or(&errors[0]);
            let mut outcome = Outcome::new(Verdict::CompileError, "compile", sentence);
            outcome.finding = judge::Verdict::DoesNotCompile.as_str().to_owned();
            outcome.details.push(plain(&first.message));
            let unsafe_code = errors.iter().any(|error| matches!(&*error.code, "unsafe_code" | "E0453"));
            if unsafe_code {
                outcome.verdict = Verdict::Forbidden;
                outcome.finding = judge::Verdict::BreaksARule.as_str().to_owned();
                outcome.sentence = "It uses `unsafe`, which no exercise needs.".to_owned();
            }
            outcome.place = first.place.as_ref().map(|(file, line)| (file.clone(), *line, String::new()));
            outcome.compiler = Some(text::shortened(plain(&first.rendered).trim_end(), 4000));
            Ok(Some(outcome))
        }
    }
}

/// Somebody spoke in the judge's place.
pub fn tampered(layer: &str, what: &str) -> Outcome {
    let kind = judge::kind_of(layer);
    let mut outcome = Outcome::new(
        Verdict::Tampered,
        kind,
        "The program spoke in the judge's place, or wrote to the judge's channel, which it must leave alone.",
    );
    outcome.details.push(format!("What came was {what}."));
    outcome
}

/// What was seen from outside makes the verdict exact.
pub fn refine(outcome: &mut Outcome, silent: bool, ended: &Ended, task: &Task) -> Result<()> {
    let limit_s = task.limit_s;
    outcome.printed = text::shortened(&format!("{}{}", ended.stdout, ended.stderr), 4000);
    if !silent {
        return Ok(());
    }
    // Nobody in the box can send this, unless there are programs that can, and none of its limits did: it came from the
    // host.
    if task.programs.is_empty() && ended.stopped.is_none() && ended.signal() == Some(libc::SIGKILL) {
        bail!("the box was killed from outside; is the host short of memory?");
    }
    if ended.stopped.is_none() && ended.signal() == Some(libc::SIGKILL) {
        outcome.details = vec!["A program that it started can have done that.".to_owned()];
    }
    if ended.stopped == Some(Stopped::Starved) {
        bail!("the box was hardly let run: the host is too busy to grade now");
    }
    let explored = matches!(&*outcome.layer, "schedules" | "overlap" | "over-locking");
    match &ended.stopped {
        Some(Stopped::Standstill(lines)) => {
            outcome.verdict = Verdict::Deadlock;
            let explained =
                outcome.finding == judge::Verdict::Deadlock.as_str() && !outcome.details.is_empty();
            if !explained {
                outcome.finding = judge::Verdict::Deadlock.as_str().to_owned();
                outcome.sentence =
                    "All its threads wait for each other, and nothing can happen any more.".to_owned();
                outcome.details.clone_from(lines);
            }
        }
        // How far a search gets in its time is a matter of the machine: no verdict on the answer may come of it.
        Some(Stopped::Processor | Stopped::Clock) if explored => {
            outcome.verdict = Verdict::GraderError;
            outcome.sentence =
                format!("The search through the schedules was not finished within its limit of {limit_s} s.");
        }
        Some(Stopped::Processor) => {
            outcome.verdict = Verdict::TimeoutCpu;
            outcome.sentence = format!("It was still busy after {limit_s} s of processor time.");
        }
        Some(Stopped::Clock) => {
            outcome.verdict = Verdict::TimeoutWall;
            outcome.sentence =
                "It did not end in the time that it has, and was not busy for all of it.".to_owned();
        }
        Some(Stopped::Memory) => out_of_memory(outcome),
        Some(Stopped::Output) => {
            outcome.verdict = Verdict::OutputLimit;
            outcome.sentence = "It printed without an end.".to_owned();
        }
        None if ended.signal() == Some(libc::SIGABRT) && ended.stderr.contains("memory allocation of") => {
            out_of_memory(outcome);
        }
        Some(Stopped::Starved) | None => {}
    }
    if ended.out_of_tasks && outcome.verdict != Verdict::GraderError {
        outcome.verdict = Verdict::PidLimit;
        outcome.sentence = "It used up all the processes and threads that it may have.".to_owned();
    }
    Ok(())
}

fn out_of_memory(outcome: &mut Outcome) {
    outcome.verdict = Verdict::Oom;
    outcome.sentence = "It used up its memory.".to_owned();
}
