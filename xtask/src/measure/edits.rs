//! From an edit to its verdict: how long a learner waits, against `cargo test` of the same judge and against any other
//! command on a file of its own.
use crate::cpu;
use crate::files;
use crate::lessons::{Exercise, Lesson};
use crate::process;
use crate::select::Chosen;
use crate::starters::{self, InStep};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A command of somebody else's to compare with: what is run after each edit, and the file that is edited.
#[derive(Clone, Debug)]
pub struct Other {
    /// What it is called in the table.
    pub name: String,
    /// The command line, for `sh`.
    pub command: String,
    /// The folder in which it runs.
    pub folder: PathBuf,
    /// The file to edit: a statement more at the beginning of its last function.
    pub file: PathBuf,
}

/// What one way took: on the wall, and of the processor, which does not depend on the neighbours.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    /// From the edit to the end.
    pub wall: Duration,
    /// CPU time of the command and all that it started.
    pub cpu: Duration,
}

/// The times of one kind of edit, in the order in which they were measured.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// What was judged, such as `e104_visits, wrong/load_then_store`.
    pub what: String,
    /// The lines of the answer.
    pub lines: usize,
    /// `cargo xtask check`, the whole call.
    pub check: Vec<Took>,
    /// `cargo test` of the same judge, which runs it, too.
    pub cargo_test: Vec<Took>,
    /// The other command.
    pub other: Vec<Took>,
}

/// The exercises with the longest solution, one of each lesson.
pub fn largest<'a>(chosen: &[Chosen<'a>]) -> Result<Vec<Chosen<'a>>> {
    let mut largest: Vec<(Chosen<'a>, usize)> = Vec::new();
    for &(lesson, exercise) in chosen {
        let lines = files::read(&lesson.solution(&exercise.id))?.lines().count();
        match largest.iter_mut().find(|((known, _), _)| known.number == lesson.number) {
            Some(entry) if entry.1 < lines => *entry = ((lesson, exercise), lines),
            Some(_) => {}
            None => largest.push(((lesson, exercise), lines)),
        }
    }
    Ok(largest.into_iter().map(|(chosen, _)| chosen).collect())
}

/// Puts the starter back, whatever happens.
struct Restored<'a> {
    lesson: &'a Lesson,
    exercise: &'a Exercise,
}

impl Drop for Restored<'_> {
    fn drop(&mut self) {
        // Should that fail, `cargo xtask reset` does the same.
        if let Ok(Some(starter)) = self.lesson.starter(&self.exercise.id) {
            let _ = files::replace(&self.lesson.answer(&self.exercise.id), starter);
        }
    }
}

/// Measures edits of the text in `source` as an answer to the exercise, in rounds: each measures every way once, so that
/// all have the same neighbours. `other` is measured in the same rounds.
pub fn measure(
    workspace: &Workspace,
    (lesson, exercise): Chosen<'_>,
    source: &Path,
    what: &str,
    edits: usize,
    other: Option<&Other>,
    tell: &mut dyn FnMut(&str),
) -> Result<Times> {
    if !matches!(starters::in_step(workspace, lesson, exercise)?, InStep::Same) {
        bail!(
            "{} is being worked on, and this command edits it: `cargo xtask reset {}` first",
            workspace.short(&lesson.answer(&exercise.id)),
            exercise.number()
        );
    }
    let text = files::read(source)?;
    let answer = lesson.answer(&exercise.id);
    let _restored = Restored { lesson, exercise };
    let other_text = other.map(|other| files::read(&other.file)).transpose()?;
    let restore_other = other.zip(other_text.as_ref());
    let mut times = Times { what: what.to_owned(), lines: text.lines().count(), ..Times::default() };
    // The first round warms up: what is compiled once, and the files the system has to read.
    for round in 0..=edits {
        tell(&format!("{what}: edit {round} of {edits}"));
        files::replace(&answer, edited(&text, 2 * round).with_context(|| workspace.short(source))?)?;
        let check = timed(check(workspace, exercise))?;
        files::replace(&answer, edited(&text, 2 * round + 1).with_context(|| workspace.short(source))?)?;
        let cargo_test = timed(cargo_test(workspace, lesson, exercise))?;
        let mut others = None;
        if let Some((other, text)) = restore_other {
            files::replace(&other.file, edited(text, round).with_context(|| workspace.short(&other.file))?)?;
            let mut command = Command::new("sh");
            command.args(["-c", &other.command]).current_dir(&other.folder);
            others = Some(timed(command)?);
        }
        if round > 0 {
            times.check.push(check);
            times.cargo_test.push(cargo_test);
            times.other.extend(others);
        }
    }
    if let Some((other, text)) = restore_other {
        files::replace(&other.file, text)?;
    }
    Ok(times)
}

/// The text with a statement more, which no compiler can drop, at the beginning of its last function.
fn edited(text: &str, number: usize) -> Result<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // `fn` behind nothing but what may stand before it: `pub(crate) async fn` is one, a comment that names it is not.
    let begins = |line: &String| {
        let before = line.split_whitespace().take_while(|word| *word != "fn");
        let qualifies = |word: &str| word.starts_with("pub") || ["async", "const", "unsafe"].contains(&word);
        line.contains("fn ") && before.clone().count() < 4 && before.into_iter().all(qualifies)
    };
    let head = lines.iter().rposition(begins).context("there is no function to edit")?;
    // Its body opens on this line or, after long arguments or bounds, on a later one.
    let opens = lines[head..].iter().position(|line| line.trim_end().ends_with('{'));
    let at = head + opens.context("the last function has no body to edit")? + 1;
    lines.insert(at, format!("    std::hint::black_box({number});"));
    Ok(lines.join("\n") + "\n")
}

fn timed(mut command: Command) -> Result<Took> {
    let (begin, before) = (Instant::now(), cpu::of_children()?);
    process::capture(&mut command)?;
    Ok(Took { wall: begin.elapsed(), cpu: cpu::of_children()?.saturating_sub(before) })
}

/// What a learner types, without the start of cargo that every cargo command pays.
fn check(workspace: &Workspace, exercise: &Exercise) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_else(|_| "xtask".into()));
    command.current_dir(&workspace.root).args(["check", exercise.number()]);
    command
}

fn cargo_test(workspace: &Workspace, lesson: &Lesson, exercise: &Exercise) -> Command {
    let mut command = workspace.cargo();
    command.args(["test", "--quiet", "-p", &lesson.name, "--test", &exercise.id]);
    command
}

/// The median, if there is one.
pub fn median(times: impl Iterator<Item = Duration>) -> Option<Duration> {
    let mut sorted: Vec<Duration> = times.collect();
    sorted.sort();
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n.is_multiple_of(2) => Some((sorted[middle - 1] + sorted[middle]) / 2),
        _ => Some(sorted[middle]),
    }
}

/// The median of the ratios of pairs, on the wall: what one takes for each second of the other.
pub fn ratio(of: &[Took], to: &[Took]) -> Option<f64> {
    let pairs = of.iter().zip(to);
    let mut ratios: Vec<f64> =
        pairs.map(|(a, b)| a.wall.as_secs_f64() / b.wall.as_secs_f64().max(1e-9)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_goes_into_the_last_function() {
        let text = "fn a() {\n}\npub fn b(\n    x: u8,\n) -> u8\nwhere\n    u8: Copy,\n{\n    if x > 1 {\n        2\n    }\n}\n";
        let new = edited(text, 7).unwrap();
        let lines: Vec<&str> = new.lines().collect();
        assert_eq!((lines[7], lines[8], lines[9]), ("{", "    std::hint::black_box(7);", "    if x > 1 {"));
        let new = edited("pub async fn a() {\n    // a fn is a function\n}\n", 7).unwrap();
        assert_eq!(new.lines().nth(1), Some("    std::hint::black_box(7);"));
        assert!(edited("struct A;\n", 1).is_err());
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let of = |list: &[u64]| median(list.iter().map(|n| Duration::from_millis(*n)));
        assert_eq!(of(&[9, 1, 5]), Some(Duration::from_millis(5)));
        assert_eq!(of(&[9, 1, 5, 7]), Some(Duration::from_millis(6)));
        assert_eq!(of(&[]), None);
        let took = |list: &[u64]| {
            let one = |n: &u64| Took { wall: Duration::from_millis(*n), ..Took::default() };
            list.iter().map(one).collect::<Vec<_>>()
        };
        assert_eq!(ratio(&took(&[2, 4, 60]), &took(&[1, 2, 3])), Some(2.0));
    }
}
