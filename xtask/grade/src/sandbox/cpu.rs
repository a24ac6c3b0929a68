//! What boxes cost: processor time by purpose, for `grade measure`.
use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a kind of box has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many there were.
    pub boxes: u32,
    /// Their processor time.
    pub cpu: Duration,
}

static COSTS: Mutex<BTreeMap<&'static str, Cost>> = Mutex::new(BTreeMap::new());

/// The processor time of all that this process has started and waited for.
///
/// # Errors
/// The system does not say.
pub fn of_children() -> Result<Duration> {
    of(UsageWho::RUSAGE_CHILDREN)
}

/// The processor time of this process.
///
/// # Errors
/// The system does not say.
pub fn of_this() -> Result<Duration> {
    of(UsageWho::RUSAGE_SELF)
}

fn of(who: UsageWho) -> Result<Duration> {
    let usage = getrusage(who).context("the system does not say what processes cost")?;
    let time = |time: TimeVal| {
        Duration::new(time.tv_sec().unsigned_abs(), u32::try_from(time.tv_usec()).unwrap_or(0) * 1000)
    };
    Ok(time(usage.user_time()) + time(usage.system_time()))
}

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
