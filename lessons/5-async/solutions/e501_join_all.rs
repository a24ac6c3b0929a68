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
//~
use std::future::poll_fn;
use std::task::Poll;
//~ end

/// Waits until all `futures` are ready, and gives their outputs in order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    //~ todo!("wait for {} futures at once", futures.len())
    // Each in a box of its own, because a future must not move once it has been polled.
    let mut waiting: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut outputs: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (slot, output) in waiting.iter_mut().zip(&mut outputs) {
            // The context goes on as it came: the future that can go on later wakes whoever polls us now.
            if let Some(future) = slot
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *output = Some(value);
                *slot = None; // Ready once, and never asked again.
            }
        }
        if waiting.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
    //~ end
}
