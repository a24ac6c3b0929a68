//! Starts the threads and looks at what they have done so far.
use std::sync::{Arc, Mutex};
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own, and gives those welcomes that happen to be ready.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let welcomes = Arc::new(Mutex::new(vec![String::new(); visitors.len()]));
    for (place, visitor) in visitors.into_iter().enumerate() {
        let welcomes = Arc::clone(&welcomes);
        thread::spawn(move || {
            let text = welcome(visitor);
            welcomes.lock().unwrap()[place] = text;
        });
    }
    welcomes.lock().unwrap().clone()
}
