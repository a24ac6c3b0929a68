//! Takes a message from each thread, in the right order, for the end of the thread.
use std::sync::mpsc;
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let (sender, receiver) = mpsc::channel();
    for (place, visitor) in visitors.into_iter().enumerate() {
        let sender = sender.clone();
        thread::spawn(move || {
            sender.send((place, welcome(visitor))).unwrap();
            drop(sender);
            // Whatever is done here is done when nobody waits any more.
            println!("visitor {place} has been welcomed");
        });
    }
    drop(sender);
    let mut welcomes: Vec<(usize, String)> = receiver.iter().collect();
    welcomes.sort();
    welcomes.into_iter().map(|(_, text)| text).collect()
}
