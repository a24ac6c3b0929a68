//! The search: which alternative is taken at each choice, and which choices are tried next.
//!
//! Depth first over the tree of choices, with iterative deepening on cost (CHESS: Musuvathi and
//! Qadeer, PLDI 2007, widened from pre-emptions to every kind of bad luck). Two prefixes with the
//! same happens-before graph lead to the same state, so a prefix whose graph was seen before, at no
//! more cost, is run to its end but not branched again.

use super::Tid;
use super::asking::{Player, Question};
use super::random::Chance;
use ::std::collections::HashMap;

/// More alternatives than any choice has; a token that names more is broken.
const MOST_ALTERNATIVES: u16 = 10_000;

/// One choice that was made on the way.
#[derive(Clone, Debug)]
struct Node {
    /// How many of the alternatives may be tried (the affordable ones, cheapest first).
    width: u16,
    taken: u16,
    /// What each alternative costs, in unlucky moments. `None` when it comes from a replay token.
    costs: Option<Vec<u8>>,
}

/// The choices of the current execution, and what is known about the tree around them.
#[derive(Debug, Default)]
pub(crate) struct Search {
    path: Vec<Node>,
    position: usize,
    spent: u32,
    /// No schedule may cost more than this; `None` for no bound.
    bound: Option<u32>,
    /// Alternatives were left out because they cost too much.
    pruned: bool,
    /// The current prefix was seen before: run it to its end without branching.
    merged: bool,
    seen: HashMap<u64, u32>,
    /// The code did not offer the choices it offered before.
    diverged: bool,
    /// Follow the given choices and then the cheapest ones, without branching.
    replaying: bool,
    /// Choose by chance, without branching.
    chance: Option<Chance>,
    /// Ask somebody, without branching.
    player: Option<Player>,
}

impl Search {
    pub(crate) fn with_bound(bound: Option<u32>) -> Self {
        Search { bound, ..Search::default() }
    }

    pub(crate) fn replay(token: &str) -> Result<Self, String> {
        let path =
            decode(token)?.into_iter().map(|taken| Node { width: taken + 1, taken, costs: None }).collect();
        Ok(Search { path, replaying: true, ..Search::default() })
    }

    pub(crate) fn by(chance: Chance) -> Self {
        Search { chance: Some(chance), replaying: true, ..Search::default() }
    }

    pub(crate) fn played_by(player: Player) -> Self {
        Search { player: Some(player), replaying: true, ..Search::default() }
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
    pub(crate) fn choose_thread(
        &mut self,
        costs: &[u8],
        describe: impl FnOnce() -> (Vec<Tid>, Vec<bool>),
    ) -> usize {
        let Some(chance) = &mut self.chance else { return self.choose(costs) };
        let (threads, unlucky) = describe();
        let taken = chance.thread(&threads, &unlucky);
        self.take(taken, costs)
    }

    /// Notes a choice made by chance or by a player.
    fn take(&mut self, taken: usize, costs: &[u8]) -> usize {
        let index = u16::try_from(taken).expect("fewer than 65,536 alternatives");
        self.path.push(Node { width: index + 1, taken: index, costs: Some(costs.to_vec()) });
        self.position += 1;
        self.spent += u32::from(costs[taken]);
        taken
    }

    /// Takes one of several alternatives, the cheapest first.
    pub(crate) fn choose(&mut self, costs: &[u8]) -> usize {
        debug_assert!(costs.is_sorted(), "alternatives come cheapest first");
        if let Some(chance) = &mut self.chance {
            let taken = chance.value(costs);
            return self.take(taken, costs);
        }
        if let Some(node) = self.path.get_mut(self.position) {
            match &node.costs {
                None => node.costs = Some(costs.to_vec()),
                Some(known) if known != costs => self.diverged = true,
                Some(_) => {}
            }
            if usize::from(node.taken) >= costs.len() {
                self.diverged = true;
                node.taken = 0;
            }
            self.position += 1;
            let taken = usize::from(node.taken);
            self.spent += u32::from(costs[taken]);
            return taken;
        }
        let affordable = match self.bound {
            None => costs.len(),
            Some(bound) => costs.iter().take_while(|c| self.spent + u32::from(**c) <= bound).count().max(1),
        };
        let branching = !self.merged && !self.replaying;
        self.pruned |= branching && affordable < costs.len();
        let width = if branching { affordable } else { 1 };
        let width = u16::try_from(width).expect("fewer than 65,536 alternatives");
        self.path.push(Node { width, taken: 0, costs: Some(costs.to_vec()) });
        self.position += 1;
        // The cheapest alternative can cost something when nothing else is possible.
        self.spent += u32::from(costs[0]);
        0
    }

    /// Whether [`Search::note_state`] has anything to decide here.
    pub(crate) fn wants_state(&self) -> bool {
        !self.merged && !self.replaying && self.position >= self.path.len()
    }

    /// Tells which state the execution has come to; a state already explored is not branched again.
    pub(crate) fn note_state(&mut self, key: u64) {
        let spent = if self.bound.is_some() { self.spent } else { 0 };
        match self.seen.get_mut(&key) {
            Some(before) if *before <= spent => self.merged = true,
            Some(before) => *before = spent,
            None => {
                self.seen.insert(key, spent);
            }
        }
    }

    /// Moves on to the next path of the tree; `false` when there is none.
    pub(crate) fn advance(&mut self) -> bool {
        self.position = 0;
        self.spent = 0;
        self.merged = false;
        while let Some(last) = self.path.last_mut() {
            if last.taken + 1 < last.width {
                last.taken += 1;
                return true;
            }
            self.path.pop();
        }
        false
    }

    pub(crate) fn bound(&self) -> Option<u32> {
        self.bound
    }

    pub(crate) fn spent(&self) -> usize {
        self.spent as usize
    }

    pub(crate) fn pruned(&self) -> bool {
        self.pruned
    }

    pub(crate) fn diverged(&self) -> bool {
        self.diverged
    }

    /// The token that replays the choices made so far.
    pub(crate) fn token(&self) -> String {
        encode(self.path[..self.position.min(self.path.len())].iter().map(|n| n.taken))
    }
}

/// Writes choices compactly: nearly all are 0, so runs of them become a letter (`12a` is twelve
/// zeros) and every other choice stands between dots. Trailing zeros are left out.
fn encode(choices: impl Iterator<Item = u16>) -> String {
    use ::std::fmt::Write as _;
    let mut token = String::new();
    let mut zeros = 0;
    for choice in choices {
        if choice == 0 {
            zeros += 1;
            continue;
        }
        if zeros > 0 {
            let _ = write!(token, "{zeros}a");
            zeros = 0;
        }
        let _ = write!(token, "{choice}.");
    }
    if token.is_empty() { "0".into() } else { token }
}

fn decode(token: &str) -> Result<Vec<u16>, String> {
    let wrong = || format!("`{token}` is not a replay token: copy it whole from the failure it came from");
    if token == "0" {
        return Ok(Vec::new());
    }
    let mut choices = Vec::new();
    let mut digits = String::new();
    for c in token.chars() {
        match c {
            '0'..='9' => digits.push(c),
            'a' | '.' => {
                let n = digits.parse::<u16>().ok().filter(|n| *n < MOST_ALTERNATIVES).ok_or_else(wrong)?;
                digits.clear();
                if c == 'a' {
                    choices.extend(::std::iter::repeat_n(0, usize::from(n)));
                } else {
                    choices.push(n);
                }
            }
            _ => return Err(wrong()),
        }
    }
    if digits.is_empty() && !choices.is_empty() { Ok(choices) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_a_round_trip() {
        for choices in [vec![], vec![1], vec![0, 0, 2], vec![3, 0, 1, 0, 0, 0, 12]] {
            let token = encode(choices.iter().copied());
            assert_eq!(decode(&token).unwrap(), choices, "{token}");
        }
    }

    #[test]
    fn a_broken_token_is_an_error() {
        for token in ["", "x", "3", "a", "1.2", "99999a", "1..", "é"] {
            assert!(decode(token).is_err(), "{token}");
        }
    }

    /// Every path of a full binary tree of depth 3 is taken exactly once.
    #[test]
    fn the_search_covers_the_tree() {
        let mut search = Search::with_bound(None);
        let mut paths = Vec::new();
        loop {
            paths.push([0; 3].map(|_: usize| search.choose(&[0, 1])));
            if !search.advance() {
                break;
            }
        }
        assert_eq!(paths.len(), 8);
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), 8);
    }

    /// With a bound of 1, only the paths with at most one unlucky choice: 1 + 3.
    #[test]
    fn the_bound_limits_the_cost() {
        let mut search = Search::with_bound(Some(1));
        let mut n = 0;
        loop {
            let cost: usize = (0..3).map(|_| search.choose(&[0, 1])).sum();
            assert!(cost <= 1);
            n += 1;
            if !search.advance() {
                break;
            }
        }
        assert_eq!(n, 4);
        assert!(search.pruned());
    }
}
