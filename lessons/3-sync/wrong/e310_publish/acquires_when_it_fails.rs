//! e310_publish, wrong: the two orderings of the exchange are swapped.
use std::hint;
use std::race::RaceCell;
use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

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
        self.letter.set(letter);
        // Pairs with the load in `read`: who sees the flag sees what was written before it.
        self.full.store(true, Release);
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
        while self.locked.compare_exchange_weak(false, true, Relaxed, Acquire).is_err() {
            hint::spin_loop();
        }
        let new = change(self.value.get());
        self.value.set(new);
        self.locked.store(false, Release);
        new
    }
}
