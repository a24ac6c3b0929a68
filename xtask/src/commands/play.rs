//! `play`: choose yourself who runs next, on your own code, until it breaks or ends.
use super::Command;
use crate::args::{Args, Spec};
use crate::compile::Answer;
use crate::exit::{Exit, usage};
use crate::keys::{Key, Keyboard, Wait};
use crate::lessons::{Course, Exercise, Lesson};
use crate::play::{Game, Said};
use crate::progress::Progress;
use crate::screen::{Screen, Style, known_rows};
use crate::source::Source;
use crate::terminal::{self, KeyMode};
use crate::workspace::Workspace;
use crate::{last, path, select};
use anyhow::Result;
use judge::play::Move;
use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;

pub const COMMAND: Command = Command {
    name: "play",
    takes: "[104] [--scene N] [--replay TOKEN] [--answer FILE]",
    summary: "Be the scheduler of your own code: choose who runs next",
    help: "\
Your code runs one step at a time, and you say who takes the next one, in the situations in which the judge tries it.
Can you break it? A thread's number is its key; u takes a choice back. At the end you are told what came of it, with a token that
stands for this very schedule: after an edit, --replay tells whether it still breaks your code.

Without a terminal the choices are read from standard input, one a line: a
number, nothing for the way marked ▸, `undo`, `again` or `stop`.

  --scene N        begin with this situation; without it, the one in which the judge found a mistake last
  --replay TOKEN   begin with the end of this schedule: from a game, or from the page of `why --html`
  --answer FILE    play with this file instead of yours

Exit code 1 when the code broke.

Example: cargo xtask play 104
",
    run,
};

/// The lines around the timeline: scene, threads, choices, keys.
const AROUND: usize = 20;

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let spec = Spec { switches: &[], values: &["scene", "replay", "answer"], words: 1, passes_on: false };
    let args = Args::parse("play", raw, &spec)?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let (lesson, exercise) = match (args.word(), path::next(&course, &Progress::load(&workspace)?)) {
        (Some(word), _) => select::exercise(&course, word)?,
        (None, Some(next)) => (next.lesson, next.exercise),
        (None, None) => return usage("everything is done; name an exercise: cargo xtask play 104"),
    };
    let answer = args.path("answer");
    let scene = match args.number("scene")? {
        Some(0) => return usage("--scene 0: scenes are counted from 1"),
        Some(number) => number - 1,
        None => 0,
    };
    let failed = args.number("scene")?.is_none() && answer.is_none();
    let table = Table { workspace: &workspace, lesson, exercise, answer, replay: args.text("replay") };
    if !terminal::is_there() {
        return table.without_terminal(scene, failed);
    }
    let mut keyboard = Keyboard::new()?;
    let _mode = KeyMode::begin()?;
    table.at_terminal(&mut keyboard, scene, failed)
}

/// What is played with.
pub struct Table<'a> {
    /// Where everything is.
    pub workspace: &'a Workspace,
    /// The lesson.
    pub lesson: &'a Lesson,
    /// The exercise.
    pub exercise: &'a Exercise,
    /// Another file than the learner's.
    pub answer: Option<PathBuf>,
    /// The schedule at whose end to begin.
    pub replay: Option<String>,
}

impl Table<'_> {
    fn begin(&self, scene: usize, replay: Option<&str>) -> Result<Game> {
        let (source, slot) = match &self.answer {
            None => (self.lesson.answer(&self.exercise.id), "yours"),
            Some(file) => (std::path::absolute(file)?, "other"),
        };
        if let Some(trouble) = Source::at(&source)?.trouble() {
            return usage(format!("{} {trouble}", self.workspace.short(&source)));
        }
        let answer = Answer { lesson: self.lesson, exercise: self.exercise, source: &source, slot };
        Game::begin(self.workspace, &answer, scene, replay)
    }

    /// The game with which to begin: that of the last failure, if that is wanted and there is one.
    fn first(&self, scene: usize, failed: bool) -> Result<Game> {
        let replay = self.replay.as_deref();
        let game = self.begin(scene, replay)?;
        let path = self.lesson.answer(&self.exercise.id);
        let last = if failed { last::recall(self.workspace, &path, &self.exercise.id)? } else { None };
        let layer = last.and_then(|last| {
            let layers = last.judged.judgement.layers;
            Some(layers.into_iter().find(|layer| layer.status == judge::Status::Failed)?.name)
        });
        match layer.and_then(|layer| game.scenes.iter().position(|scene| scene.layer == layer)) {
            Some(number) if number != scene => self.begin(number, replay),
            _ => Ok(game),
        }
    }

    fn without_terminal(&self, scene: usize, failed: bool) -> Result<Exit> {
        let screen = Screen::stdout();
        let mut game = self.first(scene, failed)?;
        let mut lines = io::stdin().lock().lines();
        print!("{}", game.title(&screen));
        loop {
            match game.hear()? {
                Said::Moment(moment) => {
                    print!("\n{}", moment.text(usize::MAX, &screen));
                    let line = match lines.next() {
                        Some(line) => line?,
                        None => "stop".to_owned(),
                    };
                    game.make(parse(&line, &moment.keys)?)?;
                }
                Said::End(end) if end.how == "refused" => return usage(end.sentence),
                Said::End(end) => {
                    print!("\n{}", end.text(None, self.exercise.number(), &screen));
                    loop {
                        let Some(line) = lines.next().transpose()? else {
                            return Ok(if end.how == "broken" { Exit::WorkFails } else { Exit::Fine });
                        };
                        match line.trim().parse() {
                            Ok(step @ (Move::Undo | Move::Again)) => break game.make(step)?,
                            _ => println!(
                                "The game is over, and `{}` changes nothing; `undo` and `again` go on.",
                                line.trim()
                            ),
                        }
                    }
                }
            }
        }
    }

    /// Plays at a terminal whose keys work at once, until the player leaves.
    pub fn at_terminal(&self, keyboard: &mut Keyboard, scene: usize, failed: bool) -> Result<Exit> {
        print!("\x1b[H\x1b[2Jcompiling {} …", self.exercise.id);
        io::stdout().flush()?;
        let mut game = self.first(scene, failed)?;
        let mut broken = false;
        loop {
            let said = game.hear()?;
            match said {
                Said::End(end) if end.how == "refused" => return usage(end.sentence),
                Said::End(ref end) => broken = end.how == "broken",
                Said::Moment(_) => {}
            }
            let keys = if let Said::Moment(moment) = &said { moment.keys.as_slice() } else { &[] };
            // Until there is a move to make.
            let step = loop {
                draw(&game, &said, self.exercise.number())?;
                let key = match keyboard.wait(Duration::from_secs(3_600))? {
                    Wait::Keys(keys) => keys[0],
                    Wait::Gone => return Ok(Exit::Fine),
                    // Resized, perhaps.
                    Wait::Other => continue,
                };
                match key {
                    Key::Char('q') | Key::Escape => {
                        print!("\x1b[H\x1b[2J");
                        return Ok(if broken { Exit::WorkFails } else { Exit::Fine });
                    }
                    Key::Char('u') | Key::Backspace => break Some(Move::Undo),
                    Key::Char('a') => break Some(Move::Again),
                    Key::Char('[' | ']') => {
                        let (all, here) = (game.scenes.len(), game.scene);
                        let next = if key == Key::Char(']') { here + 1 } else { here + all - 1 };
                        game = self.begin(next % all, None)?;
                        break None;
                    }
                    // The plainest way, which is the first.
                    Key::Enter | Key::Char(' ') if !keys.is_empty() => break Some(Move::Choose(0)),
                    Key::Char(digit) => {
                        let key = digit.to_digit(10).map(|digit| digit as usize);
                        if let Some(way) = keys.iter().position(|known| Some(*known) == key) {
                            break Some(Move::Choose(way));
                        }
                    }
                    _ => {}
                }
            };
            if let Some(step) = step {
                game.make(step)?;
            }
        }
    }
}

fn draw(game: &Game, said: &Said, exercise: &str) -> Result<()> {
    let screen = Screen::stdout();
    let rows = known_rows().unwrap_or(40).saturating_sub(AROUND);
    let (text, keys) = match said {
        Said::Moment(moment) => (
            moment.text(rows, &screen),
            "0 1 2 … choose · Enter the one marked ▸ · u undo · a again · [ ] another scene · q quit",
        ),
        Said::End(end) => {
            (end.text(Some(rows + 6), exercise, &screen), "u undo · a again · [ ] another scene · q quit")
        }
    };
    let mut out = String::from("\x1b[H");
    for line in format!("{}\n{text}\n", game.title(&screen)).lines() {
        out += &format!("{line}\x1b[K\n");
    }
    out += &format!("{}\x1b[K\n\x1b[J", screen.paint(Style::Faint, keys));
    let mut stdout = io::stdout().lock();
    stdout.write_all(out.as_bytes())?;
    stdout.flush()?;
    Ok(())
}

/// A line of standard input as a move.
fn parse(line: &str, keys: &[usize]) -> Result<Move> {
    let wrong = || {
        let mut numbers = keys.to_vec();
        numbers.sort_unstable();
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        usage(format!("`{line}`: one of {} is needed, or `undo`, `again`, `stop`", numbers.join(", ")))
    };
    match line.trim().parse() {
        _ if line.trim().is_empty() => Ok(Move::Choose(0)),
        Ok(Move::Choose(number)) => match keys.iter().position(|key| *key == number) {
            Some(way) => Ok(Move::Choose(way)),
            None => wrong(),
        },
        Err(()) => wrong(),
        Ok(other) => Ok(other),
    }
}
