//! What is left to try: a place in the tree of choices and the way to take there, in order of cost.
//!
//! A run follows its script and takes the cheapest way from there on, which costs nothing. Every other way it comes by
//! is noted here, with what a run to it will cost, so that no schedule is ever run twice: deepening goes on from where
//! it stopped, as in Dijkstra's algorithm.

use super::foresight::Prospect;
use ::std::collections::VecDeque;

/// No run.
const NONE: u32 = u32::MAX;
/// More ways than this are not kept: the most expensive are dropped, and with them the claim to have tried those.
const MOST: usize = 2_000_000;

/// When a way comes up among those of its cost.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    /// Next.
    Soon,
    /// After all others.
    Late,
}

/// One way that was not taken: all choices of `parent` before `position`, this one there, then the cheapest.
#[derive(Clone, Copy, Debug)]
struct Way {
    parent: u32,
    position: u32,
    choice: u16,
    /// What the choices up to and including this one looked like.
    check: u32,
    prospect: Prospect,
}

/// The choices that a run begins with.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// The choices that are not the cheapest, with their positions, in order.
    taken: Vec<(u32, u16)>,
    /// How many of them have been made.
    made: usize,
    /// The run that this is, for others to begin like it.
    run: Option<u32>,
    check: Option<u32>,
}

impl Script {
    /// These choices, with no idea what they will look like.
    pub(super) fn of(choices: impl IntoIterator<Item = u16>) -> Self {
        let taken = (0..).zip(choices).filter(|(_, choice)| *choice > 0).collect();
        Script { taken, ..Script::default() }
    }

    /// Whether the choice at `position` was told, and is no new one.
    pub(super) fn knows(&self, position: usize) -> bool {
        self.taken.last().is_some_and(|(last, _)| position <= *last as usize)
    }

    /// Whether all of it was made.
    pub(super) fn is_done(&self) -> bool {
        self.made == self.taken.len()
    }

    /// The choice to make at `position`, and what it and those before should look like, if that is known.
    pub(super) fn choice(&mut self, position: usize) -> (usize, Option<u32>) {
        match self.taken.get(self.made) {
            Some((at, choice)) if *at as usize == position => {
                self.made += 1;
                let last = self.made == self.taken.len();
                (usize::from(*choice), self.check.filter(|_| last))
            }
            _ => (0, None),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Frontier {
    /// The runs so far, each by the way it took from another.
    runs: Vec<Way>,
    /// What is left, by cost.
    left: Vec<VecDeque<Way>>,
    kept: usize,
    /// The least cost of what was dropped.
    dropped: Option<usize>,
}

impl Frontier {
    /// Notes a way that `script`'s run did not take, and its cost from the root.
    pub(super) fn note(
        &mut self,
        script: &Script,
        (position, choice): (usize, usize),
        cost: usize,
        check: u32,
        prospect: Prospect,
        order: Order,
    ) {
        if self.kept >= MOST {
            let dearest =
                self.left.iter().rposition(|ways| !ways.is_empty()).filter(|dearest| *dearest > cost);
            let drops = dearest.unwrap_or(cost);
            self.dropped = Some(self.dropped.map_or(drops, |before| before.min(drops)));
            match dearest {
                None => return,
                Some(dearest) => self.left[dearest].pop_front(),
            };
            self.kept -= 1;
        }
        self.kept += 1;
        let way = Way {
            parent: script.run.unwrap_or(NONE),
            position: u32::try_from(position).expect("fewer than 4 billion choices"),
            choice: u16::try_from(choice).expect("fewer than 65,536 alternatives"),
            check,
            prospect,
        };
        if self.left.len() <= cost {
            self.left.resize_with(cost + 1, VecDeque::new);
        }
        match order {
            Order::Soon => self.left[cost].push_back(way),
            Order::Late => self.left[cost].push_front(way),
        }
    }

    /// The cost of the cheapest that is left.
    pub(super) fn cheapest(&self) -> Option<usize> {
        self.left.iter().position(|ways| !ways.is_empty())
    }

    /// Whether something that costs no more than this was dropped.
    pub(super) fn dropped_within(&self, cost: usize) -> bool {
        self.dropped.is_some_and(|least| least <= cost)
    }

    /// The next run of this cost: the last way noted, so that a run's neighbours come first, those that are to come late
    /// after all others. Ways that lead to nothing
    /// new are left out.
    pub(super) fn next(&mut self, cost: usize, is_known: impl Fn(&Prospect) -> bool) -> Option<Script> {
        let way = loop {
            let way = self.left.get_mut(cost)?.pop_back()?;
            self.kept -= 1;
            if !is_known(&way.prospect) {
                break way;
            }
        };
        let run = u32::try_from(self.runs.len()).expect("fewer than 4 billion runs");
        self.runs.push(way);
        let mut taken = Vec::new();
        let mut at = run;
        while let Some(way) = self.runs.get(at as usize) {
            taken.push((way.position, way.choice));
            at = way.parent;
        }
        taken.reverse();
        Some(Script { taken, made: 0, run: Some(run), check: Some(way.check) })
    }
}
