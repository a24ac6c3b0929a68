//! Exercise 104: count every visit.
//!
//! A museum has several gates. Each gate is a thread; at each gate `arrivals` people arrive, one after the other, and
//! `admit` looks at the ticket of each and says who may come in. Count those who came in, at all gates together.
//!
//! This was tried before. In Python it was `visits = visits + 1`; in Rust it was:
//!
//! ```text
//! let seen = visits.load(Ordering::Relaxed);
//! visits.store(seen + 1, Ordering::Relaxed);    // overwrites whatever was counted in between
//! ```
//!
//! and on busy days the museum had more visitors than visits. Mend it, at the three places marked:
//!
//! * the result is the number of people for whom `admit` said `true`, no more and no fewer, whoever runs when;
//! * gates stay independent: while one gate looks at a ticket (inside `admit`), the others can look at theirs;
//! * no gate is still running when the function returns;
//! * two museums may count at the same time, each its own visits: two calls share nothing.
//!
//! ```text
//! 100 gates, 1,000 arrivals each, everybody has a ticket:   100,000
//! ```
//!
//! There is more than one cure in the chapter; any of them will do. Change more of the function if yours needs it.

use std::thread;

/// Opens `gates` gates at the same time, lets `arrivals` people try each, and counts those whom `admit` lets in.
///
/// `admit` is given the number of the gate, from 0.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    // 1. Something to count with, made before the gates open.
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for _ in 0..arrivals {
                    if admit(gate) {
                        // 2. One visit more.
                        todo!("count a visit at gate {gate}")
                    }
                }
            });
        }
    });
    // 3. All gates are closed: how many visits were there?
    todo!("the visits at {gates} gates")
}
