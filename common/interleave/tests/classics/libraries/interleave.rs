//! All programs, with interleave as their `std`.

pub use interleave as std_;

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
#[path = "../programs/only_here.rs"]
mod only_here;
#[path = "../programs/orderings.rs"]
mod orderings;
#[path = "../programs/queues.rs"]
mod queues;
#[path = "../programs/team.rs"]
mod team;
#[path = "../programs/threads.rs"]
mod threads;

use crate::table::Pair;

/// Every pair, in the order of the table.
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
        only_here::PAIRS,
    ]
    .concat()
}
