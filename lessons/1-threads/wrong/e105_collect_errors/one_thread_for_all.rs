//! One thread counts all rooms: a panic in the first takes the other results along.
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
    let many = rooms.len();
    let all = move || rooms.iter().map(|room| count(room).map_err(Trouble::Refused)).collect();
    match thread::spawn(all).join() {
        Ok(results) => results,
        Err(payload) => vec![Err(Trouble::Panicked(message_of(&*payload))); many],
    }
}

/// The message of a panic.
pub fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}
