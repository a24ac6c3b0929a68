//! The judge of e302_bank: no schedule loses money, goes below zero or waits for ever, and transfers that
//! share no account meet in the middle.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod both;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e302_bank.rs"]
pub mod exercise;

// The judge's own books are not what is judged: with the real std's types they add no schedules.
use both::both;
use core::sync::atomic::{AtomicI64, Ordering::SeqCst};
use exercise::{Bank, Cents, NotEnough};
use interleave::Checker;
use interleave::model::{self, Notes};
use judge::{Rendezvous, Verdict, expect_eq};
use std::thread;

const ACCOUNTS: usize = 5;
/// No two alike, so that no balance can be mistaken for another.
const OPENING: [Cents; ACCOUNTS] = [100, 130, 70, 250, 10];
const THREADS: usize = 4;
const TRANSFERS: usize = 500;

fn main() -> judge::ExitCode {
    judge::exercise!("e302_bank")
        .schedules("two withdrawals, money for one", two_withdrawals)
        .schedules("two deposits into one account", two_deposits)
        .schedules("two transfers, money for one", two_transfers)
        .schedules_with(retries_end(), "a transfer there and a transfer back", || _ = there_and_back())
        .schedules("somebody adds up while money moves", adding_up)
        .schedules("a deposit, and a transfer to the same account", same_account)
        .schedules_with(
            retries_end(),
            "what `audit` sees of a transfer there and a transfer back",
            one_after_the_other,
        )
        .schedules("deposits, while `audit` is called", deposited_before_audit)
        .overlap("two transfers that share no account are under way at once", disjoint_transfers)
        .no_over_locking("a deposit and a withdrawal elsewhere, while a transfer is under way", elsewhere)
        .spec("500 transfers by one thread, among 5 accounts", alone)
        .spec("4 threads, 500 transfers each, among 5 accounts", crowd)
        .run()
}

/// An answer that gives a lock back and tries again is right, and its schedules have no end: two threads may be
/// unlucky as often as you like. Three unlucky moments are still tried in every way.
fn retries_end() -> Checker {
    Checker::new().bound(3).runs_beyond_bound(300)
}

fn two_withdrawals() {
    let bank = Bank::new(&[100, 8]);
    let (one, two) = both(|| bank.withdraw(0, 70), || bank.withdraw(0, 70));
    let paid = [one, two].iter().filter(|paid| paid.is_ok()).count();
    expect_eq("the balance after two withdrawals of 70 from 100", bank.balance(0), 30);
    expect_eq("how many of two withdrawals of 70 from 100 were paid", paid, 1);
    expect_eq("the answer to a withdrawal of 30 from an account of 30", bank.withdraw(0, 30), Ok(()));
    expect_eq("the answer to a withdrawal of 1 from an empty account", bank.withdraw(0, 1), Err(NotEnough));
    expect_eq("the balances after all withdrawals", balances(&bank, 2), vec![0, 8]);
}

fn two_deposits() {
    let bank = Bank::new(&[100, 8]);
    both(|| bank.deposit(0, 5), || bank.deposit(0, 7));
    expect_eq("the balance after deposits of 5 and 7 into 100", bank.balance(0), 112);
    expect_eq("the balance of another account meanwhile", bank.balance(1), 8);
}

fn two_transfers() {
    let bank = Bank::new(&[100, 7, 2]);
    let (one, two) = both(|| bank.transfer(0, 1, 70, |_, _| ()), || bank.transfer(0, 2, 70, |_, _| ()));
    expect_eq("all money after two transfers of 70 from an account of 100", bank.total(), 109);
    expect_eq("the balance left after two transfers of 70 from 100", bank.balance(0), 30);
    let moved = [one, two].iter().filter(|moved| moved.is_ok()).count();
    expect_eq("how many of two transfers of 70 from 100 were made", moved, 1);
    let (first, second) = if one.is_ok() { (77, 2) } else { (7, 72) };
    expect_eq("the balances after the transfer that was made", balances(&bank, 3), vec![30, first, second]);

    let refused = bank.transfer(0, 1, 31, never_audited);
    expect_eq("the answer to a transfer of 31 from an account of 30", refused, Err(NotEnough));
    expect_eq("the balances after a refused transfer", balances(&bank, 3), vec![30, first, second]);
    let (moved, seen) = audited(&bank, 0, 1, 30);
    expect_eq("the answer to a transfer of 30 from an account of 30", moved, Ok(()));
    expect_eq("the balances that `audit` saw of it", seen, Some((0, first + 30)));
    expect_eq("the balances after it", balances(&bank, 3), vec![0, first + 30, second]);
}

/// What `audit` saw of each of the two transfers.
fn there_and_back() -> [Option<(Cents, Cents)>; 2] {
    let bank = Bank::new(&[100, 80]);
    let (there, back) = both(|| audited(&bank, 0, 1, 30), || audited(&bank, 1, 0, 50));
    expect_eq("the answers to a transfer of 30 there and of 50 back", (there.0, back.0), (Ok(()), Ok(())));
    expect_eq("the balances afterwards", balances(&bank, 2), vec![120, 60]);
    [there.1, back.1]
}

/// One of the two transfers comes first, and `audit` sees the balances between the two, and those at the end.
fn one_after_the_other() {
    let [there, back] = there_and_back();
    let there_first = there == Some((70, 110));
    let (between, end) = if there_first { ("there", (60, 120)) } else { ("back", (120, 60)) };
    let (first, second) = if there_first { (there, back) } else { (back, there) };
    let want = if there_first { (70, 110) } else { (30, 150) };
    expect_eq(&format!("what `audit` saw of the transfer {between}, which came first"), first, Some(want));
    expect_eq("what `audit` saw of the transfer that came second", second, Some(end));
}

fn adding_up() {
    let bank = Bank::new(&[100, 80]);
    let ((moved, seen), total) = both(|| audited(&bank, 1, 0, 30), || bank.total());
    expect_eq("all money, added up during a transfer", total, 180);
    expect_eq("the answer to a transfer of 30 from an account of 80", moved, Ok(()));
    expect_eq("the balances afterwards", balances(&bank, 2), vec![130, 50]);
    expect_eq("the balances that `audit` saw, of `from` and of `to`", seen, Some((50, 130)));
}

fn same_account() {
    let bank = Bank::new(&[100]);
    let ((), (moved, seen)) = both(|| bank.deposit(0, 5), || audited(&bank, 0, 0, 40));
    expect_eq("the answer to a transfer of 40 from an account of 100 to itself", moved, Ok(()));
    expect_eq("the balance after a transfer to the same account and a deposit of 5", bank.balance(0), 105);
    // The deposit may have come before.
    let balance = if seen == Some((105, 105)) { 105 } else { 100 };
    expect_eq("the two balances that `audit` saw of one account", seen, Some((balance, balance)));
    let refused = bank.transfer(0, 0, 106, never_audited);
    expect_eq("the answer to a transfer of 106 from an account of 105 to itself", refused, Err(NotEnough));
    let (moved, seen) = audited(&bank, 0, 0, 105);
    expect_eq("the answer to a transfer of 105 from an account of 105 to itself", moved, Ok(()));
    expect_eq("the two balances that `audit` saw of it", seen, Some((105, 105)));
    expect_eq("the balance after three transfers to the same account", bank.balance(0), 105);
}

/// What was deposited before `audit` is called, `audit` sees: nobody else can touch either account meanwhile.
fn deposited_before_audit() {
    let bank = Bank::new(&[100, 80]);
    let deposited: Notes<(Cents, Cents)> = Notes::default();
    let audit = |from_now: Cents, to_now: Cents| {
        model::point_here(); // who can come in between, does
        let (from, to) = deposited.with(|deposited| *deposited);
        let seen = from_now >= 70 + from && to_now >= 110 + to;
        expect_eq("whether `audit` sees all that was deposited before it was called", seen, true);
    };
    let deposit = || {
        bank.deposit(0, 5);
        deposited.with(|deposited| deposited.0 = 5);
        bank.deposit(1, 7);
        deposited.with(|deposited| deposited.1 = 7);
    };
    let (moved, ()) = both(|| bank.transfer(0, 1, 30, audit), deposit);
    expect_eq("the answer to a transfer of 30 from an account of 100 or more", moved, Ok(()));
    expect_eq("the balances afterwards", balances(&bank, 2), vec![75, 117]);
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

fn elsewhere() {
    let bank = Bank::new(&[100, 100, 100]);
    let (moved, paid) = judge::while_held(
        |held| bank.transfer(0, 2, 30, |_, _| held.here()),
        || {
            bank.deposit(1, 5);
            bank.withdraw(1, 5)
        },
    );
    expect_eq("the answer to a transfer of 30 from an account of 100", moved, Ok(()));
    expect_eq("the answer to a withdrawal of 5 from an account of 105", paid, Ok(()));
}

/// Where a thread's transfer of that turn comes from and goes to, and how much it moves. Every fifth stays where it is.
fn plan(thread: usize, turn: usize) -> (usize, usize, Cents) {
    let from = (turn * (thread + 1)) % ACCOUNTS;
    (from, (from + turn) % ACCOUNTS, 20 + (turn * 7 % 60) as Cents)
}

/// With nobody else about, every answer and every balance is known beforehand.
fn alone() {
    let mut books = OPENING;
    let bank = Bank::new(&books);
    for turn in 0..TRANSFERS {
        let (from, to, amount) = plan(0, turn);
        let what = format!("a transfer of {amount} from account {from} to account {to}, of {books:?}");
        let enough = books[from] >= amount;
        if enough {
            books[from] -= amount;
            books[to] += amount;
        }
        let (moved, seen) = audited(&bank, from, to, amount);
        expect_eq(&format!("the answer to {what}"), moved, enough.then_some(()).ok_or(NotEnough));
        let want = enough.then_some((books[from], books[to]));
        expect_eq(&format!("what `audit` saw of {what}"), seen, want);
        expect_eq(&format!("the balances after {what}"), balances(&bank, ACCOUNTS), books.to_vec());
    }
}

/// The books are kept inside `audit`, where nobody else can touch either account: so they must agree with the bank at
/// every transfer, whoever runs when.
fn crowd() {
    let bank = Bank::new(&OPENING);
    let books = OPENING.map(AtomicI64::new);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (bank, books) = (&bank, &books);
            scope.spawn(move || {
                for turn in 0..TRANSFERS {
                    let (from, to, amount) = plan(number, turn);
                    let mut made = false;
                    let answer = bank.transfer(from, to, amount, |from_now, to_now| {
                        books[from].fetch_sub(amount, SeqCst);
                        books[to].fetch_add(amount, SeqCst);
                        let want = (books[from].load(SeqCst), books[to].load(SeqCst));
                        expect_eq("the balances that `audit` saw", (from_now, to_now), want);
                        made = true;
                    });
                    expect_eq("whether `audit` was called", made, answer.is_ok());
                }
            });
        }
    });
    expect_eq("all money after 2,000 transfers", bank.total(), OPENING.iter().sum());
    let want: Vec<Cents> = books.into_iter().map(AtomicI64::into_inner).collect();
    expect_eq("the balances after 2,000 transfers", balances(&bank, ACCOUNTS), want);
    let negative = balances(&bank, ACCOUNTS).into_iter().filter(|&balance| balance < 0).count();
    expect_eq("accounts below zero after 2,000 transfers", negative, 0);
}

/// A transfer, its answer, and what `audit` saw of it, if it was called: always when money moved, else never.
fn audited(
    bank: &Bank,
    from: usize,
    to: usize,
    amount: Cents,
) -> (Result<(), NotEnough>, Option<(Cents, Cents)>) {
    let mut seen = None;
    let answer = bank.transfer(from, to, amount, |from, to| seen = Some((from, to)));
    match (answer, seen) {
        (Ok(()), None) => {
            judge::fail(Verdict::WrongResult, "A transfer was made, and `audit` was not called.")
        }
        (Err(_), Some((from, to))) => never_audited(from, to),
        _ => (),
    }
    (answer, seen)
}

fn never_audited(from: Cents, to: Cents) {
    let sentence = format!("A refused transfer called `audit`, with balances of {from} and {to}.");
    judge::fail(Verdict::WrongResult, &sentence);
}

fn balances(bank: &Bank, accounts: usize) -> Vec<Cents> {
    (0..accounts).map(|account| bank.balance(account)).collect()
}
