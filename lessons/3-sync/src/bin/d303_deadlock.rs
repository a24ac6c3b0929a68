//! Two transfers in opposite directions, and how each comes to wait for the other. Then two cures.
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

type Accounts = Arc<[Mutex<i64>; 2]>;

fn main() {
    println!("each locks the account it takes from first:");
    opposite_orders(accounts());
    println!("everybody locks account 0 first:");
    one_order(accounts());
    println!("nobody waits with a lock in hand:");
    give_back_and_retry(accounts());
}

fn accounts() -> Accounts {
    Arc::new([Mutex::new(100), Mutex::new(100)])
}

fn opposite_orders(accounts: Accounts) {
    let (report, finished) = mpsc::channel();
    let both_hold_one = Arc::new(Barrier::new(2));
    for (from, to) in [(0, 1), (1, 0)] {
        let (accounts, both_hold_one, report) = (accounts.clone(), both_hold_one.clone(), report.clone());
        // Not joined: these two will never end by themselves. They go when the program goes.
        thread::spawn(move || {
            let mut source = accounts[from].lock().unwrap();
            println!("  {from} -> {to}: I hold {from}");
            both_hold_one.wait(); // Without it most runs are lucky. With it none is.
            println!("  {from} -> {to}: I wait for {to}");
            let mut target = accounts[to].lock().unwrap();
            *source -= 10;
            *target += 10;
            let _ = report.send(()); // One report is enough: after it nobody may be listening.
        });
    }
    match finished.recv_timeout(Duration::from_millis(500)) {
        Ok(()) => println!("  a transfer went through"),
        Err(_) => println!("  half a second later neither has moved: deadlock"),
    }
}

fn one_order(accounts: Accounts) {
    thread::scope(|scope| {
        for (from, to, amount) in [(0, 1, 10), (1, 0, 25)] {
            let accounts = &accounts;
            scope.spawn(move || {
                let mut zero = accounts[0].lock().unwrap();
                let mut one = accounts[1].lock().unwrap();
                let (source, target) = if from == 0 { (&mut zero, &mut one) } else { (&mut one, &mut zero) };
                **source -= amount;
                **target += amount;
                println!("  {from} -> {to}: moved {amount}");
            });
        }
    });
    println!("  at the end: {}", balances(&accounts));
}

fn give_back_and_retry(accounts: Accounts) {
    let both_hold_one = Barrier::new(2);
    thread::scope(|scope| {
        for (from, to, amount) in [(0, 1, 10), (1, 0, 25)] {
            let (accounts, both_hold_one) = (&accounts, &both_hold_one);
            scope.spawn(move || {
                let mut attempts = 1;
                loop {
                    let mut source = accounts[from].lock().unwrap();
                    if attempts == 1 {
                        both_hold_one.wait();
                    }
                    if let Ok(mut target) = accounts[to].try_lock() {
                        *source -= amount;
                        *target += amount;
                        break;
                    }
                    drop(source); // The other one needs it. Politeness is the cure.
                    attempts += 1;
                    thread::yield_now();
                }
                println!("  {from} -> {to}: moved {amount}, attempts: {attempts}");
            });
        }
    });
    println!("  at the end: {}", balances(&accounts));
}

fn balances(accounts: &Accounts) -> String {
    format!("{} and {}", accounts[0].lock().unwrap(), accounts[1].lock().unwrap())
}
