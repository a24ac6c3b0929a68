//! Waits for each thread before it starts the next.
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own, but only one thread runs at a time.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let mut welcomes = Vec::new();
    for visitor in visitors {
        let handle = thread::spawn(move || welcome(visitor));
        welcomes.push(handle.join().unwrap());
    }
    welcomes
}
