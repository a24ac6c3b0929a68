//! Looks at the ticket while it holds the lock: nothing is lost, but the gates wait for each other.
use std::sync::Mutex;
use std::thread;

/// Counts the visits, one ticket at a time.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let visits = &Mutex::new(0);
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for _ in 0..arrivals {
                    let mut visits = visits.lock().unwrap();
                    if admit(gate) {
                        *visits += 1;
                    }
                }
            });
        }
    });
    *visits.lock().unwrap()
}
