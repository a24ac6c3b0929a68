//! What the look-alike costs where no check runs: on real threads, beside the real `std`.
//!
//! `cargo run --release -p interleave --example idle_cost`
//!
//! Rounds of the two alternate, so that a machine that gets slower does so for both; the ratio is the median of the
//! rounds' ratios.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Pairs of rounds of each measurement.
const ROUNDS: usize = 41;

fn main() {
    println!("{:<24} {:>10} {:>12} {:>7}", "operation", "std", "interleave", "ratio");
    for (name, operations, real, ours) in CASES {
        let (real_ns, our_ns, ratio) = compare(*operations, *real, *ours);
        println!("{name:<24} {real_ns:>7.1} ns {our_ns:>9.1} ns {ratio:>6.2}x");
    }
    println!("\n{:<24} {:>10} {:>12}", "size of", "std", "interleave");
    for (name, real, ours) in sizes() {
        println!("{name:<24} {real:>8} B {ours:>10} B");
    }
}

/// Nanoseconds an operation takes, in the middle round of each, and the middle ratio.
fn compare(operations: u32, real: fn(u32), ours: fn(u32)) -> (f64, f64, f64) {
    let time = |work: fn(u32)| {
        let start = Instant::now();
        work(operations);
        start.elapsed().max(Duration::from_nanos(1)).as_secs_f64() * 1e9 / f64::from(operations)
    };
    // Once for the caches.
    time(real);
    time(ours);
    let rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|round| {
            if round % 2 == 0 {
                (time(real), time(ours))
            } else {
                let ours = time(ours);
                (time(real), ours)
            }
        })
        .collect();
    let middle = |of: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = rounds.iter().map(of).collect();
        all.sort_unstable_by(f64::total_cmp);
        all[all.len() / 2]
    };
    (middle(|r| r.0), middle(|r| r.1), middle(|r| r.1 / r.0))
}

/// A name, operations in a round, the work with std, the work with interleave.
type Case = (&'static str, u32, fn(u32), fn(u32));

const CASES: &[Case] = &[
    ("lock and unlock", 200_000, real::lock, ours::lock),
    ("atomic load", 1_000_000, real::load, ours::load),
    ("atomic store", 1_000_000, real::store, ours::store),
    ("fetch_add", 200_000, real::fetch_add, ours::fetch_add),
    ("spawn and join", 50, real::spawn, ours::spawn),
    ("channel send and receive", 100_000, real::channel, ours::channel),
    ("condvar ping-pong", 500, real::ping_pong, ours::ping_pong),
];

/// The same work, written once for each library.
macro_rules! work {
    ($name:ident, $std:path) => {
        mod $name {
            use super::black_box;
            use library::sync::atomic::{
                AtomicU64,
                Ordering::{Acquire, Relaxed, Release},
            };
            use library::sync::{Condvar, Mutex, mpsc};
            use library::thread;
            use std::sync::Arc;
            use $std as library;

            pub fn lock(operations: u32) {
                let total = black_box(Mutex::new(0_u64));
                for _ in 0..operations {
                    *total.lock().unwrap() += 1;
                }
            }

            pub fn load(operations: u32) {
                let value = black_box(AtomicU64::new(1));
                for _ in 0..operations {
                    black_box(value.load(Acquire));
                }
            }

            pub fn store(operations: u32) {
                let value = black_box(AtomicU64::new(1));
                for n in 0..operations {
                    value.store(u64::from(n), Release);
                }
            }

            pub fn fetch_add(operations: u32) {
                let value = black_box(AtomicU64::new(1));
                for _ in 0..operations {
                    black_box(value.fetch_add(1, Relaxed));
                }
            }

            pub fn spawn(operations: u32) {
                for n in 0..operations {
                    black_box(thread::spawn(move || n).join().unwrap());
                }
            }

            pub fn channel(operations: u32) {
                let (sender, receiver) = mpsc::channel();
                for n in 0..operations {
                    sender.send(n).unwrap();
                    black_box(receiver.recv().unwrap());
                }
            }

            /// Two threads, one turn each.
            pub fn ping_pong(operations: u32) {
                let shared = Arc::new((Mutex::new(0), Condvar::new()));
                let other = Arc::clone(&shared);
                let play = move |shared: &(Mutex<u32>, Condvar), odd: u32| {
                    let mut turn = shared.0.lock().unwrap();
                    while *turn < operations {
                        if *turn % 2 == odd {
                            *turn += 1;
                            shared.1.notify_one();
                        } else {
                            turn = shared.1.wait(turn).unwrap();
                        }
                    }
                };
                let thread = thread::spawn(move || play(&other, 1));
                play(&shared, 0);
                thread.join().unwrap();
            }
        }
    };
}

work!(real, std);
work!(ours, interleave);

/// A type's name, and its size in std and in interleave.
fn sizes() -> Vec<(&'static str, usize, usize)> {
    macro_rules! size {
        ($($part:ident)::+ $(< $of:ty >)?) => {
            (
                stringify!($($part)::+ $(<$of>)?),
                size_of::<std::$($part)::+ $(<$of>)?>(),
                size_of::<interleave::$($part)::+ $(<$of>)?>(),
            )
        };
    }
    vec![
        size!(sync::Mutex<u64>),
        size!(sync::RwLock<u64>),
        size!(sync::Condvar),
        size!(sync::Barrier),
        size!(sync::OnceLock<u64>),
        size!(sync::atomic::AtomicU64),
        size!(sync::atomic::AtomicBool),
        size!(sync::mpsc::Sender<u64>),
        size!(sync::mpsc::Receiver<u64>),
        size!(thread::JoinHandle<u64>),
    ]
}
