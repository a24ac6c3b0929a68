//! Adds up in 32 bits, which four tons in grams are too much for.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, as far as 32 bits go.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts).max(1);
    let weigh = &weigh;
    thread::scope(|scope| {
        let mut scales = Vec::new();
        for chunk in parcels.chunks(size) {
            scales.push(scope.spawn(move || chunk.iter().map(|parcel| weigh(parcel) as u32).sum::<u32>()));
        }
        scales.into_iter().map(|scale| u64::from(scale.join().unwrap())).sum()
    })
}
