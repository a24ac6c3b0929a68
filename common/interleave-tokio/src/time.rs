//! `tokio::time`: inside a check time is the model's, and passes only when something waits for it.

mod instant;
mod interval;
mod sleep;

pub use instant::Instant;
pub use interval::{Interval, interval, interval_at};
pub use sleep::{Sleep, sleep, sleep_until};
pub use std::time::Duration;
pub use tokio::time::MissedTickBehavior;

use interleave::model::{in_model, tries};
use std::pin::pin;
use std::task::Poll;

/// What goes wrong in time.
pub mod error {
    use std::fmt;

    /// [`tokio::time::error::Elapsed`]: the time was up.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Elapsed(pub(super) ());

    impl fmt::Display for Elapsed {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("deadline has elapsed")
        }
    }

    impl std::error::Error for Elapsed {}
}

/// Runs `future`, and drops it when it takes longer than `duration`.
///
/// # Errors
/// If it did. Inside a check that may be at any moment.
#[track_caller]
pub fn timeout<F: IntoFuture>(
    duration: Duration,
    future: F,
) -> impl Future<Output = Result<F::Output, error::Elapsed>> + use<F> {
    within(sleep(duration), future)
}

/// Runs `future`, and drops it when it is not done by `deadline`.
///
/// # Errors
/// If it was not.
#[track_caller]
pub fn timeout_at<F: IntoFuture>(
    deadline: Instant,
    future: F,
) -> impl Future<Output = Result<F::Output, error::Elapsed>> + use<F> {
    within(sleep_until(deadline), future)
}

async fn within<F: IntoFuture>(limit: Sleep, future: F) -> Result<F::Output, error::Elapsed> {
    if in_model() {
        // Whether the future would have had to wait can now be seen.
        tries();
    }
    let mut limit = pin!(limit);
    let mut future = pin!(future.into_future());
    std::future::poll_fn(|context| {
        // A future that is done is never too late.
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        limit.as_mut().poll(context).map(|()| Err(error::Elapsed(())))
    })
    .await
}
