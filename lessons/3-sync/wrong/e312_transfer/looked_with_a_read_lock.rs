//! e312_transfer, wrong: looks with a read lock, and takes the write locks afterwards.
use std::sync::RwLock;

/// Money. Amounts are never negative.
pub type Cents = i64;

/// An account. No two have the same number.
pub struct Account {
    number: u32,
    balance: RwLock<Cents>,
}

impl Account {
    /// The account with this number, and so much in it.
    pub fn new(number: u32, balance: Cents) -> Self {
        Account { number, balance: RwLock::new(balance) }
    }

    /// How much there is.
    pub fn balance(&self) -> Cents {
        *self.balance.read().unwrap()
    }

    /// Takes `amount` out if it is there, and says whether it was.
    pub fn withdraw(&self, amount: Cents) -> bool {
        let mut balance = self.balance.write().unwrap();
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    }

    /// Puts `amount` in.
    pub fn deposit(&self, amount: Cents) {
        *self.balance.write().unwrap() += amount;
    }
}

/// Moves `amount` from one account to another if it is there, and says whether it was.
pub fn transfer(from: &Account, to: &Account, amount: Cents) -> bool {
    if from.number == to.number {
        return *from.balance.read().unwrap() >= amount;
    }
    let (first, second) = if from.number < to.number { (from, to) } else { (to, from) };
    if *from.balance.read().unwrap() < amount {
        return false;
    }
    let mut first_balance = first.balance.write().unwrap();
    let mut second_balance = second.balance.write().unwrap();
    let (source, target) = if first.number == from.number {
        (&mut first_balance, &mut second_balance)
    } else {
        (&mut second_balance, &mut first_balance)
    };
    **source -= amount;
    **target += amount;
    true
}

/// How much there is in both, at one moment.
pub fn total(one: &Account, two: &Account) -> Cents {
    let (first, second) = if one.number < two.number { (one, two) } else { (two, one) };
    let first = first.balance.read().unwrap();
    let second = second.balance.read().unwrap();
    *first + *second
}
