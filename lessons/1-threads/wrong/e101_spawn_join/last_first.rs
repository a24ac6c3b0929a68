//! Takes the handles from the end, so the welcomes come in reverse.
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own; the welcomes come in reverse.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let mut handles = Vec::new();
    for visitor in visitors {
        handles.push(thread::spawn(move || welcome(visitor)));
    }
    let mut welcomes = Vec::new();
    while let Some(handle) = handles.pop() {
        welcomes.push(handle.join().unwrap());
    }
    welcomes
}
