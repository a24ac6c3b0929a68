//! e312_transfer: a transfer that takes its locks in one order, and still waits for ever. Find out why, and mend it.
//!
//! "Always lock in a consistent order": that is what the original, in Python, says above these lines, and it does. All
//! the same the very first transfer never comes to its end. Behind that mistake there are two more, which nobody has
//! seen so far, because no transfer ever got so far.
//!
//! Mend `transfer`, and whatever of `Account` you need for it, so that, however the threads take turns:
//!
//! * every transfer comes to its end: there, back, and from an account to itself;
//! * no money appears or disappears, not even for a moment, and no account goes below zero;
//! * the answer is `true` when the money was there, and `false` when not; then nothing is changed.
//!
//! The judge runs two threads through every order of their steps, with at most three unlucky moments and, where that is
//! not all, beyond.
use std::sync::Mutex;

/// Money. Amounts are never negative.
pub type Cents = i64;

/// An account. No two have the same number.
pub struct Account {
    number: u32,
    balance: Mutex<Cents>,
}

impl Account {
    /// The account with this number, and so much in it.
    pub fn new(number: u32, balance: Cents) -> Self {
        Account { number, balance: Mutex::new(balance) }
    }

    /// How much there is.
    pub fn balance(&self) -> Cents {
        *self.balance.lock().unwrap()
    }

    /// Takes `amount` out if it is there, and says whether it was.
    pub fn withdraw(&self, amount: Cents) -> bool {
        let mut balance = self.balance.lock().unwrap();
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    }

    /// Puts `amount` in.
    pub fn deposit(&self, amount: Cents) {
        *self.balance.lock().unwrap() += amount;
    }
}

/// Moves `amount` from one account to another if it is there, and says whether it was.
pub fn transfer(from: &Account, to: &Account, amount: Cents) -> bool {
    // Always in the same order: the lower number first.
    let (first, second) = if from.number < to.number { (from, to) } else { (to, from) };
    let _first = first.balance.lock().unwrap();
    let _second = second.balance.lock().unwrap();
    from.withdraw(amount);
    to.deposit(amount);
    true
}

/// How much there is in both, at one moment.
pub fn total(one: &Account, two: &Account) -> Cents {
    let (first, second) = if one.number < two.number { (one, two) } else { (two, one) };
    let first = first.balance.lock().unwrap();
    let second = second.balance.lock().unwrap();
    *first + *second
}
