//! Every meal gets a waiter of its own, so there may be a thousand of them.
use std::thread;

/// Cooks all meals and serves each on a thread.
pub fn serve_all<I>(meals: I, _waiters: usize, serve: impl Fn(I::Item) + Sync)
where
    I: Iterator,
    I::Item: Send,
{
    let serve = &serve;
    thread::scope(|scope| {
        for meal in meals {
            scope.spawn(move || serve(meal));
        }
    });
}
