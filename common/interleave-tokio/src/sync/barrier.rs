//! `Barrier`.

use crate::executor::watch;
use interleave::model::{Shared, Wish};
use std::panic::Location;
use tokio::sync::BarrierWaitResult;

/// [`tokio::sync::Barrier`].
#[derive(Debug)]
pub struct Barrier {
    shared: Shared,
    inner: tokio::sync::Barrier,
}

impl Barrier {
    /// A barrier for `n` tasks.
    #[track_caller]
    pub fn new(n: usize) -> Self {
        Barrier { shared: Shared::new("Barrier"), inner: tokio::sync::Barrier::new(n) }
    }

    /// Waits until all have come.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = BarrierWaitResult> {
        watch(&self.shared, Wish::Other, Location::caller(), self.inner.wait())
    }
}
