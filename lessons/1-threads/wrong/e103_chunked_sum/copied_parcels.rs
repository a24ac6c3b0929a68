//! Gives every thread a copy of its parcels, as if threads could not borrow.
use std::thread;

/// Something to weigh.
#[derive(Clone)]
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of copies of all parcels.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts).max(1);
    let weigh = &weigh;
    thread::scope(|scope| {
        let mut scales = Vec::new();
        for chunk in parcels.chunks(size) {
            let copy = chunk.to_vec();
            scales.push(scope.spawn(move || copy.iter().map(weigh).sum::<u64>()));
        }
        scales.into_iter().map(|scale| scale.join().unwrap()).sum()
    })
}
