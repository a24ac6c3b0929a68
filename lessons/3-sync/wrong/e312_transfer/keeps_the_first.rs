//! e312_transfer, wrong: tries the second lock again and again with the first in hand.
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
    if from.number == to.number {
        return from.balance() >= amount;
    }
    let mut source = from.balance.lock().unwrap();
    let mut target = loop {
        match to.balance.try_lock() {
            Ok(target) => break target,
            Err(_) => std::thread::yield_now(),
        }
    };
    let enough = *source >= amount;
    if enough {
        *source -= amount;
        *target += amount;
    }
    enough
}

/// How much there is in both, at one moment.
pub fn total(one: &Account, two: &Account) -> Cents {
    let (first, second) = if one.number < two.number { (one, two) } else { (two, one) };
    let first = first.balance.lock().unwrap();
    let second = second.balance.lock().unwrap();
    *first + *second
}
