//! The program that was tried before: an atomic, but read and written in two steps.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Counts the visits, unless two gates count at the same time.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let visits = &AtomicU64::new(0);
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for _ in 0..arrivals {
                    if admit(gate) {
                        let seen = visits.load(Ordering::Relaxed);
                        visits.store(seen + 1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    visits.load(Ordering::Relaxed)
}
