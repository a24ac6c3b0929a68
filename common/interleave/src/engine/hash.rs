//! The hash of the happens-before graph: equal for two prefixes that differ only in the order of
//! operations that do not touch the same object.

use ::std::collections::{HashMap, HashSet};
use ::std::hash::{BuildHasherDefault, Hasher};

/// Mixes `b` into `a`; order matters.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    // Multiplicative mixing in the manner of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    let mut x = a.rotate_left(25) ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 32)
}

/// Hashes that are well mixed already need no hashing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only whole numbers are looked up")
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// States that were branched.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The least cost at which each state was reached.
    least: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
    /// Each state with whoever could go on for free there.
    with_runner: HashSet<u64, BuildHasherDefault<AsIs>>,
}

impl Known {
    /// Whether a state must be branched that was reached at this cost, which never falls from one call to the next.
    ///
    /// Not if it was reached at less: then whoever can go on for free now could for one more. Nor if it was at the same
    /// cost with the same runner.
    pub(super) fn is_news(&mut self, state: u64, runner: u64, cost: usize) -> bool {
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        *self.least.entry(state).or_insert(cost) >= cost && self.with_runner.insert(mix(state, runner))
    }

    /// Whether a state would be no news if it were reached at this cost. Without a runner it is one in which the state
    /// tells who that is.
    pub(super) fn would_be_no_news(&self, state: u64, runner: Option<u64>, cost: usize) -> bool {
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        self.least.get(&state).is_some_and(|least| {
            *least < cost || runner.is_none_or(|runner| self.with_runner.contains(&mix(state, runner)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, mix};

    #[test]
    fn a_state_is_news_at_its_least_cost_only() {
        let mut known = Known::default();
        assert!(known.is_news(1, 1, 0));
        assert!(!known.is_news(1, 1, 0));
        assert!(known.is_news(1, 2, 0));
        assert!(!known.is_news(1, 3, 1));
        assert!(known.is_news(2, 3, 1));
        assert!(known.would_be_no_news(1, Some(9), 1), "it was reached at less");
        assert!(known.would_be_no_news(2, Some(3), 1) && !known.would_be_no_news(2, Some(4), 1));
        assert!(known.would_be_no_news(2, None, 1) && !known.would_be_no_news(3, None, 1));
    }

    #[test]
    fn order_matters() {
        assert_ne!(mix(mix(1, 2), 3), mix(mix(1, 3), 2));
    }
}
