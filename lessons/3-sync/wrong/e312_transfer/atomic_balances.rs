//! e312_transfer, wrong: each balance is changed in one step, and a transfer changes two.
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

/// Money. Amounts are never negative.
pub type Cents = i64;

/// An account. No two have the same number.
pub struct Account {
    balance: AtomicI64,
}

impl Account {
    /// The account with this number, and so much in it.
    pub fn new(_number: u32, balance: Cents) -> Self {
        Account { balance: AtomicI64::new(balance) }
    }

    /// How much there is.
    pub fn balance(&self) -> Cents {
        self.balance.load(SeqCst)
    }

    /// Takes `amount` out if it is there, and says whether it was.
    pub fn withdraw(&self, amount: Cents) -> bool {
        let less = |balance| (balance >= amount).then(|| balance - amount);
        self.balance.fetch_update(SeqCst, SeqCst, less).is_ok()
    }

    /// Puts `amount` in.
    pub fn deposit(&self, amount: Cents) {
        self.balance.fetch_add(amount, SeqCst);
    }
}

/// Moves `amount` from one account to another if it is there, and says whether it was.
pub fn transfer(from: &Account, to: &Account, amount: Cents) -> bool {
    let enough = from.withdraw(amount);
    if enough {
        to.deposit(amount);
    }
    enough
}

/// How much there is in both, at one moment.
pub fn total(one: &Account, two: &Account) -> Cents {
    one.balance() + two.balance()
}
