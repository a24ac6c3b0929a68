//! `quiz`: questions to answer before running anything.
use super::Command;
use crate::args::{Args, Spec};
use crate::exit::{Exit, usage};
use crate::keys::{Key, Keyboard, Wait};
use crate::lessons::{Course, Exercise, Question};
use crate::progress::{Fact, Progress};
use crate::quiz::{self, Evidence, Quiz};
use crate::screen::{Screen, count};
use crate::terminal::{self, KeyMode};
use crate::workspace::Workspace;
use crate::{path, select};
use anyhow::Result;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{self, Write};
use std::time::Duration;

pub const COMMAND: Command = Command {
    name: "quiz",
    takes: "[104] [--answer 2,1,3] [--json]",
    summary: "Predict first, then look",
    help: "\
At a terminal it asks, and one key answers; elsewhere it prints the questions. Where a program can decide, it is run
then and there. How many were right at the first try is remembered.

  --json            the questions for programs, without their answers
  --answer 2,1,3    answer every question at once, by the numbers of the choices

Example: cargo xtask quiz 104
",
    run,
};

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args = Args::parse(
        "quiz",
        raw,
        &Spec { switches: &["json"], values: &["answer"], words: 1, passes_on: false },
    )?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let progress = Progress::load(&workspace)?;
    let (_, exercise) = match (args.word(), path::next(&course, &progress)) {
        (Some(word), _) => select::exercise(&course, word)?,
        (None, Some(next)) => (next.lesson, next.exercise),
        (None, None) => return usage("everything is done; name an exercise: cargo xtask quiz 104"),
    };
    let screen = Screen::stdout();
    if args.has("json") {
        let questions = exercise.quiz.iter().map(|question| {
            json!({ "question": question.question, "choices": question.choices, "program": question.program })
        });
        let all: Vec<Value> = questions.collect();
        println!("{}", json!({ "exercise": exercise.id, "questions": all }));
        return Ok(Exit::Fine);
    }
    if exercise.quiz.is_empty() {
        print!("{}", screen.fitted(&format!("{} has no questions.\n", exercise.id)));
        return Ok(Exit::Fine);
    }
    if let Some(text) = args.text("answer") {
        let answers = parse_answers(&text, exercise)?;
        let mut right = 0;
        for (index, (question, answer)) in exercise.quiz.iter().zip(answers).enumerate() {
            print!("{}", quiz::asked(index, exercise, question, &screen));
            let evidence = seen(&workspace, &course, question, &screen);
            println!("{}", quiz::told(question, answer, evidence.as_ref(), &screen));
            right += usize::from(answer == question.answer);
        }
        print!("{}", screen.wrapped(&finish(&workspace, exercise, right)?, 0));
        return Ok(Exit::Fine);
    }
    if !terminal::is_there() {
        for (index, question) in exercise.quiz.iter().enumerate() {
            print!("{}", quiz::asked(index, exercise, question, &screen));
        }
        let example: Vec<&str> = exercise.quiz.iter().map(|_| "1").collect();
        let call =
            format!("Answer with: cargo xtask quiz {} --answer {}\n", exercise.number(), example.join(","));
        print!("{}", screen.fitted(&call));
        return Ok(Exit::Fine);
    }
    if let Some(right) = ask_all(&workspace, &course, exercise, &screen)? {
        print!("{}", screen.wrapped(&finish(&workspace, exercise, right)?, 0));
    }
    Ok(Exit::Fine)
}

/// Asks at the terminal, a key for each answer. `None` when the learner stopped before the end.
fn ask_all(
    workspace: &Workspace,
    course: &Course,
    exercise: &Exercise,
    screen: &Screen,
) -> Result<Option<usize>> {
    let mut keyboard = Keyboard::new()?;
    let _mode = KeyMode::begin()?;
    let mut quiz = Quiz::new(exercise);
    while let Some(question) = quiz.question() {
        print!("{}", quiz.text(screen));
        print!("Your answer, a key from 1 to {} (q stops): ", question.choices.len());
        let answer = loop {
            match key(&mut keyboard)? {
                None | Some(Key::Char('q') | Key::Escape) => {
                    println!();
                    return Ok(None);
                }
                Some(Key::Char(digit)) => {
                    let choice = digit.to_digit(10).unwrap_or(0) as usize;
                    if (1..=question.choices.len()).contains(&choice) {
                        break choice;
                    }
                }
                Some(_) => {}
            }
        };
        println!("{answer}");
        let evidence = seen(workspace, course, question, screen);
        print!("\n{}\n", quiz::told(question, answer, evidence.as_ref(), screen));
        quiz.answer(answer, evidence);
        quiz.go_on();
    }
    Ok(Some(quiz.right()))
}

/// The next key; none when the terminal is gone.
fn key(keyboard: &mut Keyboard) -> Result<Option<Key>> {
    io::stdout().flush()?;
    loop {
        match keyboard.wait(Duration::from_secs(3_600))? {
            Wait::Keys(keys) => {
                if let Some(key) = keys.first() {
                    return Ok(Some(*key));
                }
            }
            Wait::Gone => return Ok(None),
            Wait::Other => {}
        }
    }
}

/// What the question's program says, if it can decide. Trouble with it is no reason to keep the answer back.
fn seen(workspace: &Workspace, course: &Course, question: &Question, screen: &Screen) -> Option<Evidence> {
    if screen.live && !question.prints.is_empty() {
        println!("running {} …", question.program.as_deref().unwrap_or_default());
    }
    quiz::evidence(workspace, course, question).unwrap_or_default()
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

/// Remembers how many were right at the first try, and gives what is to be said.
pub fn finish(workspace: &Workspace, exercise: &Exercise, right: usize) -> Result<String> {
    let all = exercise.quiz.len();
    Progress::update(workspace, |progress| {
        if !progress.has(Fact::Quiz, &exercise.id) {
            progress.set(Fact::Quiz, &exercise.id, format!("{right}/{all}"));
        }
    })?;
    Ok(format!("{right} of {all} right."))
}
