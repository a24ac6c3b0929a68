//! One chain of iterators: `map` is lazy, so each thread is joined before the next is started.
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
    thread::scope(|scope| {
        parcels
            .chunks(size)
            .map(|chunk| scope.spawn(move || chunk.iter().map(weigh).sum::<u64>()))
            .map(|scale| scale.join().unwrap())
            .sum()
    })
}
