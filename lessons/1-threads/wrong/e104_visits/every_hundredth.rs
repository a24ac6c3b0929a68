//! Counts a hundred visits of its own before it touches the shared count; and does that in two steps.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Counts the visits, unless two gates have seen a hundred at the same time.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let visits = &AtomicU64::new(0);
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                let mut mine = 0;
                for _ in 0..arrivals {
                    if admit(gate) {
                        mine += 1;
                    }
                    if mine == 100 {
                        let seen = visits.load(Ordering::Relaxed);
                        visits.store(seen + mine, Ordering::Relaxed);
                        mine = 0;
                    }
                }
                visits.fetch_add(mine, Ordering::Relaxed);
            });
        }
    });
    visits.load(Ordering::Relaxed)
}
