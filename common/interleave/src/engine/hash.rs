//! The hash of the happens-before graph: equal for two prefixes that differ only in the order of
//! operations that do not touch the same object.

/// Mixes `b` into `a`; order matters.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    // Multiplicative mixing in the manner of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    let mut x = a.rotate_left(25) ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 32)
}

#[cfg(test)]
mod tests {
    use super::mix;

    #[test]
    fn order_matters() {
        assert_ne!(mix(mix(1, 2), 3), mix(mix(1, 3), 2));
    }
}
