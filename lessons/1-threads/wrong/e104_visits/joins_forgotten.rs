//! Counts safely, but looks at the count before the gates are closed.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Counts the visits that happen to be over already.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let visits = Arc::new(AtomicU64::new(0));
    for gate in 0..gates {
        let visits = Arc::clone(&visits);
        thread::spawn(move || {
            for _ in 0..arrivals {
                if admit(gate) {
                    visits.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
    }
    visits.load(Ordering::SeqCst)
}
