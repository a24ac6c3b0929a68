//! The judge as a test program: what `cargo test` and `cargo nextest` expect of one.
//!
//! Each layer is a test of its own, so that nextest, which runs every test in a process of its own, and filters work
//! as they do everywhere. The judging itself happens in a child process, this program once more: an answer that ends
//! its process, or never comes to an end, is then found out here as it is by the course's own runner.
mod arguments;

use crate::exercise::{Exercise, LAYERS_VARIABLE};
use crate::protocol::{CHANNEL_VARIABLE, Ending, Message, Read, Runner};
use crate::report::{Judgement, Status};
use crate::standstill::Observer;
use arguments::{Arguments, Colour};
use std::io::{self, IsTerminal, Write};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// What libtest exits with when a test fails.
const FAILED: u8 = 101;

/// How wide a story is drawn where nobody says how wide the terminal is.
const WIDTH: usize = 100;

/// How long the layers may take together; only an answer that hangs ever needs it.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs the judge as its command line asks.
pub(crate) fn run(exercise: &Exercise) -> ExitCode {
    let arguments = Arguments::parse(std::env::args().skip(1));
    for odd in &arguments.unknown {
        eprintln!("judge: the option `{}` is unknown here and was passed over", odd.escape_debug());
    }
    match respond(exercise, &arguments, &mut io::stdout()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(error) => {
            eprintln!("judge: {error}");
            ExitCode::from(FAILED)
        }
    }
}

/// Whether all went well.
fn respond(exercise: &Exercise, arguments: &Arguments, out: &mut impl Write) -> io::Result<bool> {
    let names: Vec<String> = exercise.names().into_iter().map(|layer| layer.name).collect();
    let chosen: Vec<&String> = names.iter().filter(|name| arguments.chooses(name)).collect();
    if arguments.help {
        write!(out, "{}", arguments::HELP)?;
        return Ok(true);
    }
    if arguments.list {
        for name in &chosen {
            writeln!(out, "{name}: test")?;
        }
        if !arguments.terse {
            writeln!(out, "\n{}, 0 benchmarks", count(chosen.len(), "test"))?;
        }
        return Ok(true);
    }

    writeln!(out, "\nrunning {}", count(chosen.len(), "test"))?;
    let began = Instant::now();
    let layers: Vec<&str> = chosen.iter().map(|name| name.as_str()).collect();
    let judgement = judge_in_a_child(exercise.name(), &layers, |layer| passed(out, arguments, layer))?;
    let seconds = began.elapsed().as_secs_f64();
    let with = |status| {
        let layers = judgement.layers.iter().filter(move |l| l.status == status);
        layers.filter(|l| chosen.iter().any(|c| **c == l.name)).collect::<Vec<_>>()
    };
    let mut failed: Vec<String> = with(Status::Failed).iter().map(|l| l.name.clone()).collect();
    if failed.is_empty() && !judgement.verdict.is_pass() {
        // No layer ran: the answer could not be read, or the judge could not be started.
        failed.extend(chosen.first().map(|name| name.to_string()));
    }
    for name in &failed {
        if arguments.terse { write!(out, "F")? } else { writeln!(out, "test {name} ... FAILED")? }
    }
    let mut left = with(Status::NotRun);
    left.retain(|layer| !failed.contains(&layer.name));
    for layer in &left {
        if arguments.terse {
            write!(out, "i")?;
        } else {
            writeln!(out, "test {} ... ignored, an earlier layer failed", layer.name)?;
        }
    }
    if arguments.terse {
        writeln!(out)?;
    }
    if let Some(name) = failed.first() {
        writeln!(out, "\nfailures:\n\n---- {name} ----")?;
        write!(out, "{}", explanation(&judgement, width(), colour(arguments)))?;
        writeln!(out, "\nfailures:\n    {name}")?;
    }
    writeln!(
        out,
        "\ntest result: {}. {} passed; {} failed; {} ignored; 0 measured; {} filtered out; finished in {seconds:.2}s\n",
        if failed.is_empty() { "ok" } else { "FAILED" },
        with(Status::Passed).len(),
        failed.len(),
        left.len(),
        names.len() - chosen.len(),
    )?;
    out.flush()?;
    Ok(failed.is_empty())
}

/// Runs the chosen layers in a child process; tells each that passed.
fn judge_in_a_child(
    name: &str,
    layers: &[&str],
    mut passed: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<Judgement> {
    if layers.is_empty() {
        return Ok(Judgement::passed(name));
    }
    let (mut runner, stdin) = Runner::start()?;
    let mut child = Command::new(std::env::current_exe()?)
        .env(CHANNEL_VARIABLE, "stdin")
        .env(LAYERS_VARIABLE, layers.join(","))
        .stdin(stdin)
        .spawn()?;
    let began = Instant::now();
    let mut tell = |messages: Vec<Message>| {
        messages.iter().try_for_each(|message| match message {
            Message::LayerEnd { layer, .. } => passed(layer),
            _ => Ok(()),
        })
    };
    let mut observer = Observer::of(child.id());
    let mut still = false;
    let ending = loop {
        let messages = match runner.read(Duration::from_millis(10))? {
            Read::Messages(messages) => messages,
            // A child that has closed the channel is about to end, or it will run into the limit.
            Read::End => {
                std::thread::sleep(Duration::from_millis(1));
                Vec::new()
            }
            Read::Nothing => Vec::new(),
        };
        tell(messages)?;
        if let Some(status) = child.try_wait()? {
            break Ending::from(status);
        }
        still = observer.look(&runner);
        if still || began.elapsed() > LIMIT {
            observer.look_at_last(&runner);
            child.kill()?;
            child.wait()?;
            break Ending::Limit(began.elapsed().as_secs());
        }
    };
    tell(runner.drain()?)?;
    let mut judgement = runner.finish().judgement(name, ending);
    if matches!(ending, Ending::Limit(_)) {
        observer.explain(&mut judgement, still);
    }
    Ok(judgement)
}

fn passed(out: &mut impl Write, arguments: &Arguments, name: &str) -> io::Result<()> {
    if arguments.terse { write!(out, ".") } else { writeln!(out, "test {name} ... ok") }
}

/// What is wrong, in words and as a timeline.
fn explanation(judgement: &Judgement, width: usize, colour: bool) -> String {
    let mut text =
        format!("{} ({})\n{}\n", judgement.verdict, judgement.verdict.meaning(), judgement.sentence);
    if let Some(place) = &judgement.place {
        text += &format!("  {}:{}: {}\n", place.file, place.line, place.code);
    }
    for detail in &judgement.details {
        for line in detail.lines() {
            text += &format!("  {line}\n");
        }
    }
    if let Some(story) = &judgement.story {
        text += &format!("\n{}", story.terminal(width, colour));
    }
    text
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    columns.filter(|columns| *columns >= 40).unwrap_or(WIDTH)
}

fn colour(arguments: &Arguments) -> bool {
    match arguments.colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            !refused && io::stdout().is_terminal()
        }
    }
}
