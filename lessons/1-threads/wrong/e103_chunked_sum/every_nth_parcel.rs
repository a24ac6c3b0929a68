//! Deals the parcels out like cards: no chunk is a stretch.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, dealt out to `parts` threads.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let weigh = &weigh;
    thread::scope(|scope| {
        let mut scales = Vec::new();
        for first in 0..parts {
            scales
                .push(scope.spawn(move || parcels.iter().skip(first).step_by(parts).map(weigh).sum::<u64>()));
        }
        scales.into_iter().map(|scale| scale.join().unwrap()).sum()
    })
}
