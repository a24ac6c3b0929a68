//! e501_join_all: wait for several futures at once.
//!
//! Write `join_all`, with nothing but the standard library.
//!
//! * All futures make progress together: each is polled as soon as the whole is.
//! * The outputs come in the order of the futures, whichever is ready first.
//! * A future that was ready is never polled again.
//! * When none can go on, `Pending` is the answer: no loops, and nobody is woken without a reason. Each future
//!   gets the waker of whoever polls the whole.
//!
//! You may use `std::future::poll_fn`, `std::pin::pin` and `Box::pin`.

/// Waits until all `futures` are ready, and gives their outputs in order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    todo!("wait for {} futures at once", futures.len())
}
