//! At most ten threads at a time; here everybody shall be at work.
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
    let mut results = Vec::new();
    for some in rooms.chunks(10) {
        let handles: Vec<_> = some.iter().cloned().map(|room| thread::spawn(move || count(&room))).collect();
        for handle in handles {
            results.push(match handle.join() {
                Ok(counted) => counted.map_err(Trouble::Refused),
                Err(payload) => Err(Trouble::Panicked(message_of(&*payload))),
            });
        }
    }
    results
}

/// The message of a panic.
pub fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}
