//! What the learner has done: `progress.txt` in the course's root, one fact a line.
//!
//! The file is plain text so that it can be read, moved and merged by hand. A line is a word that says what kind of
//! fact it is, the step, and a value: `done e101_spawn_join 2026-11-21`. Lines of other kinds are kept as they are.
use crate::date::Date;
use crate::files;
use crate::lessons::Course;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The facts, in the order they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    lines: Vec<String>,
}

/// What is remembered of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The exercise was green on that day.
    Done,
    /// The demo was run on that day.
    Seen,
    /// How many hints were opened.
    Hint,
    /// The answer was shown before the exercise was green.
    GaveUp,
    /// How many of the questions were answered right at the first try.
    Quiz,
    /// The learner went on without it.
    Skipped,
}

impl Fact {
    const ALL: [Fact; 6] = [Fact::Done, Fact::Seen, Fact::Hint, Fact::GaveUp, Fact::Quiz, Fact::Skipped];

    fn word(self) -> &'static str {
        match self {
            Fact::Done => "done",
            Fact::Seen => "seen",
            Fact::Hint => "hint",
            Fact::GaveUp => "gave-up",
            Fact::Quiz => "quiz",
            Fact::Skipped => "skipped",
        }
    }
}

impl Progress {
    /// Reads the file; none is the same as an empty one.
    pub fn load(workspace: &Workspace) -> Result<Progress> {
        Progress::read(&path(workspace))
    }

    /// Reads any such file.
    pub fn read(path: &Path) -> Result<Progress> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
                anyhow::anyhow!(
                    "{} is not text (byte {}): nothing was changed; repair it, or move it away to begin anew",
                    path.display(),
                    error.utf8_error().valid_up_to()
                )
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        Ok(Progress::parse(&text))
    }

    /// Reads, changes and writes the file while no other command can; nothing is written when nothing changed.
    pub fn update(workspace: &Workspace, change: impl FnOnce(&mut Progress)) -> Result<Progress> {
        let _alone = files::lock(&workspace.cache().join("progress.lock"))?;
        let before = Progress::load(workspace)?;
        let mut progress = before.clone();
        change(&mut progress);
        if progress != before {
            files::replace(&path(workspace), progress.text())?;
        }
        Ok(progress)
    }

    /// Follows the course where steps were given other names since the file was written.
    pub fn follow(workspace: &Workspace, course: &Course) -> Result<()> {
        let mut renamed = Progress::load(workspace)?;
        let before = renamed.clone();
        renamed.rename(|step| course.new_name(step));
        if renamed != before {
            Progress::update(workspace, |progress| progress.rename(|step| course.new_name(step)))?;
        }
        Ok(())
    }

    fn parse(text: &str) -> Progress {
        Progress { lines: text.lines().map(str::to_owned).collect() }
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// The value of a fact: a date, a number. The last line that states it counts.
    pub fn value(&self, fact: Fact, step: &str) -> Option<&str> {
        self.lines.iter().rev().find_map(|line| {
            let mut words = line.split_whitespace();
            let same = words.next() == Some(fact.word()) && words.next() == Some(step);
            same.then(|| words.next().unwrap_or(""))
        })
    }

    /// Whether the fact is stated.
    pub fn has(&self, fact: Fact, step: &str) -> bool {
        self.value(fact, step).is_some()
    }

    /// States a fact; an earlier value of it is replaced.
    pub fn set(&mut self, fact: Fact, step: &str, value: impl ToString) {
        let line = format!("{} {step} {}", fact.word(), value.to_string());
        match self.position(fact, step) {
            Some(index) => self.lines[index] = line,
            None => self.lines.push(line),
        }
    }

    /// States today as the date of a fact, unless it has one.
    pub fn set_today(&mut self, fact: Fact, step: &str) {
        if !self.has(fact, step) {
            self.set(fact, step, Date::today());
        }
    }

    /// Forgets a fact.
    pub fn forget(&mut self, fact: Fact, step: &str) {
        while let Some(index) = self.position(fact, step) {
            self.lines.remove(index);
        }
    }

    /// Gives every step that has another name now its new one, in lines of known kinds; `new_name` knows the names.
    fn rename(&mut self, new_name: impl Fn(&str) -> Option<String>) {
        for line in &mut self.lines {
            let mut words = line.splitn(3, ' ');
            let (Some(kind), Some(step)) = (words.next(), words.next()) else { continue };
            let rest = words.next();
            if let (true, Some(new)) = (Fact::ALL.iter().any(|fact| fact.word() == kind), new_name(step)) {
                *line = rest.map_or_else(|| format!("{kind} {new}"), |rest| format!("{kind} {new} {rest}"));
            }
        }
    }

    /// Takes over what another file of progress states: what is only there, the earlier of two days, the greater
    /// number of hints. What was done on either machine is not skipped.
    pub fn merge(&mut self, other: &Progress) {
        for line in &other.lines {
            let mut words = line.split_whitespace();
            let (kind, step, value) = (words.next(), words.next(), words.next().unwrap_or(""));
            let fact = Fact::ALL.into_iter().find(|fact| Some(fact.word()) == kind);
            match (fact, step) {
                (Some(fact), Some(step)) => {
                    let mine = self.value(fact, step).map(str::to_owned);
                    let theirs_counts = match (fact, &mine) {
                        (_, None) => true,
                        (Fact::Hint, Some(mine)) => value.parse::<usize>().ok() > mine.parse().ok(),
                        // The first try at a quiz is the one that counts, and which one that was nobody knows.
                        (Fact::Quiz, Some(_)) => false,
                        (_, Some(mine)) => value < mine.as_str(),
                    };
                    if theirs_counts {
                        self.set(fact, step, value);
                    }
                }
                _ if self.lines.contains(line) => {}
                _ => self.lines.push(line.clone()),
            }
        }
        let done: Vec<String> = self.steps_with(Fact::Done);
        done.iter().for_each(|step| self.forget(Fact::Skipped, step));
    }

    fn steps_with(&self, fact: Fact) -> Vec<String> {
        let step = |line: &String| {
            let mut words = line.split_whitespace();
            (words.next() == Some(fact.word())).then(|| words.next().map(str::to_owned)).flatten()
        };
        self.lines.iter().filter_map(step).collect()
    }

    fn position(&self, fact: Fact, step: &str) -> Option<usize> {
        self.lines.iter().position(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some(fact.word()) && words.next() == Some(step)
        })
    }
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root.join("progress.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_set_and_forgotten() {
        let mut progress = Progress::parse("done e101 2026-11-21\nhint e104 1\n");
        assert_eq!(progress.value(Fact::Done, "e101"), Some("2026-11-21"));
        assert!(!progress.has(Fact::Done, "e104"));
        progress.set(Fact::Hint, "e104", 2);
        progress.set(Fact::Quiz, "e104", "3/3");
        assert_eq!(progress.text(), "done e101 2026-11-21\nhint e104 2\nquiz e104 3/3\n");
        progress.forget(Fact::Hint, "e104");
        assert_eq!(progress.text(), "done e101 2026-11-21\nquiz e104 3/3\n");
    }

    #[test]
    fn lines_it_does_not_know_are_kept() {
        let text = "# my notes\n\nmood e101 good\ndone e101 2026-11-21\n";
        let mut progress = Progress::parse(text);
        progress.set(Fact::Seen, "d101", "2026-11-22");
        assert_eq!(progress.text(), format!("{text}seen d101 2026-11-22\n"));
    }

    #[test]
    fn after_a_merge_the_last_line_counts_and_all_can_be_forgotten() {
        let mut progress = Progress::parse("hint e1 1\nhint e1 3\n");
        assert_eq!(progress.value(Fact::Hint, "e1"), Some("3"));
        progress.forget(Fact::Hint, "e1");
        assert_eq!(progress.text(), "");
    }

    #[test]
    fn renamed_steps_keep_their_facts_and_notes_stay() {
        let mut progress =
            Progress::parse("done e104_old 2026-11-21\n# e104_old\nhint e101_x 1\nseen e104_old\n");
        progress.rename(|step| (step == "e104_old").then(|| "e104_new".to_owned()));
        assert_eq!(progress.text(), "done e104_new 2026-11-21\n# e104_old\nhint e101_x 1\nseen e104_new\n");
    }

    #[test]
    fn two_machines_are_merged() {
        let mut here =
            Progress::parse("done e1 2026-11-21\nhint e1 1\nskipped e2 2026-11-21\nquiz e1 1/3\n# mine\n");
        let there = Progress::parse(
            "done e1 2026-11-20\nhint e1 3\ndone e2 2026-11-25\nquiz e1 3/3\n# mine\n# theirs\n",
        );
        here.merge(&there);
        assert_eq!(
            here.text(),
            "done e1 2026-11-20\nhint e1 3\nquiz e1 1/3\n# mine\ndone e2 2026-11-25\n# theirs\n"
        );
        let once = here.clone();
        here.merge(&there);
        assert_eq!(here, once, "a second time changes nothing");
    }

    #[test]
    fn a_date_is_not_moved() {
        let mut progress = Progress::parse("done e1 2020-01-01\n");
        progress.set_today(Fact::Done, "e1");
        assert_eq!(progress.text(), "done e1 2020-01-01\n");
    }
}
