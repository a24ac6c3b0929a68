//! Counts in one step while the gates are being opened, and in two once there is a crowd.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Counts the visits, unless two gates let in a fourth person at the same time.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let visits = &AtomicU64::new(0);
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for arrival in 0..arrivals {
                    if !admit(gate) {
                        continue;
                    }
                    if arrival < 3 {
                        visits.fetch_add(1, Ordering::Relaxed);
                    } else {
                        let seen = visits.load(Ordering::Relaxed);
                        visits.store(seen + 1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    visits.load(Ordering::Relaxed)
}
