//! e501_join_all, wrong: the second future is not touched before the first is ready.

/// Waits until all `futures` are ready, and gives their outputs in order.
pub async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut outputs = Vec::new();
    for future in futures {
        outputs.push(future.await);
    }
    outputs
}
