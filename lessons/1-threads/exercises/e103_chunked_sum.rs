//! Exercise 103: weigh the parcels in chunks, one thread for each chunk.
//!
//! A van full of parcels has to be weighed, and there are several scales. Each scale gets a stretch of the parcels,
//! the weights are added up, and the parcels stay in the van: threads that end before the function does may borrow.
//!
//! Write `total_weight`:
//!
//! * the parcels are cut into at most `parts` chunks, and each chunk is weighed by a thread of its own;
//! * all chunks are weighed at the same time; when `parts` divides the number of parcels, there are `parts` of them,
//!   equally long;
//! * every parcel is weighed exactly once, by `weigh`, and borrowed, not copied;
//! * any number of parcels will do: none, fewer than `parts`, one too many for equal chunks. `parts` is 1 or more.
//!
//! ```text
//! parcels of 1, 2, 3, 4 and 5 grams in 2 parts:   thread 1 weighs 1, 2, 3; thread 2 weighs 4, 5; the sum is 15
//! ```
//!
//! Of help: `slice::chunks`, which never gives an empty chunk but refuses a size of 0; `usize::div_ceil`.

// You will need: use std::thread;

/// Something to weigh.
pub struct Parcel {
    /// Its weight in grams, as its label has it; `weigh` finds out what it really is.
    pub grams: u64,
}

/// The weight of all `parcels`, weighed in at most `parts` chunks at the same time.
pub fn total_weight(parcels: &[Parcel], parts: usize, weigh: impl Fn(&Parcel) -> u64 + Send + Sync) -> u64 {
    let _ = weigh; // each thread may borrow it
    todo!("weigh {} parcels in at most {parts} chunks", parcels.len())
}
