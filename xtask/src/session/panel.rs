//! What a key opens: below what is said of the exercise, or in its place.
use super::{Found, Session};
use crate::commands::{hint, list};
use crate::progress::Progress;
use crate::quiz::Quiz;
use crate::screen::{Screen, Style};
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
r              run the demo before this exercise
u              the quiz: predict before you write
y              play: be the scheduler of your own code
n, p           the next and the previous exercise
l              all steps; go to any of them
x              reset: the starter back, your text is kept beside it
Esc            stop a judgement; close what is open
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
                list::to_choose(session.course, progress, *at, rows.saturating_sub(5), screen)
                    + &format!("{typed}\n"),
            ),
            Panel::Quiz(quiz) => Some(quiz.text(screen)),
            Panel::Solution(text) => Some(text.clone()),
            Panel::Why => match &session.found {
                Found::Judged(last) => {
                    Some(view::verdict(&last.judged, session.exercise, screen, Length::Whole))
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
                let shown = hint::open(session.workspace, session.lesson, exercise, Some(*level), screen)?;
                shown
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
