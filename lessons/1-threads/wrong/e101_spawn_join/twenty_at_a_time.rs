//! Starts twenty threads, waits for them, and starts the next twenty: the others wait outside.
use std::thread;

/// Calls `welcome` for each visitor, for at most twenty at the same time.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let mut welcomes = Vec::new();
    for group in visitors.chunks(20) {
        let mut handles = Vec::new();
        for visitor in group.to_vec() {
            handles.push(thread::spawn(move || welcome(visitor)));
        }
        for handle in handles {
            welcomes.push(handle.join().unwrap());
        }
    }
    welcomes
}
