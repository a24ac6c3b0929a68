//! The results are in a lock that is held while counting: the first panic poisons it, and everybody after it panics, too.
use std::any::Any;
use std::sync::{Arc, Mutex};
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
    let results = Arc::new(Mutex::new(vec![Ok(0); rooms.len()]));
    let mut handles = Vec::new();
    for (number, room) in rooms.into_iter().enumerate() {
        let results = Arc::clone(&results);
        handles.push(thread::spawn(move || {
            let mut results = results.lock().unwrap();
            results[number] = count(&room).map_err(Trouble::Refused);
        }));
    }
    for (number, handle) in handles.into_iter().enumerate() {
        if let Err(payload) = handle.join() {
            results.lock().unwrap()[number] = Err(Trouble::Panicked(message_of(&*payload)));
        }
    }
    Arc::into_inner(results).unwrap().into_inner().unwrap()
}

/// The message of a panic.
pub fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}
