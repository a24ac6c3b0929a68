//! Choosing by chance: uniformly, or by the priorities of probabilistic concurrency testing (PCT: Burckhardt,
//! Kothari, Musuvathi, Nagarakatte, ASPLOS 2010). Seeded, so that every run can be had again.

use super::Tid;

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, and good enough to choose by.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// A number below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize {
        // The bias is below 2^-50 for any number of alternatives that occurs.
        usize::try_from(self.next() % n as u64).unwrap_or(0)
    }
}

/// How often an alternative that is bad luck is taken where there is one: once in this many times.
const LUCK: usize = 12;

/// Chooses by chance.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    random: Random,
    /// With priorities, or uniformly.
    priorities: Option<Priorities>,
}

#[derive(Clone, Debug, Default)]
struct Priorities {
    of_thread: Vec<u64>,
    /// The decisions, counted from the start, at which the thread that would run falls behind all others.
    changes: Vec<usize>,
    decisions: usize,
    /// The priorities handed out at changes: each lower than the one before.
    lowest: u64,
}

impl Chance {
    pub(crate) fn uniform(seed: u64) -> Self {
        Chance { random: Random::new(seed), priorities: None }
    }

    /// Priorities with `depth - 1` changes within the first `length` decisions: finds a bug of that depth with a
    /// probability of at least 1 / (threads * length^(depth - 1)) in one run.
    pub(crate) fn by_priority(seed: u64, depth: usize, length: usize) -> Self {
        let mut random = Random::new(seed);
        let changes = (1..depth).map(|_| random.below(length.max(1))).collect();
        // Priorities of threads are drawn from the upper half, so that every change falls below them.
        let priorities = Priorities { changes, lowest: u64::MAX / 2, ..Priorities::default() };
        Chance { random, priorities: Some(priorities) }
    }

    /// One of several values or waiters, of which those that cost something are bad luck.
    pub(super) fn value(&mut self, costs: &[u8]) -> usize {
        let free = costs.iter().take_while(|c| **c == costs[0]).count();
        if free < costs.len() && self.random.below(LUCK) == 0 {
            return free + self.random.below(costs.len() - free);
        }
        self.random.below(free)
    }

    /// One of several threads to run next; `unlucky` tells which would do so for no reason.
    pub(super) fn thread(&mut self, threads: &[Tid], unlucky: &[bool]) -> usize {
        let (lucky, others): (Vec<usize>, Vec<usize>) = (0..threads.len()).partition(|i| !unlucky[*i]);
        if !others.is_empty() && (lucky.is_empty() || self.random.below(LUCK) == 0) {
            return others[self.random.below(others.len())];
        }
        let Some(priorities) = &mut self.priorities else { return lucky[self.random.below(lucky.len())] };
        for thread in threads {
            while priorities.of_thread.len() <= *thread {
                priorities.of_thread.push(u64::MAX / 2 + 1 + self.random.next() / 2);
            }
        }
        let first = |p: &Priorities| lucky.iter().copied().max_by_key(|i| p.of_thread[threads[*i]]);
        let decision = priorities.decisions;
        priorities.decisions += 1;
        if priorities.changes.contains(&decision)
            && let Some(falls) = first(priorities)
        {
            priorities.lowest -= 1;
            priorities.of_thread[threads[falls]] = priorities.lowest;
        }
        first(priorities).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_chooses_the_same() {
        let draw = |seed| {
            let mut chance = Chance::uniform(seed);
            (0..50).map(|_| chance.value(&[0, 0, 0, 1])).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!((0..4).all(|i| draw(7).contains(&i)), "every alternative is taken now and then");
    }

    #[test]
    fn with_priorities_one_thread_runs_until_a_change() {
        let mut chance = Chance::by_priority(3, 2, 10);
        let order: Vec<usize> = (0..20).map(|_| chance.thread(&[0, 1, 2], &[false; 3])).collect();
        let switches = order.windows(2).filter(|w| w[0] != w[1]).count();
        assert!(switches <= 1, "{order:?}");
    }
}
