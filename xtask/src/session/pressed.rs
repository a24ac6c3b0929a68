//! What each key does.
use super::panel::Panel;
use super::{Found, Session, Then};
use crate::commands::play::Table;
use crate::commands::{quiz, reset, solution, why};
use crate::interrupt;
use crate::keys::{Key, Wait};
use crate::lessons::{Demo, Lesson, Step};
use crate::path;
use crate::progress::{Fact, Progress};
use crate::quiz::{Quiz, evidence};
use crate::{process, select, step};
use anyhow::Result;
use std::io::{self, Write};
use std::mem;
use std::time::Duration;

impl Session {
    /// Does what a key asks for.
    pub fn press(&mut self, key: Key) -> Result<Then> {
        self.redraw = true;
        match mem::replace(&mut self.panel, Panel::None) {
            Panel::List { at, typed } => self.choose(key, at, typed)?,
            Panel::Quiz(quiz) => self.answer(key, quiz)?,
            Panel::GiveUp => {
                if key == Key::Char('g') {
                    self.show_solution(true)?;
                }
            }
            Panel::Reset => {
                if key == Key::Char('x') {
                    let changed = reset::reset(self.workspace, self.lesson, self.exercise)?;
                    self.open(self.lesson, self.exercise)?;
                    let nothing = || "It is the starter already.".to_owned();
                    self.panel = Panel::Says(changed.unwrap_or_else(nothing));
                }
            }
            before => return self.command(key, before),
        }
        Ok(Then::Stay)
    }

    fn command(&mut self, key: Key, before: Panel) -> Result<Then> {
        match key {
            Key::Char('q') => return Ok(Then::Leave),
            Key::Enter | Key::Char(' ') => self.look()?,
            // What is open is closed first.
            Key::Escape if !matches!(before, Panel::None | Panel::Says(_)) => {}
            Key::Escape if self.job.is_some() => {
                self.call_off();
                if matches!(self.found, Found::Nothing) {
                    self.found = Found::CalledOff;
                } else {
                    let said = "The judgement was stopped; what you see is the last one. Save the file, or press \
                                Enter, to have it judged.";
                    self.panel = Panel::Says(said.to_owned());
                }
            }
            Key::Escape | Key::Backspace => {}
            Key::Char('?') => self.panel = Panel::Help,
            Key::Char('h') => self.open_hint(&before)?,
            Key::Char('w') => self.panel = Panel::Why,
            Key::Char('o') => self.panel = Panel::Says(self.open_page()?),
            Key::Char('s') => match (&self.praised, before) {
                // Who has just been praised wants to compare; a second press is about the exercise at hand.
                (Some((exercise, _)), before) if !matches!(before, Panel::Solution(_)) => {
                    let (lesson, exercise) = select::exercise(self.course, &exercise.id)?;
                    let text = solution::text(self.workspace, lesson, exercise, false)?;
                    self.panel = text.map_or(Panel::None, Panel::Solution);
                }
                _ => self.show_solution(false)?,
            },
            Key::Char('r') => self.run_a_demo()?,
            Key::Char('u') if self.exercise.quiz.is_empty() => {
                self.panel = Panel::Says(format!("{} has no questions.", self.exercise.id));
            }
            Key::Char('u') => self.panel = Panel::Quiz(Quiz::new(self.exercise)),
            Key::Char('y') => self.play()?,
            Key::Char('n') => self.step_on()?,
            Key::Char('p') => self.step_back()?,
            Key::Char('l') => self.panel = Panel::List { at: self.place_in_list(), typed: String::new() },
            Key::Char('x') => self.panel = Panel::Reset,
            Key::Char(other) => {
                self.panel = Panel::Says(format!("`{other}` is no key here; ? explains those there are."))
            }
            Key::Up | Key::Down | Key::PageUp | Key::PageDown | Key::Other => {}
        }
        Ok(Then::Stay)
    }

    /// Opens one hint more; the last one again when all were opened.
    fn open_hint(&mut self, before: &Panel) -> Result<()> {
        let all = self.exercise.hints.len();
        if all == 0 {
            self.panel = Panel::Says(format!("{} has no hints.", self.exercise.id));
            return Ok(());
        }
        let progress = Progress::load(self.workspace)?;
        let opened: usize =
            progress.value(Fact::Hint, &self.exercise.id).and_then(|level| level.parse().ok()).unwrap_or(0);
        // The first press shows the next one; when all are open, they can be gone through again.
        let level = match before {
            Panel::Hint(level) if *level < opened => level + 1,
            Panel::Hint(level) if *level == all => 1,
            _ => (opened + 1).min(all),
        };
        self.panel = Panel::Hint(level);
        Ok(())
    }

    fn open_page(&mut self) -> Result<String> {
        let Found::Judged(last) = &self.found else {
            return Ok("There is no failing schedule to draw yet.".to_owned());
        };
        why::page(self.workspace, &last.judged.judgement, None, true)
    }

    fn show_solution(&mut self, give_up: bool) -> Result<()> {
        self.panel = if !self.lesson.solution(&self.exercise.id).is_file() {
            Panel::Says(solution::none_here(self.exercise))
        } else {
            match solution::text(self.workspace, self.lesson, self.exercise, give_up)? {
                Some(text) => Panel::Solution(text),
                None => Panel::GiveUp,
            }
        };
        Ok(())
    }

    /// Runs the first demo on the way to this exercise that was not seen yet, or the last one.
    fn run_a_demo(&mut self) -> Result<()> {
        let progress = Progress::load(self.workspace)?;
        let next = path::at(self.course, self.lesson, self.exercise, &progress);
        let unseen = step::to_run(&next).first().copied();
        let before = || {
            let steps = self.lesson.steps.iter().take_while(|step| step.id() != self.exercise.id);
            let demos = steps.filter_map(|step| if let Step::Demo(demo) = step { Some(demo) } else { None });
            Some((self.lesson, demos.last()?))
        };
        match unseen.or_else(before) {
            Some((lesson, demo)) => self.run_demo(lesson, demo),
            None => {
                self.panel =
                    Panel::Says("There is no demo before this exercise; l lists all there are.".to_owned());
                Ok(())
            }
        }
    }

    fn run_demo(&mut self, lesson: &Lesson, demo: &Demo) -> Result<()> {
        let mut call = self.workspace.cargo();
        call.args(["run", "--quiet", "-p", &lesson.name, "--bin", &demo.id]);
        println!("\x1b[H\x1b[2J{}\n$ {}", demo.title, process::shown(&call));
        let status = self.mode.without(|| interrupt::in_foreground(&mut call))??;
        if status.success() {
            Progress::update(self.workspace, |progress| progress.set_today(Fact::Seen, &demo.id))?;
        } else {
            println!("\n{} ended with {status}", demo.id);
        }
        println!("\nPress a key to go back to {}.", self.exercise.id);
        self.wait_for_a_key()
    }

    fn wait_for_a_key(&mut self) -> Result<()> {
        io::stdout().flush()?;
        while self.keyboard.wait(Duration::from_secs(3_600))? == Wait::Other {}
        self.redraw = true;
        Ok(())
    }

    fn play(&mut self) -> Result<()> {
        // What is judged at the same time would only make the game wait.
        self.call_off();
        let (workspace, lesson, exercise) = (self.workspace, self.lesson, self.exercise);
        let table = Table { workspace, lesson, exercise, answer: None, replay: None };
        match table.at_terminal(&mut self.keyboard, 0, true) {
            Ok(_) => self.look(),
            // What does not compile cannot be played; the session goes on.
            Err(error) => {
                self.panel = Panel::Says(format!("{error:#}"));
                Ok(())
            }
        }
    }

    fn answer(&mut self, key: Key, mut quiz: Quiz<'static>) -> Result<()> {
        match (key, quiz.question()) {
            (Key::Escape | Key::Char('q'), _) | (_, None) => return Ok(()),
            (Key::Char(digit), Some(question)) if quiz.waits() => {
                let choice = digit.to_digit(10).unwrap_or(0) as usize;
                if (1..=question.choices.len()).contains(&choice) {
                    if !question.prints.is_empty() {
                        print!("\r\x1b[Krunning {} …", question.program.as_deref().unwrap_or_default());
                        io::stdout().flush()?;
                    }
                    // Without its word the key of the course is all there is, and is told.
                    let evidence = evidence(self.workspace, self.course, question).unwrap_or_default();
                    quiz.answer(choice, evidence);
                }
            }
            _ if quiz.waits() => {}
            _ => quiz.go_on(),
        }
        if quiz.question().is_some() {
            self.panel = Panel::Quiz(quiz);
        } else {
            self.panel = Panel::Says(quiz::finish(self.workspace, self.exercise, quiz.right())?);
        }
        Ok(())
    }

    /// On to the exercise after this one; one that is open counts as skipped.
    fn step_on(&mut self) -> Result<()> {
        let all: Vec<_> = self.course.exercises().collect();
        let here = all.iter().position(|(_, exercise)| exercise.id == self.exercise.id).unwrap_or(0);
        match all.get(here + 1) {
            Some((lesson, exercise)) => {
                Progress::update(self.workspace, |progress| {
                    if !progress.has(Fact::Done, &self.exercise.id) {
                        progress.set_today(Fact::Skipped, &self.exercise.id);
                    }
                })?;
                self.open(lesson, exercise)
            }
            None => {
                self.panel = Panel::Says("This is the last exercise; l lists all there are.".to_owned());
                Ok(())
            }
        }
    }

    fn step_back(&mut self) -> Result<()> {
        let all: Vec<_> = self.course.exercises().collect();
        let here = all.iter().position(|(_, exercise)| exercise.id == self.exercise.id).unwrap_or(0);
        match here.checked_sub(1).map(|before| all[before]) {
            Some((lesson, exercise)) => self.open(lesson, exercise),
            None => {
                self.panel = Panel::Says("This is the first exercise.".to_owned());
                Ok(())
            }
        }
    }

    /// All steps of the course, in order.
    pub fn steps(&self) -> Vec<(&'static Lesson, &'static Step)> {
        self.course
            .lessons
            .iter()
            .flat_map(|lesson| lesson.steps.iter().map(move |step| (lesson, step)))
            .collect()
    }

    fn place_in_list(&self) -> usize {
        self.steps().iter().position(|(_, step)| step.id() == self.exercise.id).unwrap_or(0)
    }

    /// A key while the steps are listed.
    fn choose(&mut self, key: Key, mut at: usize, mut typed: String) -> Result<()> {
        let steps = self.steps();
        let last = steps.len().saturating_sub(1);
        match key {
            Key::Escape | Key::Char('q' | 'l') => return Ok(()),
            Key::Enter => {
                return match steps.get(at) {
                    Some((lesson, Step::Exercise(exercise))) => self.open(lesson, exercise),
                    Some((lesson, Step::Demo(demo))) => self.run_demo(lesson, demo),
                    None => Ok(()),
                };
            }
            Key::Up | Key::Char('k') => at = at.saturating_sub(1),
            Key::Down | Key::Char('j') => at = (at + 1).min(last),
            Key::PageUp => at = at.saturating_sub(10),
            Key::PageDown => at = (at + 10).min(last),
            Key::Backspace => {
                typed.pop();
            }
            Key::Char(c) if c.is_ascii_alphanumeric() || c == '_' => {
                typed.push(c);
                // The exercise rather than the demo of the same number, as everywhere.
                let number = |id: &'static str| crate::lessons::number(id);
                let named = |(_, step): &&(&Lesson, &'static Step)| {
                    number(step.id()).starts_with(&typed) || step.id().starts_with(&typed)
                };
                let mut found: Vec<_> = steps.iter().filter(named).collect();
                found.sort_by_key(|(_, step)| matches!(step, Step::Demo(_)));
                if let Some((_, step)) = found.first() {
                    at = steps.iter().position(|(_, other)| other.id() == step.id()).unwrap_or(at);
                } else {
                    typed.pop();
                }
            }
            _ => {}
        }
        self.panel = Panel::List { at, typed };
        Ok(())
    }
}
