//! e310_publish: hand a value to other threads with nothing but an atomic flag, and build a lock from one.
//!
//! `RaceCell` is plain memory, as unsafe code shares it: nothing keeps two threads apart but what you do yourself. Two
//! threads that use it at the same time, one of them to write, are a data race. Below are a letter box and a spin lock whose
//! flags say too little, and too late. Mend both, so that under every schedule, and with all that the memory model allows:
//!
//! * who reads the letter box gets the whole letter or `None`, and never waits;
//! * `update` of the spin lock is one step: no change is lost, and no two threads are inside at once.
//!
//! No other lock than the atomic flags: not a `Mutex`, not a channel.
//!
//! The judge runs two threads through every order of their steps and every old value that your orderings allow, with at
//! most three unlucky moments where somebody goes round in a loop; and three threads without an unlucky moment.
use std::hint;
use std::race::RaceCell;
//~ use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
//~ end

/// A box for one letter.
pub struct LetterBox {
    letter: RaceCell<u64>,
    full: AtomicBool,
}

impl LetterBox {
    /// An empty box.
    pub fn new() -> Self {
        LetterBox { letter: RaceCell::new(0), full: AtomicBool::new(false) }
    }

    /// Puts the letter in. Only one thread does so, and only once.
    pub fn post(&self, letter: u64) {
        //~ self.full.store(true, Relaxed);
        //~ self.letter.set(letter);
        self.letter.set(letter);
        // Pairs with the load in `read`: who sees the flag sees what was written before it.
        self.full.store(true, Release);
        //~ end
    }

    /// The letter, if it is there. Any thread may read, at any time.
    pub fn read(&self) -> Option<u64> {
        //~ let letter = self.letter.get();
        //~ self.full.load(Relaxed).then_some(letter)
        // Pairs with the store in `post`. The letter is touched only after the flag was seen.
        if self.full.load(Acquire) { Some(self.letter.get()) } else { None }
        //~ end
    }
}

impl Default for LetterBox {
    fn default() -> Self {
        Self::new()
    }
}

/// A number behind a lock that waits by trying again.
pub struct SpinLock {
    locked: AtomicBool,
    value: RaceCell<u64>,
}

impl SpinLock {
    /// An open lock around a first value.
    pub fn new(value: u64) -> Self {
        SpinLock { locked: AtomicBool::new(false), value: RaceCell::new(value) }
    }

    /// Replaces the value by `change(value)` and gives the new one. One thread at a time; the others go round in a loop
    /// (`hint::spin_loop`) until it is their turn. `change` does not panic.
    pub fn update(&self, change: impl FnOnce(u64) -> u64) -> u64 {
        //~ while self.locked.load(Relaxed) {
        //~     hint::spin_loop();
        //~ }
        //~ self.locked.store(true, Relaxed);
        // Looking and taking in one step. Pairs with the store below: who gets the lock sees all that was done under it.
        while self.locked.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
            hint::spin_loop();
        }
        //~ end
        let new = change(self.value.get());
        self.value.set(new);
        //~ self.locked.store(false, Relaxed);
        self.locked.store(false, Release);
        //~ end
        new
    }
}
