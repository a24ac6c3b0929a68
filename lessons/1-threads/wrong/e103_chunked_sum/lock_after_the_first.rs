//! Takes the lock when there is something to add, and keeps it for the rest of the chunk.
use std::sync::Mutex;
use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels; only the first of each chunk is weighed beside others.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let size = parcels.len().div_ceil(parts).max(1);
    let weigh = &weigh;
    let total = &Mutex::new(0);
    thread::scope(|scope| {
        for chunk in parcels.chunks(size) {
            scope.spawn(move || {
                let Some((first, rest)) = chunk.split_first() else { return };
                let weight = weigh(first);
                let mut total = total.lock().unwrap();
                *total += weight;
                for parcel in rest {
                    *total += weigh(parcel);
                }
            });
        }
    });
    *total.lock().unwrap()
}
