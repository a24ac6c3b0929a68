//! `quiz`: questions to answer before running anything.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::lessons::{Course, Exercise, Question};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style, count};
use crate::workspace::Workspace;
use crate::{path, select};
use anyhow::Result;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

pub const COMMAND: Command = Command {
    name: "quiz",
    takes: "[104] [--answer 2,1,3]",
    summary: "Predict first, then look",
    help: "\
At a terminal it asks; elsewhere it prints the questions. How many were right at the first try is remembered.

  --answer 2,1,3    answer every question at once, by the numbers of the choices

Example: cargo xtask quiz 104
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("quiz", raw, &Spec { switches: &[], values: &["answer"], words: 1, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let progress = Progress::load(&workspace)?;
    let (_, exercise) = match (args.word(), path::next(&course, &progress)) {
        (Some(word), _) => select::exercise(&course, word)?,
        (None, Some(next)) => (next.lesson, next.exercise),
        (None, None) => return usage("everything is done; name an exercise: cargo xtask quiz 104"),
    };
    let screen = Screen::stdout();
    if exercise.quiz.is_empty() {
        print!("{}", screen.fitted(&format!("{} has no questions.\n", exercise.id)));
        return Ok(Exit::Fine);
    }
    if let Some(text) = args.text("answer") {
        let answers = parse_answers(&text, exercise)?;
        let right = tell_all(exercise, &answers, &screen);
        return finish(&workspace, exercise, right);
    }
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        for (index, question) in exercise.quiz.iter().enumerate() {
            println!("{}", asked(index, exercise, question, &screen));
        }
        let example: Vec<&str> = exercise.quiz.iter().map(|_| "1").collect();
        let call =
            format!("Answer with: cargo xtask quiz {} --answer {}\n", exercise.number(), example.join(","));
        print!("{}", screen.fitted(&call));
        return Ok(Exit::Fine);
    }
    match ask_all(exercise, &screen)? {
        Some(right) => finish(&workspace, exercise, right),
        None => Ok(Exit::Fine),
    }
}

/// Asks at the terminal. `None` when the learner stopped before the end.
fn ask_all(exercise: &Exercise, screen: &Screen) -> Result<Option<usize>> {
    let mut right = 0;
    for (index, question) in exercise.quiz.iter().enumerate() {
        println!("{}", asked(index, exercise, question, screen));
        let answer = loop {
            print!("Your answer, 1 to {} (q to stop): ", question.choices.len());
            io::stdout().flush()?;
            let mut line = String::new();
            if io::stdin().read_line(&mut line)? == 0 || line.trim() == "q" {
                return Ok(None);
            }
            match line.trim().parse() {
                Ok(number) if (1..=question.choices.len()).contains(&number) => break number,
                _ => println!("A number from 1 to {}, please.", question.choices.len()),
            }
        };
        right += usize::from(answer == question.answer);
        println!("{}", told(question, answer, screen));
    }
    Ok(Some(right))
}

fn tell_all(exercise: &Exercise, answers: &[usize], screen: &Screen) -> usize {
    let mut right = 0;
    for (index, (question, answer)) in exercise.quiz.iter().zip(answers).enumerate() {
        println!("{}", asked(index, exercise, question, screen));
        println!("{}", told(question, *answer, screen));
        right += usize::from(*answer == question.answer);
    }
    right
}

fn asked(index: usize, exercise: &Exercise, question: &Question, screen: &Screen) -> String {
    let head = format!("Question {} of {}", index + 1, exercise.quiz.len());
    let mut out =
        format!("{}\n{}", screen.paint(Style::Strong, &head), screen.wrapped(&question.question, 2));
    for (index, choice) in question.choices.iter().enumerate() {
        let text = screen.wrapped(choice, 5);
        out += &format!("  {}. {}", index + 1, text.trim_start());
    }
    out
}

fn told(question: &Question, answer: usize, screen: &Screen) -> String {
    let word = if answer == question.answer {
        screen.paint(Style::Good, "Right.")
    } else {
        screen.paint(Style::Bad, &format!("No: {} is right.", question.answer))
    };
    let mut out = format!("{word}\n{}", screen.wrapped(&question.why, 2));
    if let Some(program) = &question.program {
        let number = crate::lessons::number(program);
        out += &format!("  See it: cargo xtask run {}{number}\n", &program[..1]);
    }
    screen.fitted(&out)
}

fn parse_answers(text: &str, exercise: &Exercise) -> Result<Vec<usize>> {
    let answers: Result<Vec<usize>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    let fits = |answers: &Vec<usize>| {
        answers.len() == exercise.quiz.len()
            && answers.iter().zip(&exercise.quiz).all(|(answer, q)| (1..=q.choices.len()).contains(answer))
    };
    match answers {
        Ok(answers) if fits(&answers) => Ok(answers),
        _ => usage(format!(
            "--answer {text}: {} has {}; give the number of a choice for each, with commas between",
            exercise.id,
            count(exercise.quiz.len(), "question")
        )),
    }
}

fn finish(workspace: &Workspace, exercise: &Exercise, right: usize) -> Result<Exit> {
    let all = exercise.quiz.len();
    println!("{right} of {all} right.");
    Progress::update(workspace, |progress| {
        if !progress.has(Fact::Quiz, &exercise.id) {
            progress.set(Fact::Quiz, &exercise.id, format!("{right}/{all}"));
        }
    })?;
    Ok(Exit::Fine)
}
