//! e309_philosophers, wrong: who comes to a full table wakes itself every millisecond to look.
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// How long to sleep before looking again.
const A_MOMENT: Duration = Duration::from_millis(1);

/// A fork, and how often it was used.
type Fork = Mutex<u32>;

/// A table with as many forks as seats. Seat `n` has fork `n` on its left and the next one on its right; to the right of
/// the last seat lies fork 0.
pub struct Table {
    forks: Vec<Fork>,
    seated: Mutex<usize>,
    place_free: Condvar,
}

impl Table {
    /// A table with at least two seats.
    pub fn new(seats: usize) -> Self {
        assert!(seats >= 2, "a table has two seats at least");
        let forks = (0..seats).map(|_| Mutex::new(0)).collect();
        Table { forks, seated: Mutex::new(0), place_free: Condvar::new() }
    }

    /// How often each fork was used.
    pub fn uses(&self) -> Vec<u32> {
        self.forks.iter().map(|fork| *fork.lock().unwrap()).collect()
    }

    /// How many the waiter has let sit down.
    pub fn seated(&self) -> usize {
        *self.seated.lock().unwrap()
    }

    /// The first way, an order: all take the fork with the lower number first.
    pub fn by_order(&self, seat: usize, eat: impl FnOnce()) {
        let (left, right) = (seat, (seat + 1) % self.forks.len());
        let mut lower = self.forks[left.min(right)].lock().unwrap();
        let mut upper = self.forks[left.max(right)].lock().unwrap();
        *lower += 1;
        *upper += 1;
        eat();
    }

    /// The second way, a waiter: one seat always stays free. `seated` counts who sits; who comes to a full table waits for
    /// `place_free`. Who sits takes the left fork, then the right one. `eat` may ask how many are `seated`.
    pub fn by_waiter(&self, seat: usize, eat: impl FnOnce()) {
        let mut seated = self.seated.lock().unwrap();
        while *seated + 1 == self.forks.len() {
            seated = self.place_free.wait_timeout(seated, A_MOMENT).unwrap().0;
        }
        *seated += 1;
        drop(seated); // The waiter is free for others while this one waits for forks, and eats.
        {
            let mut left = self.forks[seat].lock().unwrap();
            let mut right = self.forks[(seat + 1) % self.forks.len()].lock().unwrap();
            *left += 1;
            *right += 1;
            eat();
        }
        *self.seated.lock().unwrap() -= 1;
        self.place_free.notify_one();
    }

    /// The third way, politeness: who cannot have the second fork gives back the first, lets others run
    /// (`thread::yield_now`) and tries again.
    pub fn by_giving_back(&self, seat: usize, eat: impl FnOnce()) {
        loop {
            let mut left = self.forks[seat].lock().unwrap();
            if let Ok(mut right) = self.forks[(seat + 1) % self.forks.len()].try_lock() {
                *left += 1;
                *right += 1;
                return eat();
            }
            drop(left);
            thread::yield_now();
        }
    }
}
