//! The search: which alternative is taken at each choice, and which choices are tried next.
//!
//! Runs come in order of cost (CHESS: Musuvathi and Qadeer, PLDI 2007, widened from pre-emptions to every kind of bad
//! luck), and none comes twice. Two prefixes with the same happens-before graph lead to the same state, which
//! is branched once. As runs come in order of cost, a state is first reached at its least cost; who could go
//! on for free there matters only among prefixes of that cost: for one unlucky moment more, anybody can.

use super::Tid;
use super::asking::{Player, Question};
use super::foresight::{Foresight, Prospect};
use super::frontier::{Frontier, Order, Script};
use super::hash::{Known, mix};
use super::random::Chance;
use super::token::{decode, encode};

/// The choices of the current execution, and what is known about the tree around them.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// What was chosen so far.
    path: Vec<u16>,
    script: Script,
    /// What the choices so far looked like.
    check: u32,
    spent: usize,
    left: Frontier,
    /// States by their happens-before graph: the least cost at which each was reached, and by whom.
    seen: Known,
    foresight: Foresight,
    /// The current prefix was seen before: run it to its end without branching.
    merged: bool,
    /// The code did not offer the choices it offered before.
    diverged: bool,
    /// Follow the script and then the cheapest choices, without branching.
    replaying: bool,
    /// Choose by chance, without branching.
    chance: Option<Chance>,
    /// Ask somebody, without branching.
    player: Option<Player>,
}

impl Search {
    /// Every schedule: the first run is the one without an unlucky moment, [`Search::advance`] moves on.
    pub(crate) fn exhaustive() -> Self {
        Search::default()
    }

    /// The schedule without an unlucky moment, and no other.
    pub(crate) fn plainest() -> Self {
        Search { replaying: true, ..Search::default() }
    }

    pub(crate) fn replay(token: &str) -> Result<Self, String> {
        Ok(Search { script: Script::of(decode(token)?), ..Search::plainest() })
    }

    pub(crate) fn by(chance: Chance) -> Self {
        Search { chance: Some(chance), ..Search::plainest() }
    }

    pub(crate) fn played_by(player: Player) -> Self {
        Search { player: Some(player), ..Search::plainest() }
    }

    pub(crate) fn is_played(&self) -> bool {
        self.player.is_some()
    }

    /// Whether the player has had enough.
    pub(crate) fn stopped(&self) -> bool {
        self.player.as_ref().is_some_and(Player::stopped)
    }

    /// Lets the player choose.
    pub(crate) fn ask(&mut self, costs: &[u8], question: Question) -> usize {
        let answer = self.player.as_mut().map_or(0, |player| player.ask(question));
        self.take(answer.min(costs.len() - 1), costs)
    }

    /// Takes one of several threads to run next. Only chance wants to know which threads they are, and which of them
    /// would run for no reason.
    pub(super) fn choose_thread(
        &mut self,
        costs: &[u8],
        prospects: &[Prospect],
        describe: impl FnOnce() -> (Vec<Tid>, Vec<bool>),
    ) -> usize {
        let Some(chance) = &mut self.chance else {
            return self.follow(costs, |way| prospects.get(way).copied().unwrap_or_default(), Order::Soon);
        };
        let (threads, unlucky) = describe();
        let taken = chance.thread(&threads, &unlucky);
        self.take(taken, costs)
    }

    /// Notes a choice that was made.
    fn take(&mut self, taken: usize, costs: &[u8]) -> usize {
        self.path.push(u16::try_from(taken).expect("fewer than 65,536 alternatives"));
        self.spent += usize::from(costs[taken]);
        taken
    }

    /// Takes one of several things that can happen at a step, the cheapest first. What takes bad luck, an old value or
    /// an exchange that fails for no reason, is tried when no other schedule of that cost is left: who runs when is the
    /// plainer story.
    pub(super) fn choose(&mut self, costs: &[u8], prospect: impl Fn(usize) -> Prospect) -> usize {
        if let Some(chance) = &mut self.chance {
            let taken = chance.value(costs);
            return self.take(taken, costs);
        }
        self.follow(costs, prospect, Order::Late)
    }

    /// Takes what the script says, or else the cheapest alternative, and notes the others; `unlucky` is when those that
    /// cost something are to come up.
    fn follow(&mut self, costs: &[u8], prospect: impl Fn(usize) -> Prospect, unlucky: Order) -> usize {
        debug_assert!(costs.is_sorted(), "alternatives come cheapest first");
        debug_assert_eq!(costs[0], 0, "there is a way to go on that takes no luck");
        let position = self.path.len();
        self.check = look(self.check, costs);
        if self.script.knows(position) {
            let (taken, check) = self.script.choice(position);
            self.diverged |= taken >= costs.len() || check.is_some_and(|known| known != self.check);
            return self.take(if taken < costs.len() { taken } else { 0 }, costs);
        }
        if !self.merged && !self.replaying {
            for (choice, more) in costs.iter().enumerate().skip(1).rev() {
                let order = if *more == 0 { Order::Soon } else { unlucky };
                let cost = self.spent + usize::from(*more);
                self.left.note(&self.script, (position, choice), cost, self.check, prospect(choice), order);
            }
        }
        self.take(0, costs)
    }

    /// Whether [`Search::note_state`] has anything to decide here.
    pub(crate) fn wants_state(&self) -> bool {
        !self.merged && !self.replaying && !self.script.knows(self.path.len())
    }

    /// Tells which state the execution has come to, and who can go on for free there, if anybody; a state already
    /// branched is not branched again.
    pub(crate) fn note_state(&mut self, key: u64, runner: Option<Tid>) {
        self.merged = !self.seen.is_news(key, runner.map_or(0, number), self.spent);
    }

    /// Moves on to the next schedule that costs no more than this; `false` when there is none.
    pub(crate) fn advance(&mut self, most: usize) -> bool {
        let script = loop {
            let Some(cost) = self.left.cheapest().filter(|cost| *cost <= most) else { return false };
            let is_known = |prospect: &Prospect| {
                self.foresight.of(prospect).is_some_and(|(state, runner)| {
                    self.seen.would_be_no_news(state, runner.map(number), cost)
                })
            };
            if let Some(script) = self.left.next(cost, is_known) {
                break script;
            }
        };
        self.script = script;
        self.path.clear();
        self.check = 0;
        self.spent = 0;
        self.merged = false;
        true
    }

    /// Whether every schedule has been tried.
    pub(crate) fn exhausted(&self) -> bool {
        self.left.cheapest().is_none() && self.keeps_all_within(usize::MAX)
    }

    /// Whether no schedule that costs no more than this had to be left out.
    pub(crate) fn keeps_all_within(&self, cost: usize) -> bool {
        !self.left.dropped_within(cost)
    }

    pub(super) fn foresight(&mut self) -> &mut Foresight {
        &mut self.foresight
    }

    pub(crate) fn spent(&self) -> usize {
        self.spent
    }

    pub(crate) fn diverged(&self) -> bool {
        self.diverged || (!self.replaying && !self.script.is_done())
    }

    /// The token that replays the choices made so far.
    pub(crate) fn token(&self) -> String {
        encode(self.path.iter().copied())
    }
}

/// A thread as a number that is not 0.
fn number(thread: Tid) -> u64 {
    thread as u64 + 1
}

/// What a choice looks like, after those before it.
fn look(before: u32, costs: &[u8]) -> u32 {
    let all = costs.iter().fold(u64::from(before), |look, cost| mix(look, u64::from(*cost)));
    mix(all, costs.len() as u64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A choice of who runs next.
    fn pick(search: &mut Search, costs: &[u8]) -> usize {
        search.choose_thread(costs, &[], || unreachable!("nothing is left to chance"))
    }

    /// The costs of three binary choices, of every run, in order.
    fn runs(most: usize) -> (Vec<[usize; 3]>, Search) {
        let mut search = Search::exhaustive();
        let mut paths = Vec::new();
        loop {
            paths.push([0; 3].map(|_: usize| pick(&mut search, &[0, 1])));
            if !search.advance(most) {
                return (paths, search);
            }
        }
    }

    /// Every path of a full binary tree of depth 3 is taken exactly once, the cheap ones first.
    #[test]
    fn the_search_covers_the_tree() {
        let (mut paths, search) = runs(usize::MAX);
        let costs: Vec<usize> = paths.iter().map(|path| path.iter().sum()).collect();
        assert_eq!(costs, [0, 1, 1, 1, 2, 2, 2, 3]);
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), 8);
        assert!(search.exhausted());
    }

    /// With a bound of 1, only the paths with at most one unlucky choice: 1 + 3. The rest is left for later.
    #[test]
    fn the_bound_limits_the_cost() {
        let (paths, search) = runs(1);
        assert!(paths.iter().all(|path| path.iter().sum::<usize>() <= 1));
        assert_eq!(paths.len(), 4);
        assert_eq!(search.left.cheapest(), Some(2));
        assert!(!search.exhausted());
    }

    #[test]
    fn a_choice_may_be_as_wide_as_it_likes() {
        let mut search = Search::exhaustive();
        pick(&mut search, &[0; 500]);
        assert!(search.advance(0));
        assert_eq!(pick(&mut search, &[0; 500]), 1);
        assert!(!search.diverged());
    }

    #[test]
    fn other_choices_than_before_are_noticed() {
        let mut search = Search::exhaustive();
        for _ in 0..3 {
            pick(&mut search, &[0, 1]);
        }
        assert!(search.advance(1));
        pick(&mut search, &[0, 1]);
        search.choose(&[0, 0], |_| Prospect::default());
        pick(&mut search, &[0, 1]);
        assert!(search.diverged());
    }

    /// Of schedules that cost the same, one in which only the order is unlucky comes before one with an old value.
    #[test]
    fn who_runs_when_is_tried_before_what_is_read() {
        let mut search = Search::exhaustive();
        let mut paths = Vec::new();
        loop {
            let order = pick(&mut search, &[0, 1]);
            let value = search.choose(&[0, 1], |_| Prospect::default());
            paths.push((order, value, pick(&mut search, &[0, 1])));
            if !search.advance(1) {
                break;
            }
        }
        assert_eq!(paths, [(0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0)]);
    }
}
