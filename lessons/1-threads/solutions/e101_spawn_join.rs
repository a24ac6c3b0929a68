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

//~ // You will need: use std::thread;
use std::thread;
//~ end

/// Calls `welcome` for each visitor, all at the same time, and gives the welcomes in the order of `visitors`.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    //~ let _ = welcome; // used by your threads
    //~ todo!("start a thread for each of {visitors:?}, then wait for all of them")
    // First loop: start everyone. Waiting in here would make the next visitor wait as well.
    let mut handles = Vec::new();
    for visitor in visitors {
        handles.push(thread::spawn(move || welcome(visitor)));
    }

    // Second loop: the handles stand in the order of starting, so the results do, too.
    let mut welcomes = Vec::new();
    for handle in handles {
        welcomes.push(handle.join().expect("a welcome does not panic"));
    }
    welcomes
    //~ end
}
