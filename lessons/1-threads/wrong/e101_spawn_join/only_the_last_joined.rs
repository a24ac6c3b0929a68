//! Waits for the last thread only, as if those started before it had to be ready by then.
use std::sync::{Arc, Mutex};
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own, and waits for the last of them.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let welcomes = Arc::new(Mutex::new(vec![String::new(); visitors.len()]));
    let mut last = None;
    for (place, visitor) in visitors.into_iter().enumerate() {
        let welcomes = Arc::clone(&welcomes);
        last = Some(thread::spawn(move || {
            let text = welcome(visitor);
            welcomes.lock().unwrap()[place] = text;
        }));
    }
    if let Some(handle) = last {
        handle.join().unwrap();
    }
    welcomes.lock().unwrap().clone()
}
