//! e501_join_all, wrong: comes back at the first future that is not ready, and leaves the rest.
use std::future::poll_fn;
use std::task::Poll;

/// Waits until all `futures` are ready, and gives their outputs in order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut outputs: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (slot, output) in waiting.iter_mut().zip(&mut outputs) {
            if let Some(future) = slot {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *output = Some(value),
                    Poll::Pending => return Poll::Pending,
                }
                *slot = None;
            }
        }
        Poll::Ready(())
    })
    .await;
    outputs.into_iter().flatten().collect()
}
