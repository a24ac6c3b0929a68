//! Each gate takes the lock once and keeps it until its last arrival.
use std::sync::Mutex;
use std::thread;

/// Counts the visits, one gate at a time.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let visits = &Mutex::new(0);
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                let mut visits = visits.lock().unwrap();
                for _ in 0..arrivals {
                    if admit(gate) {
                        *visits += 1;
                    }
                }
            });
        }
    });
    *visits.lock().unwrap()
}
