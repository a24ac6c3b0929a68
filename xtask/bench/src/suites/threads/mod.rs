//! Lesson 1: what threads are good for, and what they cost.
mod counter;
mod delay;
mod kinds;
mod many;
mod start;

use crate::suite::{Size, Suite, Table};
use anyhow::Result;

pub const SUITE: Suite = Suite {
    name: "threads",
    title: "threads",
    intro: "\
What lesson 1 says about threads, in figures: what they are good for, what one costs, how many are too many, and what it
costs to share. The same work in Python stands beside it.",
    tables,
};

fn tables(size: Size) -> Result<Vec<Table>> {
    Ok(vec![
        kinds::waiting(size)?,
        kinds::computing(size),
        kinds::primes_to_five_million(size),
        start::starting(size),
        start::switching(size),
        many::too_many(size),
        counter::visits(size),
    ])
}

/// As many threads as may run at once.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}
