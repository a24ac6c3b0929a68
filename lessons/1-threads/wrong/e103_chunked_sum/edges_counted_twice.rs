//! An inclusive range: the last parcel of a chunk is the first of the next.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, with those at the edges of chunks counted twice.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts).max(1);
    let weigh = &weigh;
    thread::scope(|scope| {
        let mut scales = Vec::new();
        for start in (0..parcels.len()).step_by(size) {
            let last = (start + size).min(parcels.len() - 1);
            scales.push(scope.spawn(move || parcels[start..=last].iter().map(weigh).sum::<u64>()));
        }
        scales.into_iter().map(|scale| scale.join().unwrap()).sum()
    })
}
