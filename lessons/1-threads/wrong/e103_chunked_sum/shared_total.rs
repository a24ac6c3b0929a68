//! All threads add to one total, in two steps: load, then store.
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, unless two threads add at the same time.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts).max(1);
    let weigh = &weigh;
    let total = AtomicU64::new(0);
    thread::scope(|scope| {
        for chunk in parcels.chunks(size) {
            let total = &total;
            scope.spawn(move || {
                for parcel in chunk {
                    let before = total.load(Ordering::SeqCst);
                    total.store(before + weigh(parcel), Ordering::SeqCst);
                }
            });
        }
    });
    total.load(Ordering::SeqCst)
}
