//! The items of a run, shown as they come and as a table at the end.
use crate::lessons::Course;
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
    file: String,
    lesson: Option<usize>,
    took: Duration,
    unchanged: bool,
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
        Item {
            name: name.into(),
            result,
            details,
            again: again.into(),
            file: String::new(),
            lesson: None,
            took: Duration::ZERO,
            unchanged: false,
        }
    }

    /// An item that says nothing this time, and why.
    pub fn skipped(name: impl Into<String>, why: impl Into<String>) -> Item {
        Item { result: Outcome::Skipped, ..Item::new(name, true, vec![why.into()], "") }
    }

    /// The file to look at when it failed.
    pub fn in_file(self, file: &str) -> Item {
        Item { file: file.to_owned(), ..self }
    }

    /// The number of the lesson to which it belongs.
    pub fn of_lesson(self, lesson: usize) -> Item {
        Item { lesson: Some(lesson), ..self }
    }

    /// The same, by the lesson's package; nothing is said of other packages.
    pub fn of_package(self, course: &Course, package: &str) -> Item {
        let lesson = course.lessons.iter().find(|lesson| lesson.name == package);
        Item { lesson: lesson.map(|lesson| lesson.number), ..self }
    }

    /// How long it took.
    pub fn taking(self, took: Duration) -> Item {
        Item { took, ..self }
    }

    /// Whether it is known from before.
    pub fn unchanged(self, unchanged: bool) -> Item {
        Item { unchanged, ..self }
    }
}

/// All items so far, by step.
pub struct Report {
    screen: Screen,
    /// Number and title of each lesson.
    lessons: Vec<(usize, String)>,
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
    /// How long it took the last time.
    expected: Option<Duration>,
    /// How many items there will be, if that is known.
    items_expected: Option<usize>,
    /// How long what comes after this step took the last time.
    after: Duration,
    items: Vec<Item>,
}

impl StepItems {
    fn count(&self, result: Outcome) -> usize {
        self.items.iter().filter(|item| item.result == result).count()
    }

    /// How long this step will take yet: by what is done of what there is to do, or by the last time.
    fn left(&self) -> Option<Duration> {
        let elapsed = self.begin.elapsed();
        match self.items_expected {
            // A few items say little about the others.
            Some(all) if self.items.len() >= 5 && all >= self.items.len() => {
                Some(elapsed.mul_f64((all - self.items.len()) as f64 / self.items.len() as f64))
            }
            _ => self.expected.map(|time| time.saturating_sub(elapsed)),
        }
    }
}

impl Report {
    /// An empty report.
    pub fn new(screen: Screen, course: &Course) -> Report {
        let lessons = course.lessons.iter().map(|lesson| (lesson.number, lesson.title.clone())).collect();
        Report { screen, lessons, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A step begins: its number, of so many. `expected` is how long it took the last time, `after` what follows it.
    pub fn begin(
        &self,
        title: &'static str,
        (number, of): (usize, usize),
        expected: Option<Duration>,
        after: Duration,
    ) {
        let about =
            expected.filter(|time| time.as_secs() >= 2).map(|time| format!(", about {}", clock(time)));
        println!("[{number}/{of}] {title}{}", self.screen.paint(Style::Faint, &about.unwrap_or_default()));
        let (begin, elapsed) = (Instant::now(), Duration::ZERO);
        let step =
            StepItems { title, begin, elapsed, expected, items_expected: None, after, items: Vec::new() };
        self.state().steps.push(step);
    }

    /// Says how many items the step that runs will have.
    pub fn expect(&self, items: usize) {
        if let Some(step) = self.state().steps.last_mut() {
            step.items_expected = Some(items);
        }
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
        let of = step.items_expected.map_or(String::new(), |all| format!(" of {all}"));
        let left = step.left().filter(|left| left.as_secs() > 0);
        let all = left.unwrap_or_default() + step.after;
        let left = left.map_or(String::new(), |left| format!(", about {} left", clock(left)));
        let all =
            if step.after.as_secs() > 0 { format!("; about {} in all", clock(all)) } else { String::new() };
        self.over(&format!("      {passed}{of} passed{left}{all}"), false);
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
        let unchanged = step.items.iter().filter(|item| item.unchanged).count();
        let known = if unchanged > 0 {
            format!(", {unchanged} of them unchanged since they held")
        } else {
            String::new()
        };
        let text = format!("{} passed{failures}", step.count(Outcome::Passed));
        let style = if failed > 0 { Style::Bad } else { Style::Good };
        let time = self.screen.paint(Style::Faint, &format!("in {}", clock(step.elapsed)));
        self.over(&format!("      {}{known} {time}", self.screen.paint(style, &text)), true);
        step.elapsed
    }

    /// The tables, by step and by lesson, the failures with what to type next, and the sums: passed, failed.
    pub fn summary(&self) -> (String, usize, usize) {
        let state = self.state();
        let mut out = self.head("");
        for step in &state.steps {
            out += &self.row(step.title, step.elapsed, step.items.iter());
        }
        let all =
            || state.steps.iter().flat_map(|step| step.items.iter().map(move |item| (step.title, item)));
        let of_lessons = all().filter(|(_, item)| item.lesson.is_some()).count();
        if of_lessons > 0 {
            out += &self.head("of these, by lesson");
            for (number, title) in &self.lessons {
                let items: Vec<&Item> =
                    all().map(|(_, item)| item).filter(|item| item.lesson == Some(*number)).collect();
                let took = items.iter().map(|item| item.took).sum();
                out += &self.row(&format!("{number}. {title}"), took, items.into_iter());
            }
        }
        for (_, item) in all().filter(|(_, item)| item.result == Outcome::Skipped) {
            out += &format!("\nskipped: {}: {}", item.name, item.details.join(" "));
        }
        for (title, item) in all().filter(|(_, item)| item.result == Outcome::Failed) {
            out += &self.failure(title, item);
        }
        let count = |result| state.steps.iter().map(|step| step.count(result)).sum();
        (out, count(Outcome::Passed), count(Outcome::Failed))
    }

    fn head(&self, what: &str) -> String {
        format!("\n{what:<38} {:>7} {:>7} {:>8} {:>12}\n", "passed", "failed", "skipped", "time")
    }

    fn row<'a>(&self, title: &str, took: Duration, items: impl Iterator<Item = &'a Item>) -> String {
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for item in items {
            match item.result {
                Outcome::Passed => passed += 1,
                Outcome::Failed => failed += 1,
                Outcome::Skipped => skipped += 1,
            }
        }
        let row = format!("{title:<38} {passed:>7} {failed:>7} {skipped:>8} {:>12}", clock(took));
        format!("{}\n", if failed > 0 { self.screen.paint(Style::Bad, &row) } else { row })
    }

    /// What failed, in which file, and what to type next.
    fn failure(&self, title: &str, item: &Item) -> String {
        let head = self.screen.paint(Style::Bad, &format!("FAILED {}", item.name));
        let mut out = format!("\n{head}  ({title})\n");
        if !item.file.is_empty() {
            out += &format!("    file:  {}\n", self.screen.paint(Style::Name, &item.file));
        }
        let lines: Vec<&str> = item.details.iter().flat_map(|detail| detail.lines()).collect();
        for line in lines.iter().take(MOST_DETAILS) {
            out += &format!("    {line}\n");
        }
        if lines.len() > MOST_DETAILS {
            out += &format!("    … {} more lines\n", lines.len() - MOST_DETAILS);
        }
        out + &format!("    again: {}\n", self.screen.paint(Style::Name, &item.again))
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
        let screen = Screen { colour: false, live: false, width: 80, columns: 80 };
        let report = Report::new(screen, &Course::default());
        report.begin("tidy rules", (1, 1), None, Duration::ZERO);
        report.add(Item::new("good", true, vec![], ""));
        report.add(
            Item::new("bad", false, vec!["a.rs:1: mend it".to_owned()], "cargo xtask check-all --only tidy")
                .in_file("a.rs"),
        );
        report.add(Item::skipped("odd", "nothing to do"));
        report.end();
        let (text, passed, failed) = report.summary();
        assert_eq!((passed, failed), (1, 1));
        assert!(
            text.contains(
                "FAILED bad  (tidy rules)\n    file:  a.rs\n    a.rs:1: mend it\n    again: cargo xtask"
            ),
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
