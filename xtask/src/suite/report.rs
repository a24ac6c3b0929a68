//! The items of a run, shown as they come and as a table at the end.
use crate::screen::{Screen, Style};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The lines of one failure that are shown.
const MOST_DETAILS: usize = 30;

/// One thing that holds or does not.
#[derive(Clone, Debug)]
pub struct Item {
    name: String,
    result: Outcome,
    details: Vec<String>,
    again: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

impl Item {
    /// An item; `details` and the command to repeat it are shown when it failed.
    pub fn new(name: impl Into<String>, holds: bool, details: Vec<String>, again: impl Into<String>) -> Item {
        let result = if holds { Outcome::Passed } else { Outcome::Failed };
        Item { name: name.into(), result, details, again: again.into() }
    }

    /// An item that says nothing this time, and why.
    pub fn skipped(name: impl Into<String>, why: impl Into<String>) -> Item {
        Item { name: name.into(), result: Outcome::Skipped, details: vec![why.into()], again: String::new() }
    }
}

/// All items so far, by step.
pub struct Report {
    screen: Screen,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    steps: Vec<StepItems>,
}

struct StepItems {
    title: &'static str,
    begin: Instant,
    elapsed: Duration,
    expected: Option<Duration>,
    items: Vec<Item>,
}

impl StepItems {
    fn count(&self, result: Outcome) -> usize {
        self.items.iter().filter(|item| item.result == result).count()
    }
}

impl Report {
    /// An empty report.
    pub fn new(screen: Screen) -> Report {
        Report { screen, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A step begins. `expected` is how long it took the last time.
    pub fn begin(&self, title: &'static str, number: usize, of: usize, expected: Option<Duration>) {
        let about =
            expected.filter(|time| time.as_secs() >= 2).map(|time| format!(", about {}", clock(time)));
        println!("[{number}/{of}] {title}{}", self.screen.paint(Style::Faint, &about.unwrap_or_default()));
        let step =
            StepItems { title, begin: Instant::now(), elapsed: Duration::ZERO, expected, items: Vec::new() };
        self.state().steps.push(step);
    }

    /// Adds an item to the step that runs; a failure is shown at once.
    pub fn add(&self, item: Item) {
        let mut state = self.state();
        let Some(step) = state.steps.last_mut() else { return };
        if item.result == Outcome::Failed {
            self.over(&format!("      {} {}", self.screen.paint(Style::Bad, "FAILED"), item.name), true);
        }
        step.items.push(item);
        let passed = step.count(Outcome::Passed);
        let left = step.expected.map(|time| time.saturating_sub(step.begin.elapsed()));
        let left = left.filter(|left| left.as_secs() > 0).map(|left| format!(", about {} left", clock(left)));
        self.over(&format!("      {passed} passed{}", left.unwrap_or_default()), false);
    }

    /// Says what is going on, at a terminal only.
    pub fn say(&self, what: &str) {
        self.over(&format!("      {what}"), false);
    }

    /// Writes over the line of progress; a line that is to stay is also written where there is no terminal.
    fn over(&self, line: &str, stays: bool) {
        let end = if stays { "\n" } else { "" };
        if self.screen.live {
            print!("\r\x1b[K{line}{end}");
            // Progress is a courtesy.
            let _ = io::stdout().flush();
        } else if stays {
            print!("{line}{end}");
        }
    }

    /// A step has ended; gives how long it took.
    pub fn end(&self) -> Duration {
        let mut state = self.state();
        let Some(step) = state.steps.last_mut() else { return Duration::ZERO };
        step.elapsed = step.begin.elapsed();
        let failed = step.count(Outcome::Failed);
        let failures = if failed > 0 { format!(", {failed} failed") } else { String::new() };
        let text = format!("{} passed{failures}", step.count(Outcome::Passed));
        let style = if failed > 0 { Style::Bad } else { Style::Good };
        let time = self.screen.paint(Style::Faint, &format!("in {}", clock(step.elapsed)));
        self.over(&format!("      {} {time}", self.screen.paint(style, &text)), true);
        step.elapsed
    }

    /// The table, the failures with what to type next, and the sums: passed, failed.
    pub fn summary(&self) -> (String, usize, usize) {
        let state = self.state();
        let mut out =
            format!("\n{:<38} {:>7} {:>7} {:>8} {:>8}\n", "", "passed", "failed", "skipped", "time");
        for step in &state.steps {
            let failed = step.count(Outcome::Failed);
            let row = format!(
                "{:<38} {:>7} {failed:>7} {:>8} {:>8}",
                step.title,
                step.count(Outcome::Passed),
                step.count(Outcome::Skipped),
                clock(step.elapsed)
            );
            out += &format!("{}\n", if failed > 0 { self.screen.paint(Style::Bad, &row) } else { row });
        }
        let all =
            || state.steps.iter().flat_map(|step| step.items.iter().map(move |item| (step.title, item)));
        for (_, item) in all().filter(|(_, item)| item.result == Outcome::Skipped) {
            out += &format!("\nskipped: {}: {}", item.name, item.details.join(" "));
        }
        for (title, item) in all().filter(|(_, item)| item.result == Outcome::Failed) {
            let head = self.screen.paint(Style::Bad, &format!("FAILED {}", item.name));
            out += &format!("\n{head}  ({title})\n");
            for line in item.details.iter().flat_map(|detail| detail.lines()).take(MOST_DETAILS) {
                out += &format!("    {line}\n");
            }
            let lines: usize = item.details.iter().map(|detail| detail.lines().count()).sum();
            if lines > MOST_DETAILS {
                out += &format!("    … {} more lines\n", lines - MOST_DETAILS);
            }
            out += &format!("    again: {}\n", self.screen.paint(Style::Name, &item.again));
        }
        let count = |result| state.steps.iter().map(|step| step.count(result)).sum();
        (out, count(Outcome::Passed), count(Outcome::Failed))
    }
}

/// `0.4 s`, `12 s`, `3 min 05 s`
fn clock(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_summed_up_with_what_to_type() {
        let report = Report::new(Screen { colour: false, live: false, width: 80, columns: 80 });
        report.begin("tidy rules", 1, 1, None);
        report.add(Item::new("good", true, vec![], ""));
        report.add(Item::new(
            "bad",
            false,
            vec!["a.rs:1: mend it".to_owned()],
            "cargo xtask check-all --only tidy",
        ));
        report.add(Item::skipped("odd", "nothing to do"));
        report.end();
        let (text, passed, failed) = report.summary();
        assert_eq!((passed, failed), (1, 1));
        assert!(
            text.contains("FAILED bad  (tidy rules)\n    a.rs:1: mend it\n    again: cargo xtask"),
            "{text}"
        );
        assert!(text.contains("skipped: odd: nothing to do"), "{text}");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(clock(Duration::from_millis(430)), "0.4 s");
        assert_eq!(clock(Duration::from_secs(12)), "12 s");
        assert_eq!(clock(Duration::from_secs(185)), "3 min 05 s");
    }
}
