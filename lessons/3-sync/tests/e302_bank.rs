//! The judge of e302_bank: no schedule loses money, goes below zero or waits for ever, and transfers that
//! share no account meet in the middle.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e302_bank.rs"]
pub mod exercise;

use exercise::{Bank, Cents, NotEnough};
use interleave::Checker;
use judge::{Rendezvous, expect_eq};
use std::thread;

const ACCOUNTS: usize = 5;
const THREADS: usize = 4;
const TRANSFERS: usize = 500;

fn main() -> judge::ExitCode {
    judge::exercise!("e302_bank")
        .schedules("two withdrawals, money for one", two_withdrawals)
        .schedules("two deposits into one account", two_deposits)
        .schedules("two transfers, money for one", two_transfers)
        .schedules_with(retries_end(), "a transfer there and a transfer back", || there_and_back(|_, _| ()))
        .schedules("somebody adds up while money moves", adding_up)
        .schedules("a deposit, and a transfer to the same account", same_account)
        .schedules_with(retries_end(), "what `audit` sees of a transfer there and a transfer back", || {
            there_and_back(sum_stays)
        })
        .overlap("two transfers that share no account are under way at once", disjoint_transfers)
        .overlap("a deposit elsewhere while a transfer is under way", deposit_elsewhere)
        .spec("4 threads, 500 transfers each, among 5 accounts", crowd)
        .run()
}

/// An answer that gives a lock back and tries again is right, and its schedules have no end: two threads may be
/// unlucky as often as you like. Three unlucky moments are still tried in every way.
fn retries_end() -> Checker {
    Checker::new().bound(3).runs_beyond_bound(300)
}

fn two_withdrawals() {
    let bank = Bank::new(&[100]);
    let (one, two) = both(|| bank.withdraw(0, 70), || bank.withdraw(0, 70));
    let paid = [one, two].iter().filter(|paid| paid.is_ok()).count();
    expect_eq("the balance after two withdrawals of 70 from 100", bank.balance(0), 30);
    expect_eq("how many of two withdrawals of 70 from 100 were paid", paid, 1);
}

fn two_deposits() {
    let bank = Bank::new(&[100]);
    both(|| bank.deposit(0, 5), || bank.deposit(0, 7));
    expect_eq("the balance after deposits of 5 and 7 into 100", bank.balance(0), 112);
}

fn two_transfers() {
    let bank = Bank::new(&[100, 0, 0]);
    let (one, two) = both(|| bank.transfer(0, 1, 70, |_, _| ()), || bank.transfer(0, 2, 70, |_, _| ()));
    expect_eq("all money after two transfers of 70 from an account of 100", bank.total(), 100);
    expect_eq("the balance left after two transfers of 70 from 100", bank.balance(0), 30);
    let moved = [one, two].iter().filter(|moved| moved.is_ok()).count();
    expect_eq("how many of two transfers of 70 from 100 were made", moved, 1);
    let refused = bank.transfer(0, 1, 31, never_audited);
    expect_eq("the answer to a transfer of 31 from an account of 30", refused, Err(NotEnough));
    expect_eq("all money after a refused transfer", bank.total(), 100);
}

fn there_and_back(audit: fn(Cents, Cents)) {
    let bank = Bank::new(&[100, 100]);
    let answers = both(|| bank.transfer(0, 1, 30, audit), || bank.transfer(1, 0, 50, audit));
    expect_eq("the answers to a transfer of 30 there and of 50 back", answers, (Ok(()), Ok(())));
    expect_eq("the balances afterwards", balances(&bank, 2), vec![120, 80]);
}

fn sum_stays(from: Cents, to: Cents) {
    expect_eq("the sum of the two balances that `audit` saw", from + to, 200);
}

fn adding_up() {
    let bank = Bank::new(&[100, 100]);
    let (moved, total) = both(|| bank.transfer(1, 0, 30, |_, _| ()), || bank.total());
    expect_eq("all money, added up during a transfer", total, 200);
    expect_eq("the answer to a transfer of 30 from an account of 100", moved, Ok(()));
    expect_eq("the balances afterwards", balances(&bank, 2), vec![130, 70]);
}

fn same_account() {
    let bank = Bank::new(&[100]);
    let mut seen = None;
    let ((), moved) =
        both(|| bank.deposit(0, 5), || bank.transfer(0, 0, 40, |from, to| seen = Some((from, to))));
    expect_eq("the answer to a transfer of 40 from an account of 100 to itself", moved, Ok(()));
    expect_eq("the balance after a transfer to the same account and a deposit of 5", bank.balance(0), 105);
    let seen = seen.unwrap_or_else(|| judge::fail(judge::Verdict::WrongResult, NOT_AUDITED));
    expect_eq("the two balances that `audit` saw of one account", seen.0, seen.1);
    let refused = bank.transfer(0, 0, 1_000, never_audited);
    expect_eq("the answer to a transfer of 1,000 from an account of 105 to itself", refused, Err(NotEnough));
}

fn disjoint_transfers() {
    let bank = Bank::new(&[100, 100, 100, 100]);
    let inside = Rendezvous::new(2);
    let answers = both(
        || bank.transfer(0, 1, 30, |_, _| inside.meet()),
        || bank.transfer(3, 2, 30, |_, _| inside.meet()),
    );
    expect_eq("the answers to two transfers that share no account", answers, (Ok(()), Ok(())));
}

fn deposit_elsewhere() {
    let bank = Bank::new(&[100, 100, 100]);
    let inside = Rendezvous::new(2);
    let (moved, ()) = both(
        || bank.transfer(0, 2, 30, |_, _| inside.meet()),
        || {
            bank.deposit(1, 5);
            inside.meet();
        },
    );
    expect_eq("the answer to a transfer of 30 from an account of 100", moved, Ok(()));
}

fn crowd() {
    let bank = Bank::new(&[100; ACCOUNTS]);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let bank = &bank;
            scope.spawn(move || {
                for turn in 0..TRANSFERS {
                    // Steps of 1, 2, 3 and 4 around the ring, and every fifth transfer stays where it is.
                    let from = (turn * (number + 1)) % ACCOUNTS;
                    let to = (from + turn) % ACCOUNTS;
                    let _ = bank.transfer(from, to, 60, |from, to| {
                        if from < 0 || to < 0 {
                            let sentence = format!("`audit` was shown balances of {from} and {to}.");
                            judge::fail(judge::Verdict::WrongResult, &sentence);
                        }
                    });
                }
            });
        }
    });
    expect_eq("all money after 2,000 transfers", bank.total(), 100 * ACCOUNTS as Cents);
    let negative = balances(&bank, ACCOUNTS).into_iter().filter(|&balance| balance < 0).count();
    expect_eq("accounts below zero after 2,000 transfers", negative, 0);
}

const NOT_AUDITED: &str = "A transfer was made, and `audit` was not called.";

fn never_audited(from: Cents, to: Cents) {
    let sentence = format!("A refused transfer called `audit`, with balances of {from} and {to}.");
    judge::fail(judge::Verdict::WrongResult, &sentence);
}

fn balances(bank: &Bank, accounts: usize) -> Vec<Cents> {
    (0..accounts).map(|account| bank.balance(account)).collect()
}

/// Runs both on threads of their own and gives both answers.
fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, two: impl FnOnce() -> B + Send) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let two = scope.spawn(two);
        (one.join().unwrap(), two.join().unwrap())
    })
}
