//! Locks to read and locks again to write; in between the count belongs to anybody.
use std::sync::Mutex;
use std::thread;

/// Counts the visits, unless two gates count at the same time.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let visits = &Mutex::new(0);
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for _ in 0..arrivals {
                    if admit(gate) {
                        let seen = *visits.lock().unwrap();
                        *visits.lock().unwrap() = seen + 1;
                    }
                }
            });
        }
    });
    *visits.lock().unwrap()
}
