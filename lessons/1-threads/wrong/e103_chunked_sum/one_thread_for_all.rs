//! One thread weighs all parcels, so the other scales stand idle.
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, one after the other, on another thread.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let _ = parts;
    thread::scope(|scope| scope.spawn(|| parcels.iter().map(&weigh).sum()).join().unwrap())
}
