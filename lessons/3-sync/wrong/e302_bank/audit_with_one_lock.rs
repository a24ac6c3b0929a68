//! e302_bank, wrong: one of the two locks is given back before the audit.
use std::sync::Mutex;

/// Money. Balances may not be negative, and amounts never are.
pub type Cents = i64;

/// The answer to a request for more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotEnough;

/// Accounts, called by their numbers: 0, 1, 2 …
pub struct Bank {
    accounts: Vec<Mutex<Cents>>,
}

impl Bank {
    /// A bank with one account for each balance.
    pub fn new(balances: &[Cents]) -> Self {
        Bank { accounts: balances.iter().map(|&balance| Mutex::new(balance)).collect() }
    }

    /// What one account holds.
    pub fn balance(&self, account: usize) -> Cents {
        *self.accounts[account].lock().unwrap()
    }

    /// What all accounts hold at one moment. Locks every account, from number 0 upwards, before it adds up.
    pub fn total(&self) -> Cents {
        let all: Vec<_> = self.accounts.iter().map(|account| account.lock().unwrap()).collect();
        all.iter().map(|balance| **balance).sum()
    }

    /// Puts `amount` into `account`.
    pub fn deposit(&self, account: usize, amount: Cents) {
        *self.accounts[account].lock().unwrap() += amount;
    }

    /// Takes `amount` out of `account`, or says that there is not enough and takes nothing.
    pub fn withdraw(&self, account: usize, amount: Cents) -> Result<(), NotEnough> {
        // One guard from the look to the act: nobody can take the money in between.
        let mut balance = self.accounts[account].lock().unwrap();
        if *balance < amount {
            return Err(NotEnough);
        }
        *balance -= amount;
        Ok(())
    }

    /// Moves `amount` from one account to another, or says that there is not enough and moves nothing.
    ///
    /// When the money has moved, and while nobody else can touch either account, `audit` is called once with
    /// the new balances of `from` and `to`. A transfer to the same account moves nothing but is audited.
    pub fn transfer(
        &self,
        from: usize,
        to: usize,
        amount: Cents,
        audit: impl FnOnce(Cents, Cents),
    ) -> Result<(), NotEnough> {
        // One account has one lock, and a thread that holds it must not ask for it again.
        if from == to {
            let balance = self.accounts[from].lock().unwrap();
            if *balance < amount {
                return Err(NotEnough);
            }
            audit(*balance, *balance);
            return Ok(());
        }
        // Everybody locks the lower number first, as `total` does, so no circle of waiting can close.
        let mut lower = self.accounts[from.min(to)].lock().unwrap();
        let mut higher = self.accounts[from.max(to)].lock().unwrap();
        let (source, target) =
            if from < to { (&mut *lower, &mut *higher) } else { (&mut *higher, &mut *lower) };
        if *source < amount {
            return Err(NotEnough);
        }
        *source -= amount;
        *target += amount;
        let (s, t) = (*source, *target);
        if from < to {
            drop(higher);
        } else {
            drop(lower);
        }
        audit(s, t);
        Ok(())
    }
}
