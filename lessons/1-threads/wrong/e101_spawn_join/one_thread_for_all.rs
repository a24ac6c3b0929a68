//! Starts one thread that welcomes everybody.
use std::thread;

/// Calls `welcome` for each visitor, one after the other, on another thread.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    thread::spawn(move || visitors.into_iter().map(welcome).collect()).join().unwrap()
}
