//! What is on the screen, from the state of the session.
use super::panel::Panel;
use super::{Found, Session, status};
use crate::diagnostics::plain;
use crate::last::Last;
use crate::path::{self, Next};
use crate::progress::Progress;
use crate::screen::{Screen, Style, count, known_rows};
use crate::step::{self, By};
use crate::view::{self, Length};
use anyhow::Result;
use judge::Verdict;
use std::io::{self, Write};

impl Session {
    /// Draws the whole screen.
    pub fn draw(&mut self) -> Result<()> {
        let screen = Screen::stdout();
        let rows = known_rows().unwrap_or(40);
        let page = self.fitting(&screen, rows)?;
        // Written over what is there, line by line: a screen that is cleared first flickers.
        let mut out = String::from("\x1b[H");
        for line in page.lines() {
            out += &format!("{line}\x1b[K\n");
        }
        out += "\x1b[J";
        if let Some(job) = &self.job {
            out += &status(job, &screen);
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(out.as_bytes())?;
        stdout.flush()?;
        Ok(())
    }

    /// The page with as much of the schedule as leaves all the rest on the screen, a hint that was opened too.
    fn fitting(&self, screen: &Screen, rows: usize) -> Result<String> {
        let mut most = rows;
        loop {
            let page = self.page(screen, rows, Length::Rows(most))?;
            // The last line is the judgement's.
            let over = (page.lines().count() + 1).saturating_sub(rows);
            if over == 0 || most == 0 {
                return Ok(page);
            }
            most = most.saturating_sub(over);
        }
    }

    fn page(&self, screen: &Screen, rows: usize, length: Length) -> Result<String> {
        let progress = Progress::load(self.workspace)?;
        let next = path::at(self.course, self.lesson, self.exercise, &progress);
        if let Some(text) = self.panel.whole_page(self, &progress, screen, rows)? {
            return Ok(format!("{text}\n{}", self.keys(screen)));
        }
        let mut out = step::whereabouts(self.course, &next, &progress, screen);
        if let Some((exercise, judged)) = &self.praised {
            out += &format!("\n{}", view::verdict(judged, exercise, screen, Length::Screen));
            out += &step::green(exercise, &screen.paint(Style::Name, "s"), screen);
        }
        out.push('\n');
        out += &self.body(&next, &progress, screen, length)?;
        out += &self.panel.text(self, screen)?;
        out.push('\n');
        Ok(out + &self.keys(screen) + &self.course.warning(screen))
    }

    fn body(&self, next: &Next, progress: &Progress, screen: &Screen, length: Length) -> Result<String> {
        let exercise = self.exercise;
        Ok(match &self.found {
            Found::AllDone => step::all_done(self.course, progress, screen),
            Found::Untouched(judgement) => {
                step::title(exercise, screen)
                    + &step::instructions(self.workspace, next, judgement, By::Key, screen)
            }
            Found::Nothing => step::title(exercise, screen) + &self.where_to_go(next, screen),
            Found::CalledOff => {
                let said = "The judgement was stopped. Save the file, or press Enter, to have it judged.";
                step::title(exercise, screen) + &self.where_to_go(next, screen) + &screen.wrapped(said, 0)
            }
            Found::Judged(last) => self.verdict(next, last, progress, screen, length)?,
        })
    }

    fn verdict(
        &self,
        next: &Next,
        last: &Last,
        progress: &Progress,
        screen: &Screen,
        length: Length,
    ) -> Result<String> {
        let exercise = self.exercise;
        let verdict = last.judged.judgement.verdict;
        let mut out = step::title(exercise, screen);
        let has_room = length != Length::Rows(0);
        if has_room && !verdict.is_pass() && verdict != Verdict::CouldNotJudge {
            out += &self.where_to_go(next, screen);
        }
        let mut said = view::verdict(&last.judged, exercise, screen, length);
        if last.hint_is_due() {
            said += &view::hint(&last.judged, exercise, screen);
        }
        if self.job.is_some() {
            return Ok(out + &outdated(&said, screen));
        }
        out += &format!("\n{said}");
        if verdict.is_pass() {
            out += &step::green(exercise, "s. With n you go on.", screen);
        }
        let untouched = self.is_untouched()?;
        Ok(out + &step::remark(next, last, untouched, progress, "h opens it.", screen))
    }

    /// Where to read and to edit, in a line each.
    fn where_to_go(&self, next: &Next, screen: &Screen) -> String {
        let edit = self.workspace.short(&self.lesson.answer(&self.exercise.id));
        let read = step::reading(self.workspace, self.lesson, next.exercise, screen);
        screen.fitted(&format!("  edit   {}\n  read   {read}\n", screen.paint(Style::Name, &edit)))
    }

    /// The keys that matter now.
    fn keys(&self, screen: &Screen) -> String {
        let exercise = self.exercise;
        let opened = exercise.hints.len();
        let hint = format!("h hint (of {opened})");
        let quiz = format!("u quiz ({})", count(exercise.quiz.len(), "question"));
        let keys: Vec<&str> = match &self.panel {
            Panel::List { .. } => {
                vec!["↑ ↓ choose", "104 or p109 by its number", "Enter go there", "Esc back"]
            }
            Panel::Quiz(quiz) if quiz.waits() => vec!["1 2 3 … your answer", "Esc stop"],
            Panel::Quiz(_) => vec!["any key goes on", "Esc stop"],
            Panel::Reset => vec!["x the starter back", "any other key: leave it"],
            Panel::GiveUp => vec!["g give up and see it", "any other key: go on trying"],
            _ => vec![
                &hint,
                "w why",
                "s solution",
                "r run demo",
                &quiz,
                "y play",
                "n next",
                "p previous",
                "l list",
                "x reset",
                "? help",
                "q quit",
            ],
        };
        let keys: Vec<String> = keys
            .into_iter()
            .filter(|key| !(key.starts_with("u ") && exercise.quiz.is_empty()))
            .map(|key| key.replace(' ', "\u{a0}"))
            .collect();
        let keys = screen.wrapped(&keys.join(" · "), 0);
        keys.lines().map(|line| format!("{}\n", screen.paint(Style::Faint, line))).collect()
    }
}

/// A verdict while its answer is judged anew: it may hold no more, and must not be taken for that of the last save.
pub fn outdated(verdict: &str, screen: &Screen) -> String {
    let old = format!("The last verdict; a new one is on its way:\n{verdict}");
    plain(&old).lines().map(|line| format!("{}\n", screen.paint(Style::Faint, line))).collect()
}
