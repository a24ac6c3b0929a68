//! Asks again and again whether the threads have ended, and keeps a processor busy with it.
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let handles: Vec<_> =
        visitors.into_iter().map(|visitor| thread::spawn(move || welcome(visitor))).collect();
    while !handles.iter().all(|handle| handle.is_finished()) {
        thread::yield_now();
    }
    handles.into_iter().map(|handle| handle.join().unwrap()).collect()
}
