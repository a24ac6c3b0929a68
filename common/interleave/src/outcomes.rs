//! Which results a program can have, and in what share of its schedules.
//!
//! A check asks whether anything can go wrong. Here the question is what can come out at all: for the lost update that
//! nobody notices, or for what a memory ordering allows.
//!
//! ```
//! extern crate interleave as std;
//! # fn main() {
//! use std::outcomes::Outcomes;
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
//! use std::{Checker, thread};
//!
//! let outcomes = Outcomes::of(&Checker::new().merge(false), || {
//!     let count = Arc::new(AtomicUsize::new(0));
//!     let other = Arc::clone(&count);
//!     let clerk = thread::spawn(move || other.store(other.load(SeqCst) + 1, SeqCst));
//!     count.store(count.load(SeqCst) + 1, SeqCst);
//!     clerk.join().unwrap();
//!     count.load(SeqCst)
//! })
//! .unwrap();
//! assert_eq!(outcomes.to_string(), "1: 60 %, 2: 40 % of 10 schedules");
//! # }
//! ```
//!
//! The shares are of schedules, not of time: they say how many of the ways to interleave lead to a result. They are **no
//! probabilities**. On a real machine one schedule may happen a million times and another never. Nor do they say the same
//! of every search: a check leaves out most orders that no thread could tell apart, and these are not counted then.
//! [`Checker::merge`] turned off counts them all, as above.

use crate::check::Checker;
use crate::engine::{self, Features};
use crate::failure::Failure;
use crate::report::{Report, with_separators};
use crate::svg::STYLE;
use crate::text::{cells, escaped, visible, wrapped};
use ::std::collections::BTreeMap;
use ::std::fmt::{self, Display, Write as _};
use ::std::sync::{Arc, Mutex, PoisonError};

/// The results of a program over its schedules.
#[derive(Clone, Debug)]
pub struct Outcomes {
    rows: Vec<(String, usize)>,
    report: Report,
}

/// One run of the program.
struct Run<T> {
    /// What the search knew when it began: when it learns more, it starts anew.
    features: Features,
    /// `None` when the run was broken off, because all that could still come was explored before.
    value: Option<T>,
}

impl Outcomes {
    /// Runs `program` under the schedules that `checker` explores, and counts its results.
    ///
    /// # Errors
    /// The simplest failing schedule: a program that can panic or come to a standstill has no result there.
    pub fn of<T, F>(checker: &Checker, program: F) -> Result<Outcomes, Box<Failure>>
    where
        T: Ord + Display + Send + 'static,
        F: Fn() -> T + Send + Sync + 'static,
    {
        let runs: Arc<Mutex<Vec<Run<T>>>> = Arc::default();
        let seen = Arc::clone(&runs);
        let report = checker.check(move || {
            let features = engine::inspect(|world| world.features());
            let number = {
                let mut runs = seen.lock().unwrap_or_else(PoisonError::into_inner);
                runs.push(Run { features, value: None });
                runs.len() - 1
            };
            let value = program();
            seen.lock().unwrap_or_else(PoisonError::into_inner)[number].value = Some(value);
        })?;
        let mut runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = count(&mut runs, &report);
        // The most frequent first; equal ones as they are ordered.
        let mut rows: Vec<(String, usize)> =
            counts.into_iter().map(|(value, count)| (visible(&value.to_string()), count)).collect();
        rows.sort_by_key(|(_, count)| usize::MAX - count);
        Ok(Outcomes { rows, report })
    }

    /// The results, the most frequent first, each with the number of schedules that lead to it.
    pub fn rows(&self) -> &[(String, usize)] {
        &self.rows
    }

    /// How many schedules were counted.
    pub fn schedules(&self) -> usize {
        self.rows.iter().map(|(_, count)| count).sum()
    }

    /// What was explored.
    pub fn report(&self) -> &Report {
        &self.report
    }

    fn percent(&self, count: usize) -> String {
        let all = self.schedules().max(1);
        match (count * 200 + all) / (2 * all) {
            0 => "<1 %".into(),
            100 if count < all => ">99 %".into(),
            n => format!("{n} %"),
        }
    }

    /// What the shares are of, and what they are not.
    fn note(&self) -> String {
        let schedules = counted(self.schedules());
        let of = match (&self.report, self.report.bound) {
            (Report { seed: Some(seed), .. }, _) => {
                format!("{schedules} chosen by chance (seed {seed})")
            }
            (Report { complete: true, .. }, _) => format!("{schedules}, which cover all there are"),
            (_, Some(0)) => format!("{schedules}, which cover all without an unlucky moment"),
            (_, Some(1)) => format!("{schedules}, which cover all with at most 1 unlucky moment"),
            (_, Some(n)) => {
                format!("{schedules}, which cover all with at most {n} unlucky moments")
            }
            (_, None) => format!("{schedules}; there are more"),
        };
        format!("Shares of {of}. They are no probabilities: a real machine prefers some schedules by far.")
    }

    /// The results as bars, `width` columns wide.
    pub fn terminal(&self, width: usize, colour: bool) -> String {
        let name =
            self.rows.iter().map(|(value, _)| cells(value)).max().unwrap_or(0).clamp(1, (width / 3).max(8));
        let number = self.rows.iter().map(|(_, n)| with_separators(*n).len()).max().unwrap_or(1);
        let room = width.saturating_sub(name + number + 13).max(4);
        let most = self.rows.first().map_or(1, |(_, n)| *n).max(1);
        let mut out = String::new();
        for (value, count) in &self.rows {
            let lines = wrapped(value, name);
            let (first, others) = lines.split_first().expect("a text has a line");
            let eighths = (count * room * 8).div_ceil(most);
            let last = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
            let bar = "█".repeat(eighths / 8) + last;
            let bar = if colour { format!("\x1b[36m{bar}\x1b[0m") } else { bar };
            let pad = " ".repeat(name - cells(first));
            let _ = writeln!(
                out,
                "  {pad}{first}  {:>5}  {:>number$}  {bar}",
                self.percent(*count),
                with_separators(*count)
            );
            for line in others {
                let _ = writeln!(out, "  {}{line}", " ".repeat(name - cells(line)));
            }
        }
        for line in wrapped(&self.note(), width.saturating_sub(2).max(20)) {
            let _ = writeln!(out, "  {line}");
        }
        out
    }

    /// The results as a bar chart in SVG. It stands alone.
    pub fn svg(&self) -> String {
        let (width, cell, line) = (640.0, 7.95, 18.0);
        let columns = self.rows.iter().map(|(value, _)| cells(value)).max().unwrap_or(1).clamp(1, 28);
        let left = 16.0 + columns as f64 * cell + 10.0;
        // "100 % (1,000,000)" stands behind the longest bar.
        let numbers = self.rows.iter().map(|(_, n)| with_separators(*n).len()).max().unwrap_or(1) + 10;
        let room = width - left - numbers as f64 * cell - 16.0;
        let most = self.rows.first().map_or(1, |(_, n)| *n).max(1) as f64;
        let mut body = String::new();
        let mut y = 14.0;
        for (i, (value, count)) in self.rows.iter().enumerate() {
            for (k, words) in wrapped(value, columns).iter().enumerate() {
                let _ = writeln!(
                    body,
                    "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                    left - 10.0,
                    y + 14.0,
                    escaped(words)
                );
                if k == 0 {
                    let length = (*count as f64 / most * room).max(2.0);
                    let _ = writeln!(
                        body,
                        "<rect class=\"bar\" style=\"fill:var(--l{})\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{length:.1}\" \
                         height=\"{line}\" rx=\"2\"/>\n<text x=\"{:.1}\" y=\"{:.1}\">{} ({})</text>",
                        i % 6,
                        left + length + 8.0,
                        y + 14.0,
                        escaped(&self.percent(*count)),
                        with_separators(*count),
                    );
                }
                y += line;
            }
            y += 8.0;
        }
        y += 4.0;
        for words in wrapped(&self.note(), ((width - 32.0) / 7.9) as usize) {
            y += line;
            let _ = writeln!(
                body,
                "<text class=\"prose\" x=\"16\" y=\"{:.1}\">{}</text>",
                y - 5.0,
                escaped(&words)
            );
        }
        let height = y + 14.0;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"il\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">Results by share of \
             schedules</title>\n<desc id=\"desc\">{}. {}</desc>\n<style>\n{STYLE}</style>\n\
             <rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n{body}</svg>\n",
            escaped(&self.to_string()),
            escaped(&self.note()),
        )
    }
}

/// How often each result came, each schedule counted once.
fn count<T: Ord>(runs: &mut [Run<T>], report: &Report) -> BTreeMap<T, usize> {
    // A round that was not finished would tell of some schedules of its cost and not of others.
    let finished = match (report.complete || report.seed.is_some(), report.bound) {
        (false, Some(bound)) => bound + 1,
        _ => report.rounds.len(),
    };
    // Runs from before the search began anew are in no round.
    let before = report.executions.saturating_sub(report.rounds.iter().sum());
    let length: usize = report.rounds.iter().take(finished).sum();
    // What follows is the plainest schedule once more, to see that it goes the same way again.
    let counted = runs.get_mut(before..before + length).unwrap_or_default();
    let knew = counted.last().map(|run| run.features);
    let mut counts = BTreeMap::new();
    for run in counted.iter_mut().filter(|run| Some(run.features) == knew) {
        if let Some(value) = run.value.take() {
            *counts.entry(value).or_insert(0) += 1;
        }
    }
    counts
}

/// "2: 73 %, 1: 27 % of 10,000 schedules"
impl Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shares: Vec<String> =
            self.rows.iter().map(|(value, count)| format!("{value}: {}", self.percent(*count))).collect();
        write!(f, "{} of {}", shares.join(", "), counted(self.schedules()))
    }
}

fn counted(schedules: usize) -> String {
    let word = if schedules == 1 { "schedule" } else { "schedules" };
    format!("{} {word}", with_separators(schedules))
}
