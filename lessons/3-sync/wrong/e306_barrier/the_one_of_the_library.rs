//! e306_barrier, wrong: asks the standard library.
use std::sync::{Condvar, Mutex};

/// A meeting point of a fixed number of threads, to be used again and again.
pub struct Barrier {
    size: usize,
    inner: std::sync::Barrier,
    state: Mutex<()>,
    complete: Condvar,
}

impl Barrier {
    /// A barrier for `size` threads, at least one.
    pub fn new(size: usize) -> Self {
        Barrier {
            size,
            inner: std::sync::Barrier::new(size),
            state: Mutex::default(),
            complete: Condvar::new(),
        }
    }

    /// Waits until `size` threads have come in this round. Gives `true` to one of them.
    pub fn wait(&self) -> bool {
        self.inner.wait().is_leader()
    }
}
