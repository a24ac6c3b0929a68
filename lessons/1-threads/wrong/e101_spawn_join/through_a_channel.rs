//! Collects the welcomes from a channel: they come in the order of sending.
use std::sync::mpsc;
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own; the welcomes come in the order of completion.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let (sender, welcomes) = mpsc::channel();
    let mut handles = Vec::new();
    for visitor in visitors {
        let sender = sender.clone();
        handles.push(thread::spawn(move || sender.send(welcome(visitor)).unwrap()));
    }
    drop(sender);
    for handle in handles {
        handle.join().unwrap();
    }
    welcomes.iter().collect()
}
