//! The count is a static, set to 0 at the beginning: two calls at the same time count into the same one.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

static VISITS: AtomicU64 = AtomicU64::new(0);

/// Opens `gates` gates at the same time and counts those whom `admit` lets in.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    VISITS.store(0, Ordering::SeqCst);
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for _ in 0..arrivals {
                    if admit(gate) {
                        VISITS.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    VISITS.load(Ordering::SeqCst)
}
