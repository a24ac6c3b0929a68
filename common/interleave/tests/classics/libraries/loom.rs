//! The programs that loom has the types for, with loom as their `std`.

/// What the programs take from `std`.
pub mod std_ {
    pub use loom::hint;

    /// Reference counts are not what these programs are about: std's cost loom nothing to explore.
    pub mod sync {
        pub use loom::sync::{Condvar, Mutex, RwLock, atomic};
        pub use std::sync::Arc;

        pub mod mpsc {
            pub use loom::sync::mpsc::channel;
            pub use std::sync::mpsc::TryRecvError;
        }
    }

    pub mod thread {
        pub use loom::thread::{JoinHandle, park, spawn, yield_now};

        /// Loom has no clock: a sleep lets the others run, once.
        pub fn sleep(_: std::time::Duration) {
            yield_now();
        }
    }

    /// Plain memory, which loom watches through its own `UnsafeCell`.
    pub mod race {
        #![expect(unsafe_code, reason = "loom's cell hands out pointers")]

        pub struct RaceCell<T>(loom::cell::UnsafeCell<T>);

        // SAFETY: loom runs one thread at a time, and ends the run at the first unordered access.
        unsafe impl<T: Send> Sync for RaceCell<T> {}

        impl<T: Copy> RaceCell<T> {
            pub fn new(value: T) -> Self {
                RaceCell(loom::cell::UnsafeCell::new(value))
            }

            pub fn get(&self) -> T {
                // SAFETY: as above.
                self.0.with(|value| unsafe { *value })
            }

            pub fn set(&self, new: T) {
                // SAFETY: as above.
                self.0.with_mut(|value| unsafe { *value = new });
            }
        }
    }
}

#[path = "../programs/atomics.rs"]
mod atomics;
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

/// Every pair that can be written with loom.
pub fn pairs() -> Vec<Pair> {
    [
        atomics::PAIRS,
        locks::PAIRS,
        condvars::PAIRS,
        handmade::PAIRS,
        queues::PAIRS,
        channels::PAIRS,
        orderings::PAIRS,
        threads::PAIRS,
    ]
    .concat()
}
