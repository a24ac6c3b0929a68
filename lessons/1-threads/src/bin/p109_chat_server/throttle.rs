//! How fast one client may talk.
//!
//! Without it, one who pipes a file into the room fills the outboxes of all the others faster than their writers can empty
//! them, and everybody else is thrown out as too slow. One who talks too fast is not thrown out either. The reader takes its
//! time, the system's buffers fill up behind it, and the client has to wait: that is back-pressure.
use std::time::{Duration, Instant};

/// What a line costs beside its bytes: a short question is not cheap for the one who answers.
pub const EACH_LINE: usize = 50;

/// A bucket of bytes that fills up again with time ("token bucket").
pub struct Throttle {
    /// Bytes a second. The bucket holds as much as comes in one second, so that a pasted paragraph passes at once.
    rate: f64,
    /// What is left. Below zero, it tells how long to wait.
    left: f64,
    /// When that was.
    at: Instant,
}

impl Throttle {
    /// A full bucket. A rate of 0 means that everything passes.
    pub fn new(rate: usize, now: Instant) -> Throttle {
        Throttle { rate: rate as f64, left: rate as f64, at: now }
    }

    /// Takes bytes out of the bucket, and says how long to wait before the next ones.
    pub fn take(&mut self, bytes: usize, now: Instant) -> Duration {
        if self.rate == 0.0 {
            return Duration::ZERO;
        }
        let came = (now - self.at).as_secs_f64() * self.rate;
        self.left = (self.left + came).min(self.rate) - bytes as f64;
        self.at = now;
        Duration::from_secs_f64((-self.left / self.rate).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_talker_passes_and_a_flood_does_not() {
        let start = Instant::now();
        let mut throttle = Throttle::new(1_000, start);
        // A second's worth at once.
        for _ in 0..10 {
            assert_eq!(throttle.take(100, start), Duration::ZERO);
        }
        assert_eq!(throttle.take(100, start), Duration::from_millis(100));
        // Whoever waits as told is even again.
        let later = start + Duration::from_millis(100);
        assert_eq!(throttle.take(100, later), Duration::from_millis(100));
        // After a long silence there is a second's worth again, not more.
        let much_later = start + Duration::from_secs(100);
        let waits: Duration = (0..20).map(|_| throttle.take(100, much_later)).last().unwrap();
        assert_eq!(waits, Duration::from_secs(1));
    }

    #[test]
    fn a_flood_gets_its_rate_and_no_more() {
        let start = Instant::now();
        let mut throttle = Throttle::new(1_000, start);
        let (mut now, mut bytes) = (start, 0);
        while now - start < Duration::from_secs(60) {
            now += throttle.take(200, now);
            bytes += 200;
        }
        assert!((60_000..=62_000).contains(&bytes), "{bytes} in a minute at 1000 a second");
    }

    #[test]
    fn without_a_rate_everything_passes() {
        let now = Instant::now();
        assert_eq!(Throttle::new(0, now).take(1 << 30, now), Duration::ZERO);
    }
}
