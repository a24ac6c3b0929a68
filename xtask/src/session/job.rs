//! A judgement on a thread of its own, so that keys and saves are heard meanwhile.
use super::News;
use crate::checking::{self, at_work};
use crate::interrupt::Work;
use crate::judging::{Judged, Watcher};
use crate::keys::Bell;
use crate::lessons::{Exercise, Lesson};
use crate::workspace::Workspace;
use anyhow::Result;
use judge::protocol::{LayerName, Message};
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// A judgement that is going on.
pub struct Job {
    /// Tells it from those before it, whose last words may come late.
    pub number: usize,
    /// When it began.
    pub began: Instant,
    /// What it is at.
    pub doing: String,
    /// Whether the exercise had been green before.
    pub was_done: bool,
    work: Work,
    thread: JoinHandle<()>,
}

impl Job {
    /// Begins to judge the learner's file.
    pub fn start(
        number: usize,
        workspace: &'static Workspace,
        (lesson, exercise): (&'static Lesson, &'static Exercise),
        was_done: bool,
        tell: Sender<News>,
        bell: Bell,
    ) -> Result<Job> {
        let work = Work::default();
        let doing = checking::compiling(workspace, lesson, exercise);
        let mut listener = Listener { number, tell, bell, layers: Vec::new(), work: work.clone() };
        let body = move || {
            let work = listener.work.clone();
            let judged = work.during(|| checking::check(workspace, lesson, exercise, &mut listener));
            listener.say(News::Judged(number, Box::new(judged)));
        };
        let thread = thread::Builder::new().name("judgement".into()).spawn(body)?;
        Ok(Job { number, began: Instant::now(), doing, was_done, work, thread })
    }

    /// Ends it, and whatever it has started.
    pub fn call_off(&self) {
        self.work.call_off();
    }

    /// Whether its thread has ended; with nothing heard of it that is a fault of this program.
    pub fn is_over(&self) -> bool {
        self.thread.is_finished()
    }
}

/// What the judge says, passed on.
struct Listener {
    number: usize,
    tell: Sender<News>,
    bell: Bell,
    layers: Vec<LayerName>,
    work: Work,
}

impl Listener {
    fn say(&self, news: News) {
        // Nobody listens any more once the session is over.
        let _ = self.tell.send(news);
        self.bell.ring();
    }
}

impl Watcher for Listener {
    fn heard(&mut self, message: &Message) {
        if let Some(text) = at_work(&mut self.layers, message) {
            self.say(News::AtWork(self.number, text));
        }
    }

    fn gave_up(&self) -> bool {
        self.work.is_off()
    }
}

/// What came of it.
pub type Outcome = Result<Judged>;
