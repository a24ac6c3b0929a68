//! e501_join_all, wrong: the futures get a waker that wakes nobody.
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

/// Waits until all `futures` are ready, and gives their outputs in order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut outputs: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    poll_fn(|_context| {
        let mut nobody = Context::from_waker(Waker::noop());
        for (slot, output) in waiting.iter_mut().zip(&mut outputs) {
            if let Some(future) = slot
                && let Poll::Ready(value) = future.as_mut().poll(&mut nobody)
            {
                *output = Some(value);
                *slot = None;
            }
        }
        if waiting.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}
