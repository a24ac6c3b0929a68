//! `Instant`: tokio's, which may stand still where the real one goes on, or the model's.

use super::Duration;
use interleave::model::in_model;
use interleave::time::Instant as Std;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// [`tokio::time::Instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Which);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Which {
    Real(tokio::time::Instant),
    Modelled(Std),
}

impl Instant {
    /// The present moment.
    pub fn now() -> Self {
        Instant(if in_model() {
            // Looking may show that somebody's time was up.
            if let Some(shop) = crate::runtime::modelled() {
                shop.clock.touch();
            }
            Which::Modelled(Std::now())
        } else {
            Which::Real(tokio::time::Instant::now())
        })
    }

    pub(super) fn into_real(self) -> tokio::time::Instant {
        match self.0 {
            Which::Real(instant) => instant,
            Which::Modelled(_) => panic!("a moment of a check means nothing outside it"),
        }
    }

    pub(super) fn from_real(instant: tokio::time::Instant) -> Self {
        Instant(Which::Real(instant))
    }

    /// How long ago this was.
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// How much later this is than `earlier`; zero if it is not.
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.checked_duration_since(earlier).unwrap_or_default()
    }

    /// How much later this is than `earlier`; zero if it is not.
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }

    /// How much later this is than `earlier`; `None` if it is not.
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        match (self.0, earlier.0) {
            (Which::Real(me), Which::Real(earlier)) => me.checked_duration_since(earlier),
            (Which::Modelled(me), Which::Modelled(earlier)) => me.checked_duration_since(earlier),
            // A moment of a check and one outside it have no order.
            _ => None,
        }
    }

    /// This moment and `duration`, if that can be told.
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        Some(Instant(match self.0 {
            Which::Real(me) => Which::Real(me.checked_add(duration)?),
            Which::Modelled(me) => Which::Modelled(me.checked_add(duration)?),
        }))
    }

    /// This moment less `duration`, if that can be told.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
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
