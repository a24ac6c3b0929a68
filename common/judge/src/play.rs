//! A game with an answer: somebody at the other end of standard input is the scheduler.
//!
//! [`PLAY_VARIABLE`] makes a judge play instead of judging. It says which models there are and which one is played,
//! then each [`Moment`](interleave::play::Moment) at which there is a choice, and how the game ended; it is told a
//! [`Move`] a line. Nothing here is a verdict, so nothing is signed: whoever cheats, cheats only himself.
use crate::exercise::Exercise;
use crate::explain::{self, Asks, Sources};
use crate::record;
use crate::story_json::story_to_json;
use interleave::play::{Ending, Game, Moment};
use interleave::{Checker, Story};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

/// The environment variable that asks for a game; its value is the number of the model, from 1, or 0 for the first.
pub const PLAY_VARIABLE: &str = "JUDGE_PLAY";

/// The environment variable with a replay token: the game begins at the end of the schedule that it names.
pub const REPLAY_VARIABLE: &str = "JUDGE_REPLAY";

/// A model of the judge: its layer, what it is about, and how to run it.
pub(crate) struct Scene {
    pub layer: String,
    pub what: String,
    pub asks: Asks,
    pub checker: Checker,
    pub body: Arc<dyn Fn() + Send + Sync>,
}

/// What the player does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Goes the way with this number, from 0.
    Choose(usize),
    /// Takes the last choice back.
    Undo,
    /// Begins again.
    Again,
    /// Ends the game as it stands.
    Stop,
}

impl FromStr for Move {
    type Err = ();

    fn from_str(text: &str) -> Result<Move, ()> {
        match text.trim() {
            "undo" => Ok(Move::Undo),
            "again" => Ok(Move::Again),
            "stop" => Ok(Move::Stop),
            number => number.parse().map(Move::Choose).map_err(|_| ()),
        }
    }
}

impl std::fmt::Display for Move {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Move::Choose(way) => write!(f, "{way}"),
            Move::Undo => f.write_str("undo"),
            Move::Again => f.write_str("again"),
            Move::Stop => f.write_str("stop"),
        }
    }
}

/// The player's end of the line.
struct Line {
    read: BufReader<UnixStream>,
    write: UnixStream,
}

impl Line {
    fn open() -> io::Result<Line> {
        let write = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
        Ok(Line { read: BufReader::new(write.try_clone()?), write })
    }

    /// Says something. Nobody to hear it is no trouble: then nothing more will be asked either.
    fn say(&mut self, value: &Value) {
        let _ = self.write.write_all(format!("{value}\n").as_bytes());
    }

    /// The next move; the end when there is none.
    fn hear(&mut self) -> Move {
        let mut text = String::new();
        match self.read.read_line(&mut text) {
            Ok(1..) => text.parse().unwrap_or(Move::Stop),
            _ => Move::Stop,
        }
    }
}

/// Plays, if the environment asks for it.
pub(crate) fn asked(exercise: &Exercise) -> Option<ExitCode> {
    let wanted = std::env::var(PLAY_VARIABLE).ok()?;
    let scenes = exercise.scenes();
    let number = wanted.parse::<usize>().unwrap_or(0).max(1);
    let (mut line, sources) = match (Line::open(), exercise.sources()) {
        (Ok(line), Ok(sources)) => (line, sources),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("judge of {}: cannot play: {error}", exercise.name());
            return Some(ExitCode::from(3));
        }
    };
    let all: Vec<Value> =
        scenes.iter().map(|scene| json!({ "layer": scene.layer, "what": scene.what })).collect();
    line.say(&json!({ "type": "begin", "scenes": all, "scene": number }));
    let Some(scene) = scenes.get(number - 1) else { return Some(ExitCode::FAILURE) };
    // As much stack as a main thread has, and a thread whose number is the layer's own.
    let game = std::thread::Builder::new().name("main".into()).stack_size(8 << 20);
    std::thread::scope(|scope| {
        let play = || record::during(true, &sources.answer, || play(scene, &sources, &mut line));
        game.spawn_scoped(scope, play).is_ok_and(|thread| thread.join().is_ok())
    })
    .then_some(ExitCode::SUCCESS)
    .or(Some(ExitCode::from(3)))
}

/// The model, once.
fn schedule(scene: &Scene) -> impl Fn() + Send + Sync + 'static {
    record::schedule(Arc::clone(&scene.body), || ())
}

/// Runs the one schedule that a token names, and says how it ends.
fn replay(scene: &Scene, sources: &Sources, token: &str) -> Value {
    let checker = scene.checker.clone().replay(token);
    let run = || checker.check(schedule(scene));
    let (how, verdict, sentence, details, story) = match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(_)) => {
            let sentence = "This schedule goes well, as the code is now.".to_owned();
            ("fine", None, sentence, vec![], Story::default())
        }
        Ok(Err(failure)) => {
            let finding = explain::failed_schedule(sources, &failure, scene.asks);
            let judged = finding.details.first().unwrap_or(&finding.sentence);
            let story = explain::in_a_game(sources, failure.story(), judged);
            ("broken", Some(finding.verdict), finding.sentence, finding.details, story)
        }
        // A token that is none: the explorer says so.
        Err(payload) => ("refused", None, record::message_of(&*payload), vec![], Story::default()),
    };
    json!({
        "type": "end", "how": how, "verdict": verdict.map(|verdict| verdict.as_str()), "sentence": sentence,
        "details": details, "choices": 0, "cost": story.cost, "replay": story.replay,
        "story": story_to_json(&story),
    })
}

/// Games, until the player has enough.
fn play(scene: &Scene, sources: &Sources, line: &mut Line) {
    if let Ok(token) = std::env::var(REPLAY_VARIABLE) {
        line.say(&replay(scene, sources, &token));
        if !matches!(line.hear(), Move::Undo | Move::Again) {
            return;
        }
    }
    // The choices that are made again without asking.
    let mut known: Vec<usize> = Vec::new();
    loop {
        let mut made: Vec<usize> = Vec::new();
        let mut last = None;
        let game = scene.checker.play(schedule(scene), |moment| {
            let ways = moment.ways.len();
            if let Some(way) = known.get(made.len()).filter(|way| **way < ways) {
                made.push(*way);
                return Some(*way);
            }
            line.say(&moment_to_json(moment, sources));
            match line.hear() {
                Move::Choose(way) if way < ways => {
                    made.push(way);
                    Some(way)
                }
                other => {
                    last = Some(other);
                    None
                }
            }
        });
        let next = match last {
            Some(Move::Undo | Move::Again) => last,
            _ => {
                line.say(&ending_to_json(&game, sources, scene.asks));
                Some(line.hear())
            }
        };
        match next {
            Some(Move::Undo) => {
                made.pop();
                known = made;
            }
            Some(Move::Again) => known.clear(),
            _ => return,
        }
    }
}

fn moment_to_json<'m>(moment: &'m Moment, sources: &Sources) -> Value {
    // As the timeline tells places: by the line alone in the answer, not at all in the judge.
    let shown = |place: &'m Option<interleave::Place>| {
        place.as_ref().filter(|place| sources.concerns_the_answer(&place.file))
    };
    let place = |place: &'m Option<interleave::Place>| {
        let is_answers = |place: &interleave::Place| sources.in_answer(&place.file, place.line).is_some();
        shown(place)
            .map(|place| if is_answers(place) { format!(":{}", place.line) } else { place.to_string() })
    };
    let threads = moment.threads.iter().map(|thread| {
        json!({
            "name": thread.name, "next": thread.next, "place": place(&thread.place),
            "ready": thread.ready, "ended": thread.ended,
        })
    });
    let ways = moment.ways.iter().map(|way| {
        json!({
            "thread": way.thread, "text": way.text, "place": place(&way.place), "unlucky": way.unlucky,
            "code": shown(&way.place).map(|place| place.code.as_str()),
        })
    });
    json!({
        "type": "moment", "choices": moment.choices, "cost": moment.cost,
        "threads": threads.collect::<Vec<_>>(), "ways": ways.collect::<Vec<_>>(),
        "story": story_to_json(&explain::in_a_game(sources, moment.story.clone(), "")),
    })
}

fn ending_to_json(game: &Game, sources: &Sources, asks: Asks) -> Value {
    let (how, verdict, sentence, details) = match &game.ending {
        Ending::Fine => {
            ("fine", None, "Every thread came to its end, and nothing went wrong.".to_owned(), vec![])
        }
        Ending::Stopped => ("stopped", None, "The game was stopped.".to_owned(), vec![]),
        Ending::Broken(failure) => {
            let finding = explain::failed_schedule(sources, failure, asks);
            ("broken", Some(finding.verdict), finding.sentence, finding.details)
        }
    };
    let judged = verdict.map_or("", |_| details.first().unwrap_or(&sentence));
    let story = explain::in_a_game(sources, game.story.clone(), judged);
    json!({
        "type": "end", "how": how, "verdict": verdict.map(|verdict| verdict.as_str()), "sentence": sentence,
        "details": details, "choices": game.choices, "cost": game.cost, "replay": game.replay,
        "story": story_to_json(&story),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_read_as_they_are_written() {
        for way in [Move::Choose(0), Move::Choose(12), Move::Undo, Move::Again, Move::Stop] {
            assert_eq!(way.to_string().parse(), Ok(way));
        }
        assert!("left".parse::<Move>().is_err());
    }
}
