//! e312_transfer, wrong: lets one transfer go at a time, and anybody add up meanwhile.
use std::sync::Mutex;

/// One transfer at a time.
static TRANSFERS: Mutex<()> = Mutex::new(());

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
    let _alone = TRANSFERS.lock().unwrap();
    let enough = from.withdraw(amount);
    if enough {
        to.deposit(amount);
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
