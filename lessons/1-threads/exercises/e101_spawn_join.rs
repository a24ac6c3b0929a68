//! Exercise 101: welcome every visitor on a thread of its own.
//!
//! A museum has a welcome for each visitor, and composing one takes a while. So nobody waits for the welcome of
//! another: each visitor gets a thread.
//!
//! Write `welcome_all`:
//!
//! * every visitor's `welcome` is called once, on a thread started for that visitor, so that all of them can be
//!   under way at the same time;
//! * the welcomes come back in the order of `visitors`, whoever is ready first;
//! * no thread that was started is still running when the function returns. It waits for them, and does not look now and
//!   then whether they are ready.
//!
//! ```text
//! welcome_all(vec!["Ada".to_string(), "Grace".to_string()], |name| format!("Hello, {name}!"))
//!     -> ["Hello, Ada!", "Hello, Grace!"]
//! ```
//!
//! `welcome` is `Copy`: a `move` closure takes its own copy along, as often as you like. `Send + 'static` is what
//! `thread::spawn` asks of everything that goes into a thread; `Sync` says that threads may also borrow it.

// You will need: use std::thread;

/// Calls `welcome` for each visitor, all at the same time, and gives the welcomes in the order of `visitors`.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let _ = welcome; // used by your threads
    todo!("start a thread for each of {visitors:?}, then wait for all of them")
}
