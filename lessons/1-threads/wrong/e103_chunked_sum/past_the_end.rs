//! Cuts the last chunk as long as the others, past the end of the slice.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, when `parts` divides their number.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts);
    let weigh = &weigh;
    thread::scope(|scope| {
        let mut scales = Vec::new();
        for part in 0..parts {
            let chunk = &parcels[part * size..(part + 1) * size];
            scales.push(scope.spawn(move || chunk.iter().map(weigh).sum::<u64>()));
        }
        scales.into_iter().map(|scale| scale.join().unwrap()).sum()
    })
}
