//! Each thread sends its result, so they come in the order of completion; and who panics sends nothing.
use std::any::Any;
use std::sync::mpsc;
use std::thread;

/// Why there is no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// `count` gave this error.
    Refused(String),
    /// `count` panicked with this message.
    Panicked(String),
}

/// Counts in all rooms.
pub fn count_all<F>(rooms: Vec<String>, count: F) -> Vec<Result<u32, Trouble>>
where
    F: Fn(&str) -> Result<u32, String> + Copy + Send + Sync + 'static,
{
    let (sender, results) = mpsc::channel();
    let mut handles = Vec::new();
    for room in rooms {
        let sender = sender.clone();
        handles.push(thread::spawn(move || sender.send(count(&room).map_err(Trouble::Refused)).unwrap()));
    }
    drop(sender);
    let results = results.into_iter().collect();
    for handle in handles {
        let _ = handle.join();
    }
    results
}

/// The message of a panic.
pub fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}
