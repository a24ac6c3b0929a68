//! Weighs every parcel, and then adds up the labels.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// What the labels of all parcels say.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts).max(1);
    let weigh = &weigh;
    thread::scope(|scope| {
        let mut scales = Vec::new();
        for chunk in parcels.chunks(size) {
            scales.push(scope.spawn(move || {
                let mut sum = 0;
                for parcel in chunk {
                    weigh(parcel);
                    sum += parcel.grams;
                }
                sum
            }));
        }
        scales.into_iter().map(|scale| scale.join().unwrap()).sum()
    })
}
