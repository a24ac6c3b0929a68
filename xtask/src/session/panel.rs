//! What a key opens: below what is said of the exercise, or in its place.
use super::page::outdated;
use super::{Found, Session};
use crate::commands::{hint, list};
use crate::lessons::{Step, number};
use crate::progress::Progress;
use crate::quiz::Quiz;
use crate::screen::{Screen, Style, fit_code};
use crate::view::{self, Length};
use anyhow::Result;

/// What is open.
pub enum Panel {
    /// Nothing.
    None,
    /// A sentence.
    Says(String),
    /// The keys, explained.
    Help,
    /// A hint that was opened.
    Hint(usize),
    /// The whole verdict.
    Why,
    /// The answer.
    Solution(String),
    /// Whether to see the answer before the exercise is green.
    GiveUp,
    /// Whether to put the starter back.
    Reset,
    /// All steps, to choose one: by its place, or by the digits typed so far.
    List { at: usize, typed: String },
    /// Questions.
    Quiz(Quiz<'static>),
}

const HELP: &str = "\
save the file  it is judged at once
Enter          judge it again
h              the next hint; each press opens one more
w              why: the whole verdict, with the whole schedule
o              the schedule as a page in the browser, to step through beside your code
s              the solution, once yours is green
r              run the demo before this exercise, and mark it
u              the quiz: predict before you write
y              play: be the scheduler of your own code
n, p           the next and the previous exercise
l              all steps; go to any of them
x              reset: the starter back, your text is kept beside it
Esc            close what is open; or else stop a judgement
q              quit; what you did is kept
";

impl Panel {
    /// What takes the whole screen, if that is open.
    pub fn whole_page(
        &self,
        session: &Session,
        progress: &Progress,
        screen: &Screen,
        rows: usize,
    ) -> Result<Option<String>> {
        Ok(match self {
            Panel::List { at, typed } => Some(
                list::to_choose(session.course, progress, *at, rows.saturating_sub(6), screen)
                    + &screen.wrapped(&typed_so_far(session, *at, typed), 0),
            ),
            Panel::Quiz(quiz) => Some(quiz.text(screen)),
            Panel::Solution(text) => Some(fit_code(text, screen.columns)),
            Panel::Why => match &session.found {
                Found::Judged(last) => {
                    let mut text = view::verdict(&last.judged, session.exercise, screen, Length::Whole);
                    if last.hint_is_due() {
                        text += &view::hint(&last.judged, session.exercise, screen);
                    }
                    Some(if session.job.is_some() { outdated(&text, screen) } else { text })
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// What stands below.
    pub fn text(&self, session: &Session, screen: &Screen) -> Result<String> {
        let (exercise, number) = (session.exercise, session.exercise.number());
        let text = match self {
            Panel::Says(text) => screen.wrapped(text, 0),
            Panel::Help => screen.fitted(HELP),
            Panel::Hint(level) => {
                let shown = hint::open(session.workspace, exercise, Some(*level), screen)?;
                shown
                    .replace(
                        "That was the last one.",
                        "That was the last one; h begins again with the first.",
                    )
                    .replace(&format!("cargo xtask hint {number}"), "h")
                    .replace(&format!("cargo xtask solution {number} --give-up"), "s")
            }
            Panel::GiveUp => {
                let said = format!(
                    "{} is not green yet. g shows the answer all the same, and progress.txt says that you gave up.",
                    exercise.id
                );
                screen.wrapped(&screen.paint(Style::Warn, &said), 0)
            }
            Panel::Reset => {
                let file = session.workspace.short(&session.lesson.answer(&exercise.id));
                let said =
                    format!("Put the starter back into {file}? What you wrote is kept beside it. x does it.");
                screen.wrapped(&screen.paint(Style::Warn, &said), 0)
            }
            Panel::Why => {
                screen.wrapped("There is no verdict to explain yet: write something and save it.", 0)
            }
            Panel::None | Panel::List { .. } | Panel::Quiz(_) | Panel::Solution(_) => {
                return Ok(String::new());
            }
        };
        Ok(format!("\n{text}"))
    }
}

/// What was typed, and what else has that number.
fn typed_so_far(session: &Session, at: usize, typed: &str) -> String {
    let steps = session.steps();
    let (Some((_, chosen)), Ok(_)) = (steps.get(at), typed.parse::<usize>()) else { return typed.to_owned() };
    let is_other = |step: &&Step| number(step.id()) == typed && step.id() != chosen.id();
    let others: Vec<String> = steps
        .iter()
        .map(|(_, step)| *step)
        .filter(is_other)
        .map(|step| step.id()[..1 + typed.len()].to_owned())
        .collect();
    match others.as_slice() {
        [] => typed.to_owned(),
        others => format!("{typed}: Enter takes {}; type {} for that", chosen.id(), others.join(" or ")),
    }
}
