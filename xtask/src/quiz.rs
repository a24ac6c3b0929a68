//! Questions to answer before anything runs, and what running the program in question says about them.
use crate::lessons::{Course, Exercise, Question, number};
use crate::process;
use crate::screen::{Screen, Style, harmless};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::time::Duration;

/// After this long a demo hangs.
const HANG: Duration = Duration::from_secs(120);

/// The questions of one exercise, being answered.
pub struct Quiz<'a> {
    exercise: &'a Exercise,
    at: usize,
    given: Option<(usize, Option<Evidence>)>,
    right: usize,
}

/// What a program printed that decides a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    program: String,
    /// The choice that it speaks for.
    pub choice: usize,
    /// The line that does.
    line: String,
}

impl<'a> Quiz<'a> {
    /// At the first question.
    pub fn new(exercise: &'a Exercise) -> Quiz<'a> {
        Quiz { exercise, at: 0, given: None, right: 0 }
    }

    /// The question that is asked; none when all were.
    pub fn question(&self) -> Option<&'a Question> {
        self.exercise.quiz.get(self.at)
    }

    /// Whether the question waits for its answer.
    pub fn waits(&self) -> bool {
        self.given.is_none()
    }

    /// Answers the question; `evidence` is what its program says.
    pub fn answer(&mut self, choice: usize, evidence: Option<Evidence>) {
        let Some(question) = self.question() else { return };
        self.right += usize::from(choice == question.answer);
        self.given = Some((choice, evidence));
    }

    /// Goes on to the next question.
    pub fn go_on(&mut self) {
        self.at += 1;
        self.given = None;
    }

    /// How many were right so far.
    pub fn right(&self) -> usize {
        self.right
    }

    /// The question and, when it was answered, what is said about the answer.
    pub fn text(&self, screen: &Screen) -> String {
        let Some(question) = self.question() else { return String::new() };
        let mut out = asked(self.at, self.exercise, question, screen);
        if let Some((choice, evidence)) = &self.given {
            out += &told(question, *choice, evidence.as_ref(), screen);
        }
        out
    }
}

/// The question with its choices.
pub fn asked(index: usize, exercise: &Exercise, question: &Question, screen: &Screen) -> String {
    let head = format!("Question {} of {}", index + 1, exercise.quiz.len());
    let mut out =
        format!("{}\n{}", screen.paint(Style::Strong, &head), screen.wrapped(&question.question, 2));
    for (index, choice) in question.choices.iter().enumerate() {
        let text = screen.wrapped(choice, 5);
        out += &format!("  {}. {}", index + 1, text.trim_start());
    }
    out.push('\n');
    out
}

/// Whether it was right, why, and what the program says.
pub fn told(question: &Question, choice: usize, evidence: Option<&Evidence>, screen: &Screen) -> String {
    let word = if choice == question.answer {
        screen.paint(Style::Good, "Right.")
    } else {
        screen.paint(Style::Bad, &format!("No: {} is right.", question.answer))
    };
    let mut out = format!("{word}\n{}", screen.wrapped(&question.why, 2));
    if let Some(evidence) = evidence {
        let line = harmless(evidence.line.trim());
        // By whom matters: what the quiz runs, the learner has not seen, and it is not marked as run.
        let said = format!("The quiz ran {} for this, and it printed: {line}", evidence.program);
        out += &screen.wrapped(&said, 2);
        if evidence.choice != question.answer {
            let said = format!(
                "That speaks for {}. Trust the program, and tell whoever keeps this course.",
                evidence.choice
            );
            out += &screen.wrapped(&screen.paint(Style::Warn, &said), 2);
        }
    }
    if let Some(program) = &question.program {
        out += &format!("  See all of it: cargo xtask run {}{}\n", &program[..1], number(program));
    }
    screen.fitted(&out)
}

/// Runs the program of a question, if it has one that can decide it, and says for which choice it speaks.
pub fn evidence(workspace: &Workspace, course: &Course, question: &Question) -> Result<Option<Evidence>> {
    let (Some(program), false) = (&question.program, question.prints.is_empty()) else { return Ok(None) };
    let (lesson, _) = course
        .demos()
        .find(|(_, demo)| demo.id == *program)
        .with_context(|| format!("no lesson has a demo `{program}`"))?;
    let mut call = workspace.cargo();
    call.args(["run", "--quiet", "-p", &lesson.name, "--bin", program]);
    let finished = process::capture_within(&mut call, HANG)?;
    decide(program, &question.prints, &finished.stdout).map(Some)
}

/// The one choice whose text the program printed.
fn decide(program: &str, prints: &[String], printed: &str) -> Result<Evidence> {
    // A text may have several lines; the last of them is shown.
    let line = |text: &String| {
        let end = printed.find(text.as_str()).filter(|_| !text.is_empty())? + text.trim_end().len();
        let begin = printed[..end].rfind('\n').map_or(0, |at| at + 1);
        printed[begin..].lines().next()
    };
    let found: Vec<_> =
        prints.iter().enumerate().filter_map(|(index, text)| Some((index + 1, line(text)?))).collect();
    match found.as_slice() {
        [(choice, line)] => {
            Ok(Evidence { program: program.to_owned(), choice: *choice, line: (*line).to_owned() })
        }
        [] => bail!("{program} printed none of what `prints` lists: {prints:?}\n{printed}"),
        many => {
            let choices: Vec<usize> = many.iter().map(|(choice, _)| *choice).collect();
            bail!("what {program} printed speaks for choices {choices:?} at once")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_speaks_for_exactly_one_choice() {
        let prints = ["Hello".to_owned(), String::new(), "Nothing yet".to_owned()];
        assert_eq!(decide("d1", &prints, "a\nNothing yet.\n").unwrap().choice, 3);
        let lines = ["b\n  2".to_owned(), "a\n  2".to_owned()];
        let evidence = decide("d1", &lines, "a\n  2 left\nc\n").unwrap();
        assert_eq!((evidence.choice, evidence.line.as_str()), (2, "  2 left"));
        assert!(decide("d1", &prints, "a\n").is_err());
        assert!(decide("d1", &prints, "Hello\nNothing yet.\n").is_err());
    }
}
