//! What a picture of a story shows, before it is drawn: lanes, held locks, waits.

use crate::acts::Act;
use crate::story::Story;

/// A lock held by a thread.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) lane: usize,
    /// Index into [`Picture::locks`].
    pub(crate) lock: usize,
    /// The step that took it; `None` when that was before the story begins.
    pub(crate) from: Option<usize>,
    /// The step that gave it back; `None` when it is held to the end.
    pub(crate) to: Option<usize>,
    /// Bars of one time lie side by side.
    pub(crate) slot: usize,
}

/// A thread that waits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) lane: usize,
    pub(crate) what: String,
    pub(crate) from: usize,
    /// The thread's next step; `None` when it waits to the end.
    pub(crate) to: Option<usize>,
}

#[derive(Debug, Default)]
pub(crate) struct Picture {
    /// The threads that do something, as indices into [`Story::threads`].
    pub(crate) lanes: Vec<usize>,
    /// The names of the locks that are taken or given back.
    pub(crate) locks: Vec<String>,
    pub(crate) bars: Vec<Bar>,
    pub(crate) waits: Vec<Wait>,
}

impl Picture {
    pub(crate) fn new(story: &Story) -> Self {
        let mut picture = Picture {
            lanes: (0..story.threads.len()).filter(|t| story.steps.iter().any(|s| s.thread == *t)).collect(),
            ..Picture::default()
        };
        for (i, step) in story.steps.iter().enumerate() {
            let lane = picture.lane(step.thread);
            for wait in picture.waits.iter_mut().filter(|w| w.lane == lane && w.to.is_none()) {
                wait.to = Some(i);
            }
            match &step.act {
                Act::None => {}
                Act::Takes(lock) | Act::Shares(lock) => picture.take(lane, lock, Some(i)),
                Act::GivesBack(lock) => picture.give_back(lane, lock, i),
                Act::WaitsFor { what, gives_back } => {
                    if let Some(lock) = gives_back {
                        picture.give_back(lane, lock, i);
                    }
                    picture.waits.push(Wait { lane, what: what.clone(), from: i, to: None });
                }
            }
        }
        picture
    }

    pub(crate) fn lane(&self, thread: usize) -> usize {
        self.lanes.iter().position(|t| *t == thread).unwrap_or(0)
    }

    /// How many bars lie side by side in a lane at most.
    pub(crate) fn slots(&self, lane: usize) -> usize {
        self.bars.iter().filter(|b| b.lane == lane).map(|b| b.slot + 1).max().unwrap_or(0)
    }

    fn lock(&mut self, name: &str) -> usize {
        self.locks.iter().position(|known| known == name).unwrap_or_else(|| {
            self.locks.push(name.into());
            self.locks.len() - 1
        })
    }

    fn take(&mut self, lane: usize, lock: &str, from: Option<usize>) {
        let lock = self.lock(lock);
        let used =
            |slot: &usize| self.bars.iter().any(|b| b.lane == lane && b.to.is_none() && b.slot == *slot);
        let slot = (0..).find(|slot| !used(slot)).unwrap_or(0);
        self.bars.push(Bar { lane, lock, from, to: None, slot });
    }

    fn give_back(&mut self, lane: usize, name: &str, step: usize) {
        let lock = self.lock(name);
        let open = |b: &&mut Bar| b.lane == lane && b.lock == lock && b.to.is_none();
        if let Some(bar) = self.bars.iter_mut().rev().find(open) {
            bar.to = Some(step);
            return;
        }
        // Taken before the story begins: it was held all the time.
        let taken = |b: &Bar| b.lane == lane && b.from.is_none();
        let slot = self.bars.iter().filter(|b| taken(b)).count();
        let clash = self.bars.iter().any(|b| b.lane == lane && b.slot == slot);
        let slot = if clash { self.slots(lane) } else { slot };
        self.bars.push(Bar { lane, lock, from: None, to: Some(step), slot });
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Picture, Wait};
    use crate::acts::Act;
    use crate::story::{Step, Story};

    fn story(acts: &[(usize, Act)]) -> Story {
        Story {
            threads: vec!["main".into(), "idle".into(), "worker".into()],
            steps: acts
                .iter()
                .map(|(thread, act)| Step { thread: *thread, act: act.clone(), ..Step::default() })
                .collect(),
            ..Story::default()
        }
    }

    #[test]
    fn held_locks_lie_side_by_side_and_waits_end_with_the_next_step() {
        let takes = |lock: &str| Act::Takes(lock.into());
        let gives = |lock: &str| Act::GivesBack(lock.into());
        let waits = Act::WaitsFor { what: "news".into(), gives_back: Some("b".into()) };
        let picture = Picture::new(&story(&[
            (2, takes("a")),
            (2, takes("b")),
            (0, Act::None),
            (2, gives("a")),
            (2, takes("c")),
            (2, waits),
            (2, Act::None),
            (0, gives("early")),
        ]));
        assert_eq!(picture.lanes, [0, 2]);
        assert_eq!(picture.locks, ["a", "b", "c", "early"]);
        let bar = |lane, lock, from, to, slot| Bar { lane, lock, from, to, slot };
        assert_eq!(
            picture.bars,
            [
                bar(1, 0, Some(0), Some(3), 0),
                bar(1, 1, Some(1), Some(5), 1),
                bar(1, 2, Some(4), None, 0),
                bar(0, 3, None, Some(7), 0),
            ]
        );
        assert_eq!(picture.waits, [Wait { lane: 1, what: "news".into(), from: 5, to: Some(6) }]);
        assert_eq!((picture.slots(0), picture.slots(1)), (1, 2));
    }
}
