//! Every thread pushes its welcome when it is ready: the order is a matter of luck.
use std::sync::{Arc, Mutex};
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own; the welcomes come in the order of completion.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let welcomes = Arc::new(Mutex::new(Vec::new()));
    let mut handles = Vec::new();
    for visitor in visitors {
        let welcomes = Arc::clone(&welcomes);
        handles.push(thread::spawn(move || {
            let text = welcome(visitor);
            welcomes.lock().unwrap().push(text);
        }));
    }
    for handle in handles {
        handle.join().unwrap();
    }
    welcomes.lock().unwrap().clone()
}
