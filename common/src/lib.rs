//! What several lessons compute: plain functions that know nothing of threads, and a clock that does.
//!
//! A lesson adds only its way of running these, so that two ways can be compared on the same work.

pub mod clock;
pub mod primes;
pub mod sieve;
