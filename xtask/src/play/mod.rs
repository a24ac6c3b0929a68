//! `play`: be the scheduler of one's own code. The judge's program runs it and asks at every choice.
mod page;

use crate::compile::{Answer, Compiled, Timing, compile};
use crate::diagnostics::plain;
use crate::files;
use crate::interrupt::Group;
use crate::process::start;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use interleave::Story;
use judge::play::{Move, PLAY_VARIABLE, REPLAY_VARIABLE};
use judge::story_from_json;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

/// A game that is going on.
pub struct Game {
    /// What can be played: each model of the judge, in a few words.
    pub scenes: Vec<Scene>,
    /// Which of them is played, from 0.
    pub scene: usize,
    read: BufReader<UnixStream>,
    write: UnixStream,
    /// Ends the program when the game is dropped.
    _group: Group,
}

/// A model of the judge.
pub struct Scene {
    /// Its layer: `schedules-2`.
    pub layer: String,
    /// What it is about.
    pub what: String,
}

/// What the game says.
pub enum Said {
    /// There is a choice.
    Moment(Moment),
    /// It is over.
    End(End),
}

/// A moment at which there is a choice.
pub struct Moment {
    /// How many choices came before, and how many of them were unlucky moments.
    pub choices: u64,
    /// What they cost.
    pub cost: u64,
    /// How each thread stands.
    pub threads: Vec<Standing>,
    /// What can happen next.
    pub ways: Vec<Way>,
    /// The number by which each of them is chosen: that of its thread, so that a thread keeps it.
    pub keys: Vec<usize>,
    /// What has happened.
    pub story: Story,
}

/// How a thread stands.
pub struct Standing {
    pub name: String,
    pub next: String,
    pub place: String,
    pub ready: bool,
    pub ended: bool,
}

/// A way to go on.
pub struct Way {
    pub thread: usize,
    pub text: String,
    pub place: String,
    pub code: String,
    pub unlucky: bool,
}

/// How a game ended.
pub struct End {
    /// `fine`, `broken`, `stopped`, or `refused` when a replay token is none.
    pub how: String,
    pub verdict: String,
    pub sentence: String,
    pub details: Vec<String>,
    pub choices: u64,
    pub cost: u64,
    pub replay: String,
    pub story: Story,
}

impl Game {
    /// Compiles an answer and begins a game with it; `scene` counts from 0. With a replay token it begins at the end of
    /// that schedule.
    pub fn begin(workspace: &Workspace, answer: &Answer, scene: usize, replay: Option<&str>) -> Result<Game> {
        let binary = {
            let _alone = files::lock(&answer.folder(workspace).join("lock"))?;
            match compile(workspace, answer, &mut Timing::default())? {
                Compiled::Ready(binary) => binary,
                Compiled::AnswerRefused(errors) | Compiled::JudgeRefused(errors) => {
                    bail!(
                        "it does not compile yet, so there is nothing to play:\n{}",
                        plain(&errors[0].rendered)
                    )
                }
            }
        };
        let (ours, theirs) = UnixStream::pair().context("no line to the game")?;
        let mut command = Command::new(&binary);
        command
            .current_dir(&workspace.root)
            .env(PLAY_VARIABLE, (scene + 1).to_string())
            .env("JUDGE_ANSWER", workspace.below_root(answer.source))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            // What the answer prints would tear the picture.
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(token) = replay {
            command.env(REPLAY_VARIABLE, token);
        }
        let group = start(&mut command)?;
        let write = ours.try_clone()?;
        let read = BufReader::new(ours);
        let mut game = Game { scenes: Vec::new(), scene, read, write, _group: group };
        // The program holds the other end; ours shall see its end.
        drop(command);
        let begin = game.line()?;
        for scene in begin["scenes"].as_array().map_or(&[][..], Vec::as_slice) {
            game.scenes.push(Scene { layer: text(scene, "layer"), what: text(scene, "what") });
        }
        if game.scenes.is_empty() {
            bail!("the judge of {} explores nothing, so there is nothing to play", answer.exercise.id);
        }
        if scene >= game.scenes.len() {
            bail!("{} has scenes 1 to {}", answer.exercise.id, game.scenes.len());
        }
        Ok(game)
    }

    /// What the game says next.
    pub fn hear(&mut self) -> Result<Said> {
        let value = self.line()?;
        let story = story_from_json(&value["story"]).context("the game told an odd story")?;
        let number = |key: &str| value[key].as_u64().unwrap_or(0);
        if value["type"] == "moment" {
            let list = |key: &str| value[key].as_array().map_or(&[][..], Vec::as_slice).to_vec();
            let threads: Vec<Standing> = list("threads").iter().map(Standing::read).collect();
            let ways: Vec<Way> = list("ways").iter().map(Way::read).collect();
            return Ok(Said::Moment(Moment {
                choices: number("choices"),
                cost: number("cost"),
                keys: keys(&ways, threads.len()),
                threads,
                ways,
                story,
            }));
        }
        let details = value["details"].as_array().map_or(&[][..], Vec::as_slice);
        let details: Vec<String> =
            details.iter().filter_map(|detail| Some(detail.as_str()?.to_owned())).collect();
        Ok(Said::End(End {
            how: text(&value, "how"),
            verdict: text(&value, "verdict"),
            sentence: text(&value, "sentence"),
            details,
            choices: number("choices"),
            cost: number("cost"),
            replay: text(&value, "replay"),
            story,
        }))
    }

    /// Makes a move.
    pub fn make(&mut self, step: Move) -> Result<()> {
        self.write.write_all(format!("{step}\n").as_bytes()).context("the game is over")
    }

    fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        if self.read.read_line(&mut line).context("the game fell silent")? == 0 {
            bail!(
                "your program ended itself in the middle of the game: look for a call that ends the process"
            );
        }
        serde_json::from_str(&line).context("the game said something odd")
    }
}

/// The numbers by which ways are chosen: that of the thread, 0 for main; a thread's further ways get those after all
/// threads.
fn keys(ways: &[Way], threads: usize) -> Vec<usize> {
    let mut more = threads..;
    let key = |(index, way): (usize, &Way)| match ways[..index].iter().any(|other| other.thread == way.thread)
    {
        false => way.thread,
        true => more.next().unwrap_or(index),
    };
    ways.iter().enumerate().map(key).collect()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

impl Standing {
    fn read(value: &Value) -> Standing {
        Standing {
            name: text(value, "name"),
            next: text(value, "next"),
            place: text(value, "place"),
            ready: value["ready"] == true,
            ended: value["ended"] == true,
        }
    }
}

impl Way {
    fn read(value: &Value) -> Way {
        Way {
            thread: value["thread"].as_u64().unwrap_or(0) as usize,
            text: text(value, "text"),
            place: text(value, "place"),
            code: text(value, "code"),
            unlucky: value["unlucky"] == true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_its_number_whoever_is_asked_first() {
        let way = |thread| Way {
            thread,
            text: String::new(),
            place: String::new(),
            code: String::new(),
            unlucky: false,
        };
        assert_eq!(keys(&[way(1), way(2)], 3), [1, 2]);
        assert_eq!(keys(&[way(2), way(1), way(0)], 3), [2, 1, 0]);
        assert_eq!(keys(&[way(2), way(2), way(1), way(1)], 3), [2, 3, 1, 4]);
    }
}
