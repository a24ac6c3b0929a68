//! A number is `Copy`: `move` gives every gate a count of its own, and the one outside stays 0.
#![allow(unused, reason = "the compiler's warning is the first hint that the count outside never changes")]
use std::thread;

/// Counts the visits in copies that nobody looks at.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let mut visits = 0;
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for _ in 0..arrivals {
                    if admit(gate) {
                        visits += 1;
                    }
                }
            });
        }
    });
    visits
}
