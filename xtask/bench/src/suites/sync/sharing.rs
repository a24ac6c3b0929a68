//! Counters and locks that threads share: in ways that cost much, and in ways that cost little.
use super::on_threads;
use crate::figures::count;
use crate::suite::{Case, Size, Table};
use anyhow::ensure;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

/// Processors own memory in lines; 128 bytes is more than any of today's has.
#[derive(Default)]
#[repr(align(128))]
struct OnItsOwnLine(AtomicU64);

/// Four threads add to one count.
pub fn ways_to_share(size: Size) -> Table {
    const THREADS: u64 = 4;
    let each: u64 = size.pick(2_000_000, 10);
    let case = |name: &str, work: fn(u64) -> u64| {
        Case::here(name, THREADS * each, move || {
            let counted = work(each);
            ensure!(counted == THREADS * each, "counted {counted}");
            Ok(())
        })
    };
    let merged = |each| {
        let total = AtomicU64::new(0);
        on_threads(THREADS, || _ = total.fetch_add(counted_alone(each), Relaxed));
        total.into_inner()
    };
    let sharded = |each| {
        let shards: [OnItsOwnLine; THREADS as usize] = Default::default();
        thread::scope(|scope| {
            for shard in &shards {
                scope.spawn(move || (0..each).for_each(|_| _ = shard.0.fetch_add(1, Relaxed)));
            }
        });
        shards.iter().map(|shard| shard.0.load(Relaxed)).sum()
    };
    let atomic = |each| {
        let total = AtomicU64::new(0);
        on_threads(THREADS, || (0..each).for_each(|_| _ = total.fetch_add(1, Relaxed)));
        total.into_inner()
    };
    let locked = |each| {
        let total = Mutex::new(0);
        on_threads(THREADS, || (0..each).for_each(|_| *total.lock().unwrap() += 1));
        total.into_inner().unwrap()
    };
    Table {
        name: "sharing",
        title: format!("One count, four threads, {} steps each", count(each)),
        about: "\
The same count in four ways. Own counts, merged once, share nothing until the end. Atomic counters on lines of their own
cost the atomic step and no fight. One atomic counter makes the processors pass one line of memory around. One lock adds
sleeping and waking."
            .into(),
        unit: "step",
        rounds: 7,
        cases: vec![
            case("own counts, merged once", merged),
            case("an atomic each, on lines of their own", sharded),
            case("one atomic for all", atomic),
            case("one lock for all", locked),
        ],
    }
}

/// The same number of steps under one lock, by more and more threads.
pub fn contention(size: Size) -> Table {
    let steps: u64 = size.pick(4_000_000, 40);
    let case = |threads: u64| {
        let name = if threads == 1 { "1 thread, alone".into() } else { format!("{threads} threads") };
        Case::here(name, steps, move || {
            let total = Mutex::new(0);
            on_threads(threads, || (0..steps / threads).for_each(|_| *total.lock().unwrap() += 1));
            let total = total.into_inner()?;
            ensure!(total == steps, "counted {total}");
            Ok(())
        })
    };
    Table {
        name: "contention",
        title: format!("One lock, {} steps in all", count(steps)),
        about: "\
The same work, and the same lock. One thread has the lock for itself: taking it is a step or two in memory that its
processor owns already. With a second thread on a second processor each step has to fetch that memory, and often to sleep."
            .into(),
        unit: "step",
        rounds: 7,
        cases: [1, 2, 4, 8].map(case).into(),
    }
}

/// Two threads work and add up; the lock is held for the adding only, or for the work as well.
pub fn held_too_long(size: Size) -> Table {
    let (pieces, steps): (u64, u64) = size.pick((1_000, 20_000), (2, 10));
    let all = 2 * pieces;
    let check = move |sum: u64| {
        ensure!(sum == all * steps, "summed up {sum}");
        Ok(())
    };
    let short = move || {
        let sum = Mutex::new(0);
        on_threads(2, || {
            for _ in 0..pieces {
                let result = counted_alone(steps);
                *sum.lock().unwrap() += result;
            }
        });
        check(sum.into_inner()?)
    };
    let long = move || {
        let sum = Mutex::new(0);
        on_threads(2, || {
            for _ in 0..pieces {
                let mut sum = sum.lock().unwrap();
                *sum += counted_alone(steps);
            }
        });
        check(sum.into_inner()?)
    };
    Table {
        name: "held",
        title: format!("Two threads, {} pieces of work each", count(pieces)),
        about: "\
Here the clock on the wall is what to look at. With the lock held during the work, the second thread waits for the first:
two threads take as long as one, and as much processor time."
            .into(),
        unit: "piece",
        rounds: 7,
        cases: vec![
            Case::here("work first, then lock and add", all, short),
            Case::here("the lock held during the work", all, long),
        ],
    }
}

/// Two threads, two counters, nothing shared but the line of memory they stand on.
pub fn false_sharing(size: Size) -> Table {
    let steps: u64 = size.pick(10_000_000, 10);
    fn add<C: Sync>(counters: &[C; 2], steps: u64, counter: impl Fn(&C) -> &AtomicU64) -> u64 {
        thread::scope(|scope| {
            for mine in counters {
                let mine = counter(mine);
                scope.spawn(move || (0..steps).for_each(|_| _ = mine.fetch_add(1, Relaxed)));
            }
        });
        counters.iter().map(|each| counter(each).load(Relaxed)).sum()
    }
    let check = move |counted: u64| {
        ensure!(counted == 2 * steps, "counted {counted}");
        Ok(())
    };
    let apart = move || check(add(&<[OnItsOwnLine; 2]>::default(), steps, |counter| &counter.0));
    // Side by side and on one line, wherever the stack happens to be.
    #[derive(Default)]
    #[repr(align(128))]
    struct OneLine([AtomicU64; 2]);
    let side_by_side = move || check(add(&OneLine::default().0, steps, |counter| counter));
    Table {
        name: "false-sharing",
        title: format!("Two threads, a counter each, {} steps each", count(steps)),
        about: "\
No counter is shared. Side by side they stand on one line of memory, and processors own memory by lines: the line goes back
and forth with every step. `fetch_add` has to own the line at each step; a plain store would hide most of it in the
processor's store buffer."
            .into(),
        unit: "step",
        rounds: 9,
        cases: vec![
            Case::here("on lines of their own", 2 * steps, apart),
            Case::here("side by side", 2 * steps, side_by_side),
        ],
    }
}

/// Counts to `steps` by itself; the compiler may not take a short cut.
fn counted_alone(steps: u64) -> u64 {
    (0..steps).fold(0, |count, _| black_box(count + 1))
}
