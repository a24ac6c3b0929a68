//! The programs that shuttle has the types for, with shuttle as their `std`.

/// What the programs take from `std`.
pub mod std_ {
    pub use shuttle::{hint, sync, thread};

    /// Shuttle does not watch plain memory: the nearest it has is memory that is merely safe.
    pub mod race {
        use std::sync::Mutex;

        pub struct RaceCell<T>(Mutex<T>);

        impl<T: Copy> RaceCell<T> {
            pub fn new(value: T) -> Self {
                RaceCell(Mutex::new(value))
            }

            pub fn get(&self) -> T {
                *self.0.lock().unwrap()
            }

            pub fn set(&self, value: T) {
                *self.0.lock().unwrap() = value;
            }
        }
    }
}

#[path = "../programs/atomics.rs"]
mod atomics;
#[path = "../programs/bounded.rs"]
mod bounded;
#[path = "../programs/channels.rs"]
mod channels;
#[path = "../programs/condvars.rs"]
mod condvars;
#[path = "../programs/handmade.rs"]
mod handmade;
#[path = "../programs/locks.rs"]
mod locks;
#[path = "../programs/orderings.rs"]
mod orderings;
#[path = "../programs/queues.rs"]
mod queues;
#[path = "../programs/team.rs"]
mod team;
#[path = "../programs/threads.rs"]
mod threads;

use crate::table::Pair;

/// Every pair that can be written with shuttle.
pub fn pairs() -> Vec<Pair> {
    [
        atomics::PAIRS,
        locks::PAIRS,
        condvars::PAIRS,
        handmade::PAIRS,
        queues::PAIRS,
        channels::PAIRS,
        bounded::PAIRS,
        orderings::PAIRS,
        threads::PAIRS,
    ]
    .concat()
}
