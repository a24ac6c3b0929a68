//! Two withdrawals of 70 from 100: looking and acting under two guards, then under one.
use std::sync::{Barrier, Mutex};
use std::thread;

fn main() {
    let account = Mutex::new(100);
    let both_have_looked = Barrier::new(2);
    println!("two guards, one to look and one to act:");
    two_customers(&account, |name| {
        let balance = *account.lock().unwrap(); // The guard is gone at the semicolon.
        println!("  {name} sees {balance}");
        both_have_looked.wait(); // Without it most runs are lucky. With it none is.
        if balance < 70 {
            return false;
        }
        *account.lock().unwrap() -= 70;
        true
    });

    let account = Mutex::new(100);
    println!("one guard for both:");
    two_customers(&account, |name| {
        let mut balance = account.lock().unwrap();
        println!("  {name} sees {balance}");
        if *balance < 70 {
            return false;
        }
        *balance -= 70;
        true
    });
}

fn two_customers(account: &Mutex<i32>, withdraw: impl Fn(&str) -> bool + Sync) {
    thread::scope(|scope| {
        for name in ["Ann", "Ben"] {
            let withdraw = &withdraw;
            scope.spawn(move || {
                let answer = if withdraw(name) { "paid" } else { "refused" };
                println!("  {name} is {answer}");
            });
        }
    });
    println!("  at the end: {}", account.lock().unwrap());
}
