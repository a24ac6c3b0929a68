//! Rounds the size of a chunk down, so that there are more chunks than parts.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, sometimes in more than `parts` chunks.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = (parcels.len() / parts).max(1);
    let weigh = &weigh;
    thread::scope(|scope| {
        let mut scales = Vec::new();
        for chunk in parcels.chunks(size) {
            scales.push(scope.spawn(move || chunk.iter().map(weigh).sum::<u64>()));
        }
        scales.into_iter().map(|scale| scale.join().unwrap()).sum()
    })
}
