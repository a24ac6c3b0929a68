//! The caller counts, and catches the panics itself.
use std::any::Any;
use std::panic::catch_unwind;

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
    let outcomes = rooms.iter().map(|room| catch_unwind(std::panic::AssertUnwindSafe(|| count(room))));
    let result = |outcome: Result<Result<u32, String>, Box<dyn Any + Send>>| match outcome {
        Ok(Ok(number)) => Ok(number),
        Ok(Err(reason)) => Err(Trouble::Refused(reason)),
        Err(payload) => Err(Trouble::Panicked(message_of(&*payload))),
    };
    outcomes.map(result).collect()
}

/// The message of a panic.
pub fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}
