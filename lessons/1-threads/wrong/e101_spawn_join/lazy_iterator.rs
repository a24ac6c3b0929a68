//! One chain of iterators: `map` is lazy, so each thread is joined before the next is started.
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own, but only one thread runs at a time.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    visitors
        .into_iter()
        .map(|visitor| thread::spawn(move || welcome(visitor)))
        .map(|handle| handle.join().unwrap())
        .collect()
}
