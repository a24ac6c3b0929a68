//! Calls `welcome`, and gives words of its own back.
use std::thread;

/// Calls `welcome` for each visitor, and says hello.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let mut handles = Vec::new();
    for visitor in visitors {
        handles.push(thread::spawn(move || {
            welcome(visitor.clone());
            format!("Hello, {visitor}!")
        }));
    }
    handles.into_iter().map(|handle| handle.join().unwrap()).collect()
}
