//! What attacks are tried on: a count by several threads, two pieces of work at once, and a sum.
use std::sync::Mutex;
use std::thread;

/// How many visits `threads` threads count together, `each` of them by each.
pub fn count(threads: u32, each: u32) -> u64 {
    let visits = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..each {
                    *visits.lock().unwrap() += 1;
                }
            });
        }
    });
    visits.into_inner().unwrap()
}

/// Does `work` twice, at the same time.
pub fn both(work: &(dyn Fn() + Sync)) {
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
}

/// All of `values` together.
pub fn sum(values: &[u64]) -> u64 {
    values.iter().sum()
}
