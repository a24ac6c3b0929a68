//! Waits until each thread has counted itself out, which a thread does before it ends.
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Calls `welcome` for each visitor on a thread of its own.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    let all = visitors.len();
    let shared = Arc::new((Mutex::new((0, vec![String::new(); all])), Condvar::new()));
    for (place, visitor) in visitors.into_iter().enumerate() {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let text = welcome(visitor);
            let (state, changed) = &*shared;
            let mut state = state.lock().unwrap();
            state.0 += 1;
            state.1[place] = text;
            changed.notify_one();
        });
    }
    let (state, changed) = &*shared;
    let state = state.lock().unwrap();
    let state = changed.wait_while(state, |state| state.0 < all).unwrap();
    state.1.clone()
}
