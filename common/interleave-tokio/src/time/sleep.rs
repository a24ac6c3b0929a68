//! `sleep`.

use super::{Duration, Instant};
use crate::executor::{Loc, Polling};
use crate::runtime::{modelled, no_runtime};
use interleave::model::{Wish, in_model};
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// [`tokio::time::Sleep`].
#[must_use = "futures do nothing unless polled"]
pub struct Sleep(Which);

enum Which {
    // In a box of its own, because it must not move, and this may.
    Real(Pin<Box<tokio::time::Sleep>>),
    Modelled(Modelled),
}

struct Modelled {
    id: usize,
    deadline: Instant,
    /// Whoever will call the waker.
    timers: Option<Arc<Polling>>,
    at: Loc,
}

/// Waits at least so long. Inside a check it ends when nothing else can go on, or (bad luck) at any other moment.
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    // So far away that it never comes.
    let far = || Instant::now() + Duration::from_secs(86400 * 365 * 30);
    sleep_until(Instant::now().checked_add(duration).unwrap_or_else(far))
}

/// Waits until `deadline`.
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    Sleep(if in_model() {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Which::Modelled(Modelled { id, deadline, timers: None, at: Location::caller() })
    } else {
        Which::Real(Box::pin(tokio::time::sleep_until(deadline.into_real())))
    })
}

impl Sleep {
    /// When it ends.
    pub fn deadline(&self) -> Instant {
        match &self.0 {
            Which::Real(sleep) => Instant::from_real(sleep.deadline()),
            Which::Modelled(sleep) => sleep.deadline,
        }
    }

    /// Whether it has ended.
    pub fn is_elapsed(&self) -> bool {
        match &self.0 {
            Which::Real(sleep) => sleep.is_elapsed(),
            Which::Modelled(sleep) => sleep.deadline <= Instant::now(),
        }
    }

    /// Makes it end at `deadline`.
    pub fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        match &mut self.0 {
            Which::Real(sleep) => sleep.as_mut().reset(deadline.into_real()),
            Which::Modelled(sleep) => sleep.deadline = deadline,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Which::Real(sleep) => sleep.as_mut().poll(context),
            Which::Modelled(sleep) => sleep.poll(context),
        }
    }
}

impl Modelled {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(shop) = modelled() else { no_runtime() };
        if self.deadline <= Instant::now() {
            if let Some(timers) = self.timers.take() {
                timers.drop_timer(self.id);
                shop.clock.say("has waited: time is up", self.at);
            }
            return Poll::Ready(());
        }
        let Some(timers) = Polling::current() else { no_runtime() };
        timers.set_timer(self.id, self.deadline, context.waker());
        shop.clock.awaited(Wish::Other, self.at);
        self.timers = Some(timers);
        Poll::Pending
    }
}

impl Drop for Modelled {
    fn drop(&mut self) {
        if let Some(timers) = self.timers.take() {
            timers.drop_timer(self.id);
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline()).finish()
    }
}
