//! Primes by trial division: work that needs a processor, and whose amount grows with the number.

use std::ops::Range;

/// Whether `number` is prime. Tries odd divisors up to the square root.
pub fn is_prime(number: u64) -> bool {
    if number < 4 {
        return number > 1;
    }
    if number.is_multiple_of(2) {
        return false;
    }
    (3..)
        .step_by(2)
        .take_while(|divisor| divisor * divisor <= number)
        .all(|divisor| !number.is_multiple_of(divisor))
}

/// The primes in `numbers`, in order.
pub fn primes_in(numbers: Range<u64>) -> Vec<u64> {
    numbers.filter(|&number| is_prime(number)).collect()
}

/// How many primes there are in `numbers`.
pub fn count_primes(numbers: Range<u64>) -> usize {
    numbers.filter(|&number| is_prime(number)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_primes() {
        assert_eq!(primes_in(0..32), [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31]);
    }

    #[test]
    fn squares_of_primes_are_not_prime() {
        for prime in [2, 3, 5, 7, 11, 13, 97, 101] {
            assert!(!is_prime(prime * prime), "{prime} squared");
        }
    }

    #[test]
    fn known_counts() {
        assert_eq!(count_primes(0..0), 0);
        assert_eq!(count_primes(0..10_000), 1_229);
        assert_eq!(count_primes(10_000..100_000), 9_592 - 1_229);
    }

    #[test]
    fn the_largest_prime_below_two_to_the_32() {
        assert!(is_prime(4_294_967_291));
        assert!((4_294_967_292..1 << 32).all(|number| !is_prime(number)));
    }
}
