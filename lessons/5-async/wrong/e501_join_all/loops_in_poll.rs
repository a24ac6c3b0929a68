//! e501_join_all, wrong: does not come back before all are ready.
use std::future::poll_fn;
use std::task::Poll;

/// Waits until all `futures` are ready, and gives their outputs in order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut outputs: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    poll_fn(|context| {
        while waiting.iter().any(Option::is_some) {
            for (slot, output) in waiting.iter_mut().zip(&mut outputs) {
                if let Some(future) = slot
                    && let Poll::Ready(value) = future.as_mut().poll(context)
                {
                    *output = Some(value);
                    *slot = None;
                }
            }
        }
        Poll::Ready(())
    })
    .await;
    outputs.into_iter().flatten().collect()
}
