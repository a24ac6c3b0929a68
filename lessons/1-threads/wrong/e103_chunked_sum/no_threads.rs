//! Weighs all parcels itself.

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams; `weigh` finds out.
    pub grams: u64,
}

/// The weight of all parcels, one after the other.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let _ = parts;
    parcels.iter().map(weigh).sum()
}
