//! Waits for each scale before it starts the next.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, one chunk after the other.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts).max(1);
    let weigh = &weigh;
    let mut total = 0;
    thread::scope(|scope| {
        for chunk in parcels.chunks(size) {
            let scale = scope.spawn(move || chunk.iter().map(weigh).sum::<u64>());
            total += scale.join().unwrap();
        }
    });
    total
}
