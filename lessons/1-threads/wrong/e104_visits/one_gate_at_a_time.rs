//! Goes from gate to gate itself: nothing is lost, and nothing is concurrent.

/// Counts the visits at one gate after the other.
pub fn count_visits<F>(gates: usize, arrivals: usize, admit: F) -> u64
where
    F: Fn(usize) -> bool + Copy + Send + Sync + 'static,
{
    let mut visits = 0;
    for gate in 0..gates {
        for _ in 0..arrivals {
            if admit(gate) {
                visits += 1;
            }
        }
    }
    visits
}
