//! The processor time that processes have used, as the system accounts it to those who waited for them.
use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::time::Duration;

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
