//! e309_philosophers: three ways to eat with two forks, and nobody waits for ever.
//!
//! Philosophers sit at a round table. Between any two lies one fork; who eats needs both, the left and the right one.
//! When everybody takes the left fork and waits for the right one, all of them may wait for ever. Write three cures. In
//! each, `eat` is called once, with both forks in hand, and each of the two forks counts one more use. However they take
//! turns:
//!
//! * nobody waits for ever;
//! * two who share no fork can eat at the same time, also while somebody between them waits;
//! * who comes to a full table sleeps, and is let in as soon as *one* place is free, though the others never stop coming
//!   and going;
//! * who gives back never waits with a fork in hand.
//!
//! Nothing is promised about who is next, neither at a fork nor at a free place.
//!
//! The judge seats two and three philosophers, and two or three of five: in every order of their steps, or, where there
//! are too many, in every order with at most two unlucky moments. Two who never stop, and a third one who waits for a place,
//! it runs once, in the order that is kindest to the third.
use std::sync::{Condvar, Mutex};
use std::thread;

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
        //~ let _ = eat; // call it once, with both forks in hand: eat()
        //~ todo!("seat {seat} takes its two forks in the order of their numbers")
        let (left, right) = (seat, (seat + 1) % self.forks.len());
        let mut lower = self.forks[left.min(right)].lock().unwrap();
        let mut upper = self.forks[left.max(right)].lock().unwrap();
        *lower += 1;
        *upper += 1;
        eat();
        //~ end
    }

    /// The second way, a waiter: one seat always stays free. `seated` counts who sits; who comes to a full table waits for
    /// `place_free`. Who sits takes the left fork, then the right one. `eat` may ask how many are `seated`.
    pub fn by_waiter(&self, seat: usize, eat: impl FnOnce()) {
        //~ let _ = (eat, &self.place_free); // you will need both
        //~ todo!("seat {seat} sits down when the waiter allows it, eats, and gets up")
        let seated = self.seated.lock().unwrap();
        let mut seated =
            self.place_free.wait_while(seated, |seated| *seated + 1 == self.forks.len()).unwrap();
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
        //~ end
    }

    /// The third way, politeness: who cannot have the second fork gives back the first, lets others run
    /// (`thread::yield_now`) and tries again.
    pub fn by_giving_back(&self, seat: usize, eat: impl FnOnce()) {
        //~ let _ = (eat, thread::yield_now); // you will need both
        //~ todo!("seat {seat} tries until it has both forks")
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
        //~ end
    }
}
