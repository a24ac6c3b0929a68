//! e310_publish, wrong: the fence comes before the letter, so it orders nothing behind it.
use std::hint;
use std::race::RaceCell;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, fence};

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
        fence(Release);
        self.letter.set(letter);
        self.full.store(true, Relaxed);
    }

    /// The letter, if it is there. Any thread may read, at any time.
    pub fn read(&self) -> Option<u64> {
        // Pairs with the store in `post`. The letter is touched only after the flag was seen.
        if self.full.load(Acquire) { Some(self.letter.get()) } else { None }
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
        // Looking and taking in one step. Pairs with the store below: who gets the lock sees all that was done under it.
        while self.locked.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
            hint::spin_loop();
        }
        let new = change(self.value.get());
        self.value.set(new);
        self.locked.store(false, Release);
        new
    }
}
