//! `interval`.

use super::{Duration, Instant, MissedTickBehavior, Sleep, sleep_until};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// [`tokio::time::Interval`].
#[derive(Debug)]
pub struct Interval {
    period: Duration,
    missed: MissedTickBehavior,
    next: Sleep,
}

/// Ticks now, and then every `period`.
///
/// # Panics
/// If that is zero.
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(Instant::now(), period)
}

/// Ticks at `start`, and then every `period`.
///
/// # Panics
/// If that is zero.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(period > Duration::ZERO, "`period` must be non-zero.");
    Interval { period, missed: MissedTickBehavior::default(), next: sleep_until(start) }
}

impl Interval {
    /// Waits for the next tick. Cancelled, it has taken none.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|context| self.poll_tick(context)).await
    }

    /// One poll of [`Interval::tick`].
    pub fn poll_tick(&mut self, context: &mut Context<'_>) -> Poll<Instant> {
        ready!(Pin::new(&mut self.next).poll(context));
        let (due, now) = (self.next.deadline(), Instant::now());
        let on_time = due + self.period;
        let next = match self.missed {
            MissedTickBehavior::Burst => on_time,
            _ if on_time > now => on_time,
            MissedTickBehavior::Delay => now + self.period,
            MissedTickBehavior::Skip => {
                let late = now.saturating_duration_since(due).as_nanos() % self.period.as_nanos();
                now + self.period - Duration::from_nanos(u64::try_from(late).unwrap_or(u64::MAX))
            }
        };
        Pin::new(&mut self.next).reset(next);
        Poll::Ready(due)
    }

    /// Begins anew: the next tick is a period away.
    pub fn reset(&mut self) {
        let next = Instant::now() + self.period;
        Pin::new(&mut self.next).reset(next);
    }

    /// How long it is from tick to tick.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// What becomes of ticks that nobody waited for.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Changes what becomes of ticks that nobody waited for.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }
}
