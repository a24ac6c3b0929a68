//! Primes by the sieve of Eratosthenes, in pieces that fit into the nearest cache: the better algorithm beside which any
//! number of processors with trial division looks slow.

/// Odd numbers in a piece; one byte each, so that a piece fits into 32 KiB of first-level cache.
const PIECE: usize = 32 << 10;

/// How many primes there are below `end`. Time about `end` × log log `end`, memory about the square root of `end`.
///
/// The segmented sieve: Bays and Hudson, "The segmented sieve of Eratosthenes and primes in arithmetic progressions to
/// 10¹²", BIT 17 (1977).
pub fn count_primes_below(end: u64) -> usize {
    if end <= 2 {
        return 0;
    }
    // Index i stands for the odd number 2 i + 1; index 0, the number 1, is no prime, but 2 is one and has no index.
    let odds = usize::try_from(end / 2).expect("as many numbers as can be addressed");
    let mut strides = strides(end);
    let mut prime = vec![true; PIECE];
    let mut count = 0;
    for start in (0..odds).step_by(PIECE) {
        let piece = &mut prime[..PIECE.min(odds - start)];
        piece.fill(true);
        for (next, step) in &mut strides {
            let mut index = *next;
            while index < piece.len() {
                piece[index] = false;
                index += *step;
            }
            *next = index - piece.len();
        }
        count += piece.iter().map(|&prime| usize::from(prime)).sum::<usize>();
    }
    count
}

/// For each odd prime up to the square root of `end`: the index of its square, the first multiple that no smaller prime
/// crosses out, and how far its multiples lie apart.
fn strides(end: u64) -> Vec<(usize, usize)> {
    let root = usize::try_from(end.isqrt()).expect("the root of what can be addressed");
    let mut prime = vec![true; root / 2 + 1];
    let mut strides = Vec::new();
    for index in 1..prime.len() {
        let number = 2 * index + 1;
        if !prime[index] || number > root {
            continue;
        }
        let square = number * number / 2;
        (square..prime.len()).step_by(number).for_each(|multiple| prime[multiple] = false);
        strides.push((square, number));
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primes;

    #[test]
    fn the_same_as_trial_division() {
        for end in 0..5_000 {
            assert_eq!(count_primes_below(end), primes::count_primes(0..end), "below {end}");
        }
    }

    #[test]
    fn pieces_meet_without_a_gap() {
        let edge = 2 * PIECE as u64;
        for pieces in [1, 2, 3] {
            for end in pieces * edge - 3..=pieces * edge + 3 {
                assert_eq!(count_primes_below(end), primes::count_primes(0..end), "below {end}");
            }
        }
    }

    #[test]
    fn known_counts() {
        assert_eq!(count_primes_below(1_000_000), 78_498);
        assert_eq!(count_primes_below(5_000_000), 348_513);
    }
}
