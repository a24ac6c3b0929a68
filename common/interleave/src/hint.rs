//! `std::hint`: `spin_loop` lets others run inside a check.

pub use ::std::hint::*;

/// Tells the processor that the caller polls; inside a check, as [`crate::thread::yield_now`].
#[track_caller]
pub fn spin_loop() {
    if crate::engine::in_model() { crate::thread::yield_now() } else { ::std::hint::spin_loop() }
}
