//! Three more things that a lock can do: let readers in together, make a value once, and remember a panic.
use std::panic;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Barrier, Mutex, OnceLock, RwLock};
use std::thread;

fn main() {
    readers_meet();
    once();
    poison();
}

fn readers_meet() {
    let (price, all_inside) = (RwLock::new(100), Barrier::new(3));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let price = price.read().unwrap();
                all_inside.wait(); // Passed only if three hold a read guard at the same time.
                *price
            });
        }
    });
    println!("three readers were inside at the same time");
    let reading = price.read().unwrap();
    println!("  while one reads, another may read: {}", price.try_read().is_ok());
    println!("  while one reads, another may write: {}", price.try_write().is_ok());
    drop(reading);
    let mut writing = price.write().unwrap();
    *writing += 1;
    println!("  while one writes, another may read: {}", price.try_read().is_ok());
}

fn once() {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static TABLE: OnceLock<Vec<u32>> = OnceLock::new();
    let table = || {
        TABLE.get_or_init(|| {
            MADE.fetch_add(1, Relaxed);
            (1..=10).map(|n| n * n).collect()
        })
    };
    let sums: Vec<u32> = thread::scope(|scope| {
        let threads = [(); 8].map(|()| scope.spawn(|| table().iter().sum()));
        threads.map(|thread| thread.join().unwrap()).into()
    });
    println!("eight threads have added up a table: {}", sums.iter().all(|sum| *sum == 385));
    println!("  it was made {} time", MADE.load(Relaxed));
}

fn poison() {
    let pair = Mutex::new((1, 1)); // Both are always equal. Or are they?
    panic::set_hook(Box::new(|_| ())); // The panic is meant to happen; its message would only disturb.
    let half_way = thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let mut pair = pair.lock().unwrap();
            pair.0 = 2;
            panic!("before the second half");
        });
        thread.join().is_err()
    });
    println!("a thread panicked with the guard in hand: {half_way}");
    println!("  poisoned: {}", pair.is_poisoned());
    match pair.lock() {
        Ok(_) => println!("  lock: as if nothing had happened"),
        Err(poisoned) => println!("  lock: an error, and inside it the data: {:?}", *poisoned.into_inner()),
    }
    *pair.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = (2, 2);
    pair.clear_poison();
    println!("  mended, and the mark taken away: {:?}", *pair.lock().unwrap());
}
