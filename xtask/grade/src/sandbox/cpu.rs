//! What boxes cost: processor time by purpose, for `grade measure`.
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
pub use xtask::cpu::{of_children, of_this};

/// What a kind of box has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many there were.
    pub boxes: u32,
    /// Their processor time.
    pub cpu: Duration,
}

static COSTS: Mutex<BTreeMap<&'static str, Cost>> = Mutex::new(BTreeMap::new());

/// Adds a box.
pub(super) fn note(purpose: &'static str, cpu: Duration) {
    let mut costs = costs();
    let cost = costs.entry(purpose).or_default();
    cost.boxes += 1;
    cost.cpu += cpu;
}

/// What there was since the last call, by purpose.
pub fn take() -> BTreeMap<&'static str, Cost> {
    std::mem::take(&mut *costs())
}

fn costs() -> MutexGuard<'static, BTreeMap<&'static str, Cost>> {
    COSTS.lock().unwrap_or_else(PoisonError::into_inner)
}
