//! `&payload` is a reference to the box, and the box is neither a `&str` nor a `String`.
use std::any::Any;
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
    let mut handles = Vec::new();
    for room in rooms {
        handles.push(thread::spawn(move || count(&room)));
    }
    let mut results = Vec::new();
    for handle in handles {
        results.push(match handle.join() {
            Ok(Ok(number)) => Ok(number),
            Ok(Err(reason)) => Err(Trouble::Refused(reason)),
            Err(payload) => Err(Trouble::Panicked(message_of(&payload))),
        });
    }
    results
}

/// The message of a panic.
pub fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}
