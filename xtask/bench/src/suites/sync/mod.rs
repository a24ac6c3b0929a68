//! Lesson 3: what it costs to keep threads apart, and to share without knowing it.
mod queue;
mod sharing;

use crate::suite::{Size, Suite, Table};
use anyhow::Result;
use std::thread;

pub const SUITE: Suite = Suite {
    name: "sync",
    title: "synchronisation",
    intro: "\
What lesson 3 says about the price of a lock, in figures: sharing a counter in four ways, fighting for one lock, holding it
too long, false sharing, and three queues. Look at the processor time first: threads that fight for the same piece of memory
burn it, whatever the clock on the wall says. On a machine that is busy with other things two threads seldom run at the same
moment; then they fight less, and all ratios move towards 1.",
    tables,
};

fn tables(size: Size) -> Result<Vec<Table>> {
    Ok(vec![
        sharing::ways_to_share(size),
        sharing::contention(size),
        sharing::held_too_long(size),
        sharing::false_sharing(size),
        queue::queues(size),
    ])
}

/// Runs the same on several threads, and waits for all.
fn on_threads(threads: u64, work: impl Fn() + Sync) {
    thread::scope(|scope| (0..threads).for_each(|_| _ = scope.spawn(&work)));
}
