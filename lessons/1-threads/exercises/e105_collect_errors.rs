//! Exercise 105: look into every room, and hear of everything that went wrong.
//!
//! Every evening somebody counts the pictures in each room, all rooms at the same time. A count can go wrong in two
//! ways: `count` gives an `Err` (the door was locked), or it panics (a bug). Neither may be lost, and neither may keep the
//! others from counting.
//!
//! Write `count_all`:
//!
//! * `count` is called once for each room, each time on a thread of its own, all at the same time;
//! * there is a result for every room, in the order of `rooms`: the number, or what went wrong there;
//! * `count_all` itself does not panic, and no thread is left when it returns.
//!
//! ```text
//! count_all(["hall", "cellar", "attic"], …) -> [Ok(12), Err(Refused("locked")), Err(Panicked("index out of bounds"))]
//! ```
//!
//! `message_of` reads the message of a panic, as you did in exercise 102.

use std::any::Any;
// You will need: use std::thread;

/// Why there is no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// `count` gave this error.
    Refused(String),
    /// `count` panicked with this message.
    Panicked(String),
}

/// Counts in all rooms at the same time; the results are in the order of `rooms`.
pub fn count_all<F>(rooms: Vec<String>, count: F) -> Vec<Result<u32, Trouble>>
where
    F: Fn(&str) -> Result<u32, String> + Copy + Send + Sync + 'static,
{
    let _ = count; // used by your threads
    todo!("a result for each of {rooms:?}")
}

/// The message of a panic: what is in the box that `join` gives. Pass `&*payload`, what is in it, not the box itself.
pub fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}
