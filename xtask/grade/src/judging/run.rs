//! One run of a judge: what is heard of it while its box runs, and what its silence means.
use crate::bundle::Task;
use crate::sandbox::watch::{Companion, Ended, Stopped};
use anyhow::Result;
use judge::protocol::{Ending, LayerName, Message, Outcome as Heard, Read, Runner};
use std::time::Duration;

/// One run of one layer.
pub(super) struct Run {
    pub heard: Heard,
    pub ended: Ended,
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
        heard.judgement(&task.id, ending)
    }
}

/// Listens to the judge while its box runs.
pub(super) struct Listener {
    pub runner: Runner,
    pub announced: Option<(String, Vec<LayerName>)>,
    pub ended_well: bool,
    silent: bool,
}

impl Listener {
    pub fn new(runner: Runner) -> Listener {
        Listener { runner, announced: None, ended_well: false, silent: false }
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
    fn turn(&mut self) -> Result<bool> {
        if self.silent {
            return Ok(false);
        }
        match self.runner.read(Duration::from_millis(5))? {
            Read::Messages(messages) => self.hear(messages),
            Read::Nothing => {}
            Read::End => self.silent = true,
        }
        Ok(true)
    }
}
