//! Eight threads add up all that stands before them, in three rounds, and meet twice in each.
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;

const THREADS: usize = 8;

fn main() {
    println!("eight threads, a 1 each, three rounds:");
    let (numbers, barrier) = (ones(), Barrier::new(THREADS));
    thread::scope(|scope| {
        for me in 0..THREADS {
            let (numbers, barrier) = (&numbers, &barrier);
            scope.spawn(move || {
                for round in 0..3 {
                    let sum = look(numbers, me, round);
                    barrier.wait(); // All have looked: now the numbers may change.
                    numbers[me].store(sum, Relaxed);
                    // All have written: now the numbers may be looked at. One of them shows the result.
                    if barrier.wait().is_leader() {
                        println!("  after round {}: {}", round + 1, show(numbers));
                    }
                    barrier.wait(); // Nobody writes while the leader reads.
                }
            });
        }
    });

    println!("without the barrier, if they happen to run one after the other:");
    let numbers = ones();
    for me in 0..THREADS {
        for round in 0..3 {
            numbers[me].store(look(&numbers, me, round), Relaxed);
        }
    }
    println!("  after round 3: {}", show(&numbers));
}

fn ones() -> [AtomicU32; THREADS] {
    [const { AtomicU32::new(1) }; THREADS]
}

/// The own number, and the one that stands 1, 2 or 4 places before it.
fn look(numbers: &[AtomicU32; THREADS], me: usize, round: u32) -> u32 {
    let before = me.checked_sub(1 << round).map_or(0, |at| numbers[at].load(Relaxed));
    numbers[me].load(Relaxed) + before
}

fn show(numbers: &[AtomicU32; THREADS]) -> String {
    numbers.iter().map(|number| format!("{:>3}", number.load(Relaxed))).collect()
}
