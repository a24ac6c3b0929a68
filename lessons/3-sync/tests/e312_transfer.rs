//! The judge of e312_transfer: every transfer ends, and no money appears or disappears.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod both;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e312_transfer.rs"]
pub mod exercise;

use both::both;
use exercise::{Account, Cents, total, transfer};
use interleave::Checker;
use judge::expect_eq;
use std::thread;

fn main() -> judge::ExitCode {
    judge::exercise!("e312_transfer")
        .schedules_with(retries_end(), "a transfer there and a transfer back", there_and_back)
        .schedules("a transfer, and somebody adds up", || adding_up([1, 2]))
        .schedules("a transfer, and somebody adds up accounts that lie in the opposite order", || {
            adding_up([2, 1])
        })
        .schedules("a transfer and a withdrawal, money for one", money_for_one)
        .schedules("a transfer to the same account, and a deposit", same_account)
        .schedules_with(retries_end(), "two transfers out of one account, money for one", two_out_of_one)
        .spec("one thread, one transfer after the other", alone)
        .spec("4 threads, 500 transfers each", crowd)
        .run()
}

/// An answer that gives a lock back and tries again is right, and its schedules have no end: two threads may be
/// unlucky as often as you like. Three unlucky moments are still tried in every way.
fn retries_end() -> Checker {
    Checker::new().bound(3).runs_beyond_bound(300)
}

fn there_and_back() {
    let (ann, ben) = (Account::new(1, 100), Account::new(2, 80));
    let (there, back) = both(|| transfer(&ann, &ben, 30), || transfer(&ben, &ann, 50));
    expect_eq("the answers to a transfer of 30 there and of 50 back", (there, back), (true, true));
    expect_eq("the balances afterwards", balances(&ann, &ben), (120, 60));
}

/// The order of the locks must be that of `total`, whatever else the accounts could be ordered by. In an array they lie one
/// behind the other.
fn adding_up(numbers: [u32; 2]) {
    let accounts = [Account::new(numbers[0], 100), Account::new(numbers[1], 80)];
    let [ann, ben] = &accounts;
    let (moved, sum) = both(|| transfer(ben, ann, 30), || total(ann, ben));
    expect_eq("all money, added up during a transfer", sum, 180);
    expect_eq("the answer to a transfer of 30 from an account of 80", moved, true);
    expect_eq("the balances afterwards", balances(ann, ben), (130, 50));
}

fn money_for_one() {
    let (ann, ben) = (Account::new(1, 100), Account::new(2, 80));
    let (moved, paid) = both(|| transfer(&ann, &ben, 70), || ann.withdraw(70));
    let done = [moved, paid].iter().filter(|done| **done).count();
    expect_eq("what is left of 100 after a transfer and a withdrawal of 70", ann.balance(), 30);
    expect_eq("how many of a transfer and a withdrawal of 70 from 100 were made", done, 1);
    expect_eq("the other account's balance", ben.balance(), if moved { 150 } else { 80 });
    expect_eq("the answer to a transfer of 31 from an account of 30", transfer(&ann, &ben, 31), false);
    expect_eq("what is left after it", ann.balance(), 30);
    expect_eq("the answer to a transfer of 30 from an account of 30", transfer(&ann, &ben, 30), true);
    expect_eq("what is left after it", ann.balance(), 0);
    expect_eq("the answer to a withdrawal from an empty account", ann.withdraw(1), false);
}

fn same_account() {
    let ann = Account::new(1, 100);
    let (moved, ()) = both(|| transfer(&ann, &ann, 40), || ann.deposit(5));
    expect_eq("the answer to a transfer of 40 from an account of 100 to itself", moved, true);
    expect_eq("the balance after a transfer to the same account and a deposit of 5", ann.balance(), 105);
    expect_eq(
        "the answer to a transfer of 106 from an account of 105 to itself",
        transfer(&ann, &ann, 106),
        false,
    );
    expect_eq(
        "the answer to a transfer of 105 from an account of 105 to itself",
        transfer(&ann, &ann, 105),
        true,
    );
    expect_eq("the balance after three transfers to the same account", ann.balance(), 105);
}

fn two_out_of_one() {
    let accounts = [Account::new(1, 7), Account::new(2, 100), Account::new(3, 2)];
    let (down, up) =
        both(|| transfer(&accounts[1], &accounts[0], 70), || transfer(&accounts[1], &accounts[2], 70));
    expect_eq("how many of two transfers of 70 from 100 were made", usize::from(down) + usize::from(up), 1);
    let want = if down { [77, 30, 2] } else { [7, 30, 72] };
    let got = [0, 1, 2].map(|at: usize| accounts[at].balance());
    expect_eq("the balances afterwards", got, want);
}

fn alone() {
    let accounts = [Account::new(7, 100), Account::new(3, 50), Account::new(5, 0)];
    let mut books = [100, 50, 0];
    for turn in 0..60 {
        let (from, to, amount) = (turn % 3, turn / 3 % 3, (turn * 7 % 45) as Cents);
        let enough = books[from] >= amount;
        if enough {
            books[from] -= amount;
            books[to] += amount;
        }
        let what = format!("a transfer of {amount} from account {from} to account {to}");
        expect_eq(&format!("the answer to {what}"), transfer(&accounts[from], &accounts[to], amount), enough);
        expect_eq(
            &format!("the balances after {what}"),
            [0, 1, 2].map(|n: usize| accounts[n].balance()),
            books,
        );
    }
}

fn crowd() {
    let accounts: Vec<Account> = (0..4).map(|number| Account::new(number, 100)).collect();
    thread::scope(|scope| {
        for thread in 0..4 {
            let accounts = &accounts;
            scope.spawn(move || {
                for turn in 0..500 {
                    let (from, to) = ((thread + turn) % 4, (thread * turn) % 4);
                    transfer(&accounts[from], &accounts[to], (turn % 60) as Cents);
                }
            });
        }
    });
    let balances: Vec<Cents> = accounts.iter().map(Account::balance).collect();
    expect_eq("all money after 2,000 transfers", balances.iter().sum::<Cents>(), 400);
    expect_eq("accounts below zero", balances.iter().filter(|&&balance| balance < 0).count(), 0);
}

fn balances(one: &Account, two: &Account) -> (Cents, Cents) {
    (one.balance(), two.balance())
}
