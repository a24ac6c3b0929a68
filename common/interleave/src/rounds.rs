//! Rounds of a loop that are alike: two of them say it, and how often it goes on so.

/// Rounds that are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rounds {
    /// The last event of the last one.
    pub(crate) last: usize,
    /// How many.
    pub(crate) times: usize,
    /// How many events they have in all.
    pub(crate) steps: usize,
}

/// Fewer rounds than these are told one by one.
const FEWEST: usize = 5;
/// So many are told.
const TOLD: usize = 2;
/// A round with more steps than this is not looked for.
const LONGEST: usize = 40;

/// Leaves of every `FEWEST` or more rounds in a row the first two. Two events are alike if their keys are.
pub(crate) fn fold<K: PartialEq>(told: &[usize], key: impl Fn(usize) -> K) -> (Vec<usize>, Vec<Rounds>) {
    let keys: Vec<K> = told.iter().map(|i| key(*i)).collect();
    let (mut kept, mut left) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < told.len() {
        let most = LONGEST.min((told.len() - at) / FEWEST);
        let found = (1..=most).map(|period| (period, rounds_from(&keys[at..], period)));
        match found.into_iter().find(|(_, rounds)| *rounds >= FEWEST) {
            Some((period, rounds)) => {
                kept.extend(&told[at..at + TOLD * period]);
                at += rounds * period;
                let times = rounds - TOLD;
                left.push(Rounds { last: told[at - 1], times, steps: times * period });
            }
            None => {
                kept.push(told[at]);
                at += 1;
            }
        }
    }
    (kept, left)
}

/// How many rounds of this many steps the keys begin with.
fn rounds_from<K: PartialEq>(keys: &[K], period: usize) -> usize {
    let alike = (period..keys.len()).take_while(|i| keys[*i] == keys[i - period]).count();
    1 + alike / period
}

#[cfg(test)]
mod tests {
    use super::{Rounds, fold};

    fn folded(text: &str) -> (String, Vec<Rounds>) {
        let all: Vec<usize> = (0..text.len()).collect();
        let (kept, left) = fold(&all, |i| text.as_bytes()[i]);
        (kept.iter().map(|i| &text[*i..=*i]).collect(), left)
    }

    #[test]
    fn two_rounds_are_told_and_the_rest_is_counted() {
        assert_eq!(
            folded("xababababababy"),
            ("xababy".into(), vec![Rounds { last: 12, times: 4, steps: 8 }])
        );
        assert_eq!(folded("aaaaaa"), ("aa".into(), vec![Rounds { last: 5, times: 4, steps: 4 }]));
        // What is left of a round is told.
        assert_eq!(folded("abcabcabcabcabcab").0, "abcabcab");
    }

    #[test]
    fn few_rounds_and_none_are_told_as_they_are() {
        for text in ["", "a", "aaaa", "abababab", "abcdefghij"] {
            assert_eq!(folded(text), (text.into(), vec![]));
        }
    }
}
