//! Returns the number one expects, whoever had a ticket.
use std::thread;

/// Opens the gates, and computes the number of visits instead of counting them.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    thread::scope(|scope| {
        for gate in 0..gates {
            scope.spawn(move || {
                for _ in 0..arrivals {
                    if admit(gate) {
                        // Whoever came in is part of the product below.
                    }
                }
            });
        }
    });
    (gates * arrivals) as u64
}
