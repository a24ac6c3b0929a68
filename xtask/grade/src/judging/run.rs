//! One run of a judge: what is heard of it while its box runs, and what its silence means.
use crate::bundle::Task;
use crate::sandbox::watch::{Companion, Ended, Stopped, Turn};
use anyhow::Result;
use judge::Observer;
use judge::protocol::{Ending, LayerName, Message, Outcome as Heard, Read, Runner};
use std::time::Duration;

/// One run of one layer.
pub(super) struct Run {
    pub heard: Heard,
    pub ended: Ended,
    /// What saw it from outside.
    pub observer: Option<Observer>,
    /// The judge's own list of layers, as it announced it.
    pub announced: Option<(String, Vec<LayerName>)>,
    /// Whether it said that the layer ended well.
    pub ended_well: bool,
}

impl Run {
    /// What the judge's silence means.
    pub fn heard_judgement(&self, task: &Task) -> judge::Judgement {
        let ending = match (&self.ended.stopped, self.ended.signal()) {
            (Some(Stopped::Processor | Stopped::Clock | Stopped::Standstill(_)), _) => {
                Ending::Limit(task.limit_s)
            }
            (Some(_), _) => Ending::Signal(libc::SIGKILL),
            (None, Some(signal)) => Ending::Signal(signal),
            (None, None) => Ending::Exited(self.ended.code),
        };
        let heard = match &self.heard {
            Heard::Silent { running, layers } => {
                Heard::Silent { running: running.clone(), layers: layers.clone() }
            }
            _ => Heard::Silent { running: None, layers: Vec::new() },
        };
        let mut judgement = heard.judgement(&task.id, ending);
        if let (Some(observer), Some(Stopped::Standstill(_))) = (&self.observer, &self.ended.stopped) {
            observer.explain(&mut judgement, true);
        }
        judgement
    }

    /// Whether it was killed, and not because it used too much.
    pub fn was_killed(&self) -> bool {
        self.ended.stopped.is_none() && self.ended.signal() == Some(libc::SIGKILL)
    }
}

/// Listens to the judge while its box runs.
pub(super) struct Listener {
    pub runner: Runner,
    pub observer: Option<Observer>,
    /// Whether the judge lives in a box with processes of its own.
    boxed: bool,
    pub announced: Option<(String, Vec<LayerName>)>,
    pub ended_well: bool,
    silent: bool,
}

impl Listener {
    pub fn new(runner: Runner, boxed: bool) -> Listener {
        Listener { runner, observer: None, boxed, announced: None, ended_well: false, silent: false }
    }

    pub fn hear(&mut self, messages: Vec<Message>) {
        for message in messages {
            match message {
                Message::Begin { exercise, layers } => self.announced = Some((exercise, layers)),
                Message::LayerEnd { .. } => self.ended_well = true,
                Message::LayerBegin { .. } | Message::Done(_) => {}
            }
        }
    }
}

impl Companion for Listener {
    fn turn(&mut self, program: Option<u32>) -> Result<Turn> {
        if let (None, Some(program)) = (&self.observer, program) {
            self.observer =
                Some(if self.boxed { Observer::of_boxed(program) } else { Observer::of(program) });
        }
        if self.observer.as_mut().is_some_and(|observer| observer.look(&self.runner)) {
            return Ok(Turn::Standstill);
        }
        if self.silent {
            return Ok(Turn::Idle);
        }
        match self.runner.read(Duration::from_millis(5))? {
            Read::Messages(messages) => self.hear(messages),
            Read::Nothing => {}
            Read::End => self.silent = true,
        }
        Ok(Turn::Waited)
    }

    fn last_look(&mut self) {
        if let Some(observer) = &mut self.observer {
            observer.look_at_last(&self.runner);
        }
    }
}
