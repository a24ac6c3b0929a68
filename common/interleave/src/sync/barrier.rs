//! `Barrier`, made of a mutex and a condition variable.

use super::{Condvar, Mutex, PoisonError};
use crate::engine::in_model;
use crate::record;
use crate::trace::{Kind, NONE};
use ::std::panic::Location;

/// [`std::sync::Barrier`].
#[derive(Debug)]
pub struct Barrier {
    state: Mutex<Turnstile>,
    opened: Condvar,
    size: usize,
    inner: ::std::sync::Barrier,
}

#[derive(Debug)]
struct Turnstile {
    arrived: usize,
    generation: usize,
}

/// [`std::sync::BarrierWaitResult`].
#[derive(Debug)]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Whether this thread is the one of its generation that leads.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// A barrier that opens when `size` threads wait at it.
    #[track_caller]
    pub const fn new(size: usize) -> Self {
        Barrier {
            state: Mutex::new(Turnstile { arrived: 0, generation: 0 }),
            opened: Condvar::new(),
            size,
            inner: ::std::sync::Barrier::new(size),
        }
    }

    /// Waits until enough threads do.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        if !in_model() {
            if record::on() {
                record::log(Kind::WantMeet, NONE, 0, 0, Location::caller());
            }
            let result = BarrierWaitResult(self.inner.wait().is_leader());
            if record::on() {
                record::log(Kind::Meet, NONE, 0, 0, Location::caller());
            }
            return result;
        }
        let at = Location::caller();
        let mut state = self.state.lock_in_model(at).unwrap_or_else(PoisonError::into_inner);
        let generation = state.generation;
        state.arrived += 1;
        if state.arrived >= self.size {
            state.arrived = 0;
            state.generation = generation.wrapping_add(1);
            self.opened.notify_all_at(at);
            return BarrierWaitResult(true);
        }
        while state.generation == generation {
            state = self.opened.wait_in_model(state, None, at).0.unwrap_or_else(PoisonError::into_inner);
        }
        BarrierWaitResult(false)
    }
}
