//! `std::time`: inside a check, `Instant` reads the model's clock, which moves only when a sleep or a
//! time-out ends.

use crate::engine::{in_model, quiet};
use ::std::ops::{Add, AddAssign, Sub, SubAssign};
use ::std::time as real;
pub use ::std::time::{Duration, SystemTime, SystemTimeError, TryFromFloatSecsError, UNIX_EPOCH};

/// Whether a wait with this limit ends by itself. `std` waits for ever when its clock cannot tell the end, as with
/// `Duration::MAX`; the model's clock has 584 years, and half of them are enough.
pub(crate) fn ends(limit: Duration) -> bool {
    limit.as_nanos() < u128::from(u64::MAX / 2)
}

/// [`std::time::Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Which);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Which {
    Real(real::Instant),
    /// Since the beginning of the execution.
    Modelled(Duration),
}

impl Instant {
    /// The present moment.
    #[must_use]
    pub fn now() -> Self {
        Instant(if in_model() {
            // The time read is part of what the thread knows, so that schedules that differ in it are told apart.
            let at = ::std::panic::Location::caller();
            Which::Modelled(quiet(at, |step| step.read_clock()).unwrap_or_default())
        } else {
            Which::Real(real::Instant::now())
        })
    }

    /// How long ago this was.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// How much later this is than `earlier`; zero if it is not.
    #[must_use]
    pub fn duration_since(&self, earlier: Self) -> Duration {
        self.checked_duration_since(earlier).unwrap_or_default()
    }

    /// How much later this is than `earlier`; `None` if it is not.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Self) -> Option<Duration> {
        match (self.0, earlier.0) {
            (Which::Real(me), Which::Real(earlier)) => me.checked_duration_since(earlier),
            (Which::Modelled(me), Which::Modelled(earlier)) => me.checked_sub(earlier),
            // A moment of a check and one outside it have no order.
            _ => None,
        }
    }

    /// How much later this is than `earlier`; zero if it is not.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.duration_since(earlier)
    }

    /// This moment and `duration`, if that can be told.
    #[must_use]
    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        Some(Instant(match self.0 {
            Which::Real(me) => Which::Real(me.checked_add(duration)?),
            Which::Modelled(me) => Which::Modelled(me.checked_add(duration)?),
        }))
    }

    /// This moment less `duration`, if that can be told.
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<Self> {
        Some(Instant(match self.0 {
            Which::Real(me) => Which::Real(me.checked_sub(duration)?),
            Which::Modelled(me) => Which::Modelled(me.checked_sub(duration)?),
        }))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, duration: Duration) -> Instant {
        self.checked_add(duration).expect("overflow when adding duration to instant")
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;
    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration).expect("overflow when subtracting duration from instant")
    }
}

impl Sub for Instant {
    type Output = Duration;
    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}
