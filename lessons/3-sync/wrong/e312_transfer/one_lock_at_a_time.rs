//! e312_transfer, wrong: never holds two locks, so it cannot deadlock, and the money is nowhere in between.
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
        take(&mut self.balance.lock().unwrap(), amount)
    }

    /// Puts `amount` in.
    pub fn deposit(&self, amount: Cents) {
        *self.balance.lock().unwrap() += amount;
    }
}

/// Moves `amount` from one account to another if it is there, and says whether it was.
pub fn transfer(from: &Account, to: &Account, amount: Cents) -> bool {
    // One account has one lock. Nothing moves, but the money must be there.
    if from.number == to.number {
        return from.balance() >= amount;
    }
    let enough = take(&mut from.balance.lock().unwrap(), amount);
    if enough {
        *to.balance.lock().unwrap() += amount;
    }
    enough
}

/// Takes `amount` out of a balance whose lock the caller holds.
fn take(balance: &mut Cents, amount: Cents) -> bool {
    let enough = *balance >= amount;
    if enough {
        *balance -= amount;
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
