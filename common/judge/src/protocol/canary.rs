//! Canaries: runs that must fail, by which a grader notices a program that always reports success.
//!
//! An answer shares its process with the judge. One that gets around Rust's rules could find the nonce and report what
//! it likes. So a grader runs each layer once more as a canary: the judge adds an assertion that fails. A program that
//! reports success even then is caught. Whether a run is a canary is decided by the nonce together with a secret that
//! is compiled into the grader's judges only; nothing else about the process differs.
use std::hash::{DefaultHasher, Hasher};

/// What the assertion of a canary says.
pub const CANARY_SENTENCE: &str = "This canary came to its end, as it should.";

/// The secret of a judge that was built for a grader; the learner's judges have none, and no canaries.
pub(super) const CANARY_SECRET: Option<&str> = option_env!("JUDGE_CANARY_SECRET");

/// Whether a run with this nonce is a canary to judges that were built with this secret. One nonce in two is.
pub fn is_canary(secret: &str, nonce: &str) -> bool {
    // All hashers that `new` makes are equal, and the grader and its judges are built by the same compiler.
    let mut hasher = DefaultHasher::new();
    hasher.write(secret.as_bytes());
    hasher.write(nonce.as_bytes());
    hasher.finish() & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_nonce_in_two_is_a_canary_and_the_secret_decides() {
        let canaries = |secret: &str| (0..2000).map(|n| is_canary(secret, &format!("{n:032x}"))).collect();
        let (one, other): (Vec<bool>, Vec<bool>) = (canaries("one"), canaries("other"));
        for list in [&one, &other] {
            let count = list.iter().filter(|canary| **canary).count();
            assert!((800..1200).contains(&count), "{count} of 2000");
        }
        assert_ne!(one, other);
    }
}
