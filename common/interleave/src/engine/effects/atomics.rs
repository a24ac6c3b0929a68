//! Atomics under the C++20 memory model, restricted: the modification order of each atomic is the
//! order of execution, so load buffering and reordered stores (2+2W) are out of reach.
//!
//! A load may return an older store as long as coherence and happens-before allow it; that is bad
//! luck and costs 1. The total order of sequentially consistent operations is the order of execution too:
//! what that order forbids a load to miss is in [`AtomicState::sequential`] and `World::fence_clock`.

use crate::engine::asking::RawWay;
use crate::engine::clock::VectorClock;
use crate::engine::code;
use crate::engine::world::{AtomicState, State, Step, Store, World};
use crate::engine::{Oid, Tid};
use crate::trace::{Kind, NONE};
use ::std::sync::atomic::Ordering;

/// What a read-modify-write did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update {
    pub(crate) old: u64,
    /// The value written; `None` when the exchange did not take place.
    pub(crate) new: Option<u64>,
}

fn acquires(order: Ordering) -> bool {
    matches!(order, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

fn releases(order: Ordering) -> bool {
    matches!(order, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

/// How an ordering is written into an event.
pub(crate) fn order_code(order: Ordering) -> u64 {
    match order {
        Ordering::Relaxed => 0,
        Ordering::Acquire => 1,
        Ordering::Release => 2,
        Ordering::AcqRel => 3,
        _ => 4,
    }
}

impl Step<'_> {
    fn atomic(&mut self, atomic: Oid) -> &mut AtomicState {
        match &mut self.object(atomic).state {
            State::Atomic(state) => state,
            other => unreachable!("{other:?} is no atomic"),
        }
    }

    /// Announces that the next operation may repeat this thread's last load.
    pub(crate) fn arm_spin(&mut self, atomic: Oid) {
        let stores = self.atomic(atomic).stores.len();
        let now = (::std::ptr::from_ref(self.loc).addr(), atomic, stores);
        let spin = &mut self.thread().spin;
        spin.repeats = if spin.last == now { spin.repeats + 1 } else { 0 };
        spin.last = now;
        spin.armed = true;
    }

    pub(crate) fn load(&mut self, atomic: Oid, order: Ordering) -> u64 {
        let me = self.me;
        let polls = self.thread().spin.polls();
        let weak = self.world.settings.weak_memory && !polls;
        let clock = self.thread().clock.clone();
        let newest = self.atomic(atomic).stores.len() - 1;
        let oldest = if weak { self.oldest_allowed(atomic, order, &clock) } else { newest };
        let pick = match newest - oldest {
            0 => newest,
            n => {
                let mut costs = vec![1; n + 1];
                costs[0] = 0;
                newest - self.choose_value(atomic, &costs)
            }
        };
        self.depend(code::LOAD + (newest - pick) as u64, atomic, false);
        self.take_place(atomic, order, pick);
        let store = &mut self.atomic(atomic).stores[pick];
        store.note_read(me, clock.get(me));
        let (value, release) = (store.value, store.release.clone());
        self.learn(release.as_ref(), order);
        self.thread().spin.newest = pick == newest;
        let kind = if pick == newest { Kind::Load } else { Kind::StaleLoad };
        self.log(kind, atomic, value, order_code(order));
        value
    }

    /// How many stores ago the value was written that a load returns.
    fn choose_value(&mut self, atomic: Oid, costs: &[u8]) -> usize {
        let ways = |world: &World| {
            let State::Atomic(state) = &world.objects[atomic as usize].state else { return Vec::new() };
            let values = state.stores.iter().rev().take(costs.len()).map(|store| store.value);
            values.enumerate().map(|(age, value)| RawWay::Reads { object: atomic, value, age }).collect()
        };
        self.world.choose(self.me, costs, ways)
    }

    pub(crate) fn store(&mut self, atomic: Oid, value: u64, order: Ordering) {
        self.depend(code::STORE, atomic, true);
        self.push_store(atomic, value, order, None);
        let newest = self.atomic(atomic).stores.len() - 1;
        self.take_place(atomic, order, newest);
        self.log(Kind::Store, atomic, value, order_code(order));
    }

    /// Whether a weak compare-exchange that could succeed fails for no reason: bad luck, which costs 1.
    pub(crate) fn weak_failure(&mut self) -> bool {
        if self.world.luck == 0 {
            return false;
        }
        let ways = |_: &World| vec![RawWay::Exchanges { fails: false }, RawWay::Exchanges { fails: true }];
        let fails = self.world.choose(self.me, &[0, 1], ways) == 1;
        self.world.luck -= u32::from(fails);
        fails
    }

    /// A read-modify-write: always of the newest store, which keeps its release sequence going.
    ///
    /// `weak` is the value for which it may also fail for no reason.
    pub(crate) fn update(
        &mut self,
        atomic: Oid,
        success: Ordering,
        failure: Ordering,
        weak: Option<u64>,
        change: &mut dyn FnMut(u64) -> Option<u64>,
    ) -> Update {
        let newest = self.atomic(atomic).stores.last().expect("an atomic has its first store");
        let (old, release) = (newest.value, newest.release.clone());
        let spurious = weak == Some(old) && self.weak_failure();
        self.depend(code::UPDATE + u64::from(spurious), atomic, true);
        let new = if spurious { None } else { change(old) };
        self.thread().spin.newest = true;
        self.learn(release.as_ref(), if new.is_some() { success } else { failure });
        match new {
            Some(value) => {
                self.push_store(atomic, value, success, release);
                self.log(Kind::Update, atomic, old, value);
            }
            None => self.log(Kind::ExchangeFail, atomic, old, u64::from(spurious)),
        }
        let newest = self.atomic(atomic).stores.len() - 1;
        self.take_place(atomic, if new.is_some() { success } else { failure }, newest);
        Update { old, new }
    }

    pub(crate) fn fence(&mut self, order: Ordering) {
        if acquires(order) {
            let unacquired = self.thread().unacquired.clone();
            self.thread().clock.join(&unacquired);
        }
        if order == Ordering::SeqCst {
            let before = self.world.fence_clock.clone();
            self.thread().clock.join(&before);
            self.world.fence_clock = self.thread().clock.clone();
            self.see_sequential_stores();
            self.world.depend_on_fences(self.me, true);
        }
        if releases(order) {
            let clock = self.thread().clock.clone();
            self.thread().release_fence = clock;
        }
        self.none_depend(code::FENCE);
        self.log(Kind::Fence, NONE, 0, order_code(order));
    }

    /// The oldest store that a load may return.
    fn oldest_allowed(&mut self, atomic: Oid, order: Ordering, clock: &VectorClock) -> usize {
        let fences = (order == Ordering::SeqCst).then(|| self.world.fence_clock.clone());
        let state = self.atomic(atomic);
        let visible = oldest_visible(&state.stores, clock);
        match fences {
            None => visible,
            // Nor one that a sequentially consistent operation, or what came before such a fence, has left behind.
            Some(fences) => visible.max(state.sequential).max(oldest_visible(&state.stores, &fences)),
        }
    }

    /// A sequentially consistent operation that wrote or read store number `index` takes its place in the total order.
    fn take_place(&mut self, atomic: Oid, order: Ordering, index: usize) {
        if order != Ordering::SeqCst {
            return;
        }
        let state = self.atomic(atomic);
        state.sequential = state.sequential.max(index);
        self.world.depend_on_fences(self.me, false);
    }

    /// After a sequentially consistent fence no load may miss what sequentially consistent operations before it
    /// wrote or read: as if the fence had read it.
    fn see_sequential_stores(&mut self) {
        let me = self.me;
        let now = self.thread().clock.get(me);
        for object in &mut self.world.objects {
            if let State::Atomic(state) = &mut object.state {
                state.stores[state.sequential].note_read(me, now);
            }
        }
    }

    /// What reading a store teaches: at once with acquire, at the next acquire fence without.
    fn learn(&mut self, release: Option<&VectorClock>, order: Ordering) {
        if let Some(release) = release {
            let thread = self.thread();
            if acquires(order) {
                thread.clock.join(release);
            } else {
                thread.unacquired.join(release);
            }
        }
    }

    /// `continued` is the release sequence that a read-modify-write goes on with.
    fn push_store(&mut self, atomic: Oid, value: u64, order: Ordering, continued: Option<VectorClock>) {
        let by = self.me;
        let thread = self.thread();
        let at = thread.clock.get(by);
        let mut release = if releases(order) {
            Some(thread.clock.clone())
        } else if thread.release_fence.is_empty() {
            None
        } else {
            Some(thread.release_fence.clone())
        };
        if let Some(before) = continued {
            release.get_or_insert_default().join(&before);
        }
        self.atomic(atomic).stores.push(Store { value, by, at, release, read_at: Vec::new() });
    }
}

impl Store {
    /// Notes that `thread` has read it, by its own clock.
    fn note_read(&mut self, thread: Tid, now: u32) {
        if self.read_at.len() <= thread {
            self.read_at.resize(thread + 1, 0);
        }
        if self.read_at[thread] == 0 {
            self.read_at[thread] = now;
        }
    }
}

/// The oldest store a thread with this clock may still read: not older than one that happened before
/// it, nor than one whose reading happened before it (coherence).
fn oldest_visible(stores: &[Store], clock: &VectorClock) -> usize {
    let known = |store: &Store| {
        store.at <= clock.get(store.by)
            || store.read_at.iter().enumerate().any(|(t, at)| *at != 0 && *at <= clock.get(t))
    };
    stores.iter().rposition(known).unwrap_or(0)
}
