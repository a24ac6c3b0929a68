//! A hundred threads count visits: what each cure of the lost update costs.
use crate::figures::count;
use crate::python;
use crate::suite::{Case, Size, Table};
use anyhow::ensure;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// The source's own size: 100 threads, 100,000 visits each.
pub fn visits(size: Size) -> Table {
    let (threads, visits): (u64, u64) = size.pick((100, 100_000), (4, 10));
    let all = threads * visits;
    let case = |name: &str, work: fn(u64, u64) -> u64| {
        Case::here(name, all, move || {
            let counted = work(threads, visits);
            ensure!(counted == all, "counted {counted}");
            Ok(())
        })
    };
    let mut cases = Vec::new();
    let python = [threads.to_string(), visits.to_string()];
    cases.extend(python::case("Python, a lock each visit", all, "counter", &[&python[0], &python[1]], all));
    cases.extend([
        case("a lock each visit", lock_each),
        case("one atomic step each visit", atomic_each),
        case("a lock each 1,000 visits", lock_each_thousand),
        case("own counts, merged once", merged),
    ]);
    Table {
        name: "counter",
        title: format!("A shared counter: {threads} threads, {} visits each", count(visits)),
        about: "\
Every way counts exactly. A lock or an atomic step for each visit makes the processors pass one piece of memory around,
once for each visit. Counting for oneself and merging passes it around once for each thread."
            .into(),
        unit: "visit",
        rounds: 5,
        cases,
    }
}

fn lock_each(threads: u64, visits: u64) -> u64 {
    let count = Mutex::new(0);
    on_all(threads, || (0..visits).for_each(|_| *count.lock().unwrap() += 1));
    count.into_inner().unwrap()
}

fn atomic_each(threads: u64, visits: u64) -> u64 {
    let count = AtomicU64::new(0);
    // Relaxed: only the number matters, and the scope's end orders it before the last look.
    on_all(threads, || (0..visits).for_each(|_| _ = count.fetch_add(1, Ordering::Relaxed)));
    count.into_inner()
}

fn lock_each_thousand(threads: u64, visits: u64) -> u64 {
    const BATCH: u64 = 1_000;
    let count = Mutex::new(0);
    on_all(threads, || {
        let mut mine = 0;
        for _ in 0..visits {
            mine = black_box(mine + 1);
            if mine == BATCH {
                *count.lock().unwrap() += std::mem::take(&mut mine);
            }
        }
        *count.lock().unwrap() += mine;
    });
    count.into_inner().unwrap()
}

fn merged(threads: u64, visits: u64) -> u64 {
    let total = AtomicU64::new(0);
    on_all(threads, || {
        let mut mine = 0; // `black_box` keeps the compiler from turning the loop into one addition
        (0..visits).for_each(|_| mine = black_box(mine + 1));
        total.fetch_add(mine, Ordering::Relaxed);
    });
    total.into_inner()
}

fn on_all(threads: u64, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(&work);
        }
    });
}
