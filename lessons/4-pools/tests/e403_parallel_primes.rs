//! The judge of e403_parallel_primes: every number once, all workers at once, and nobody held up by a slow number.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std
extern crate std as real;

#[cfg(not(exercise_crate))]
#[path = "../exercises/e403_parallel_primes.rs"]
pub mod exercise;

// The judge's own counting is not what is judged: with the real std's types it adds no schedules.
use core::sync::atomic::{AtomicUsize, Ordering};
use exercise::count_primes;
use interleave::Checker;
use judge::{Rendezvous, Verdict, expect_eq};
use real::sync::OnceLock;
use std::collections::HashSet;
use std::sync::Mutex;
use std::thread::{self, ThreadId};

fn main() -> judge::ExitCode {
    judge::exercise!("e403_parallel_primes")
        .schedules("2 workers, 3 numbers, one at a time", || every_number_once(3, 2, 1))
        .schedules("2 workers, 5 numbers, two at a time", || every_number_once(5, 2, 2))
        .schedules("2 workers, 4 numbers, two at a time", || chunk_by_chunk(4, 2, 2))
        .schedules_with(interrupted_once(), "2 workers, 40 numbers, 10 at a time, all of them good", || {
            chunk_by_chunk(40, 2, 10);
        })
        .schedules_with(interrupted_once(), "4 workers, 60 numbers, three at a time", || {
            every_number_once(60, 4, 3);
        })
        .overlap("2 workers work at the same time", || all_workers_at_once(2))
        .overlap("a slow number holds up nobody", one_slow_number)
        .overlap("2 workers work at the same time, three numbers each", last_of_each_chunk)
        .spec("no numbers at all", || every_number_once(0, 2, 1))
        .spec("more workers than numbers", || every_number_once(3, 8, 1))
        .spec("one chunk for everything", || every_number_once(100, 2, 1_000))
        .spec("4 workers, 10,000 numbers, 64 at a time", || every_number_once(10_000, 4, 64))
        .spec("4 workers, 960 numbers, 16 at a time, all of them good", || chunk_by_chunk(960, 4, 16))
        .spec("5 workers work at the same time", || all_workers_at_once(5))
        .spec("no more threads than were asked for", no_extra_threads)
        .speed(
            "2 workers, 200,000 numbers, large ones take longer",
            judge::Speed::up(1.8).of((0..MANY).map(cost).sum()),
            large_ones_take_longer,
        )
        .run()
}

fn every_number_once(n: u64, workers: usize, chunk: u64) {
    let looks: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
    let found = count_primes(n, workers, chunk, |number| {
        match looks.get(number as usize) {
            Some(looks) => looks.fetch_add(1, Ordering::Relaxed),
            None => judge::fail(
                Verdict::WrongResult,
                format!("{number} was looked at, but only numbers below {n} were asked for."),
            ),
        };
        is_prime(number)
    });
    let looks: Vec<usize> = looks.into_iter().map(AtomicUsize::into_inner).collect();
    if let Some(number) = looks.iter().position(|&looks| looks != 1) {
        expect_eq(&format!("how often {number} was looked at, of {n} numbers"), looks[number], 1);
    }
    expect_eq(
        &format!("the number of primes below {n}"),
        found,
        (0..n).filter(|&number| is_prime(number)).count(),
    );
}

/// For models with too many schedules to try them all: an answer may go wrong only when much has happened. Two steps
/// that should be one need no more than one interruption between them.
fn interrupted_once() -> Checker {
    Checker::new().bound(1).runs_beyond_bound(0).steps_per_round(20_000, 0)
}

/// The numbers of a chunk are looked at by one worker. Every number counts, so each chunk adds as much as it can.
/// `n` is a multiple of `chunk`: the chunks are the same from either end.
fn chunk_by_chunk(n: u64, workers: usize, chunk: u64) {
    let looked: Vec<OnceLock<ThreadId>> = (0..n).map(|_| OnceLock::new()).collect();
    let found = count_primes(n, workers, chunk, |number| {
        let by = thread::current().id();
        looked.get(number as usize).is_some_and(|looked| looked.set(by).is_ok())
    });
    expect_eq(&format!("how many of {n} numbers were found to be good, when all are"), found, n as usize);
    for (start, chunk) in (0..n).step_by(chunk as usize).zip(looked.chunks(chunk as usize)) {
        if chunk.iter().any(|by| by.get() != chunk[0].get()) {
            let end = start + chunk.len() as u64 - 1;
            let sentence =
                format!("The numbers {start} to {end} are one chunk; several workers looked at them.");
            judge::fail(Verdict::WrongResult, &sentence);
        }
    }
}

/// Two chunks of three numbers, of which the last ones are looked at at the same time.
fn last_of_each_chunk() {
    let inside = Rendezvous::new(2);
    let found = count_primes(6, 2, 3, |number| {
        if number % 3 == 2 {
            inside.meet();
        }
        is_prime(number)
    });
    expect_eq("the number of primes below 6", found, 3);
}

fn no_extra_threads() {
    let seen = Mutex::new(HashSet::new());
    count_primes(100, 3, 1, |number| {
        seen.lock().unwrap().insert(thread::current().id());
        is_prime(number)
    });
    let threads = seen.into_inner().unwrap().len();
    if threads > 3 {
        let sentence = format!("3 workers were asked for, and {threads} threads looked at numbers.");
        judge::fail(Verdict::WrongResult, &sentence);
    }
}

/// As many numbers as workers, and each number waits until all of them are being looked at.
fn all_workers_at_once(workers: usize) {
    let inside = Rendezvous::new(workers);
    let found = count_primes(workers as u64, workers, 1, |number| {
        inside.meet();
        is_prime(number)
    });
    let primes = (0..workers as u64).filter(|&number| is_prime(number)).count();
    expect_eq(&format!("the number of primes below {workers}"), found, primes);
}

/// Number 0 takes as long as all the others together: it ends with the last of them.
fn one_slow_number() {
    const N: u64 = 4;
    let done = AtomicUsize::new(0);
    let last = Rendezvous::new(2);
    let found = count_primes(N, 2, 1, |number| {
        if number == 0 || done.fetch_add(1, Ordering::Relaxed) + 2 == N as usize {
            last.meet();
        }
        is_prime(number)
    });
    expect_eq("the number of primes below 4", found, 2);
}

/// Enough numbers that an answer which does it differently when there are many does it differently here.
const MANY: u64 = 200_000;

/// The divisions that trial division needs for a prime: up to its root.
fn cost(number: u64) -> u64 {
    number.isqrt()
}

/// The numbers are not looked at here, only their divisions are counted: who has how many?
fn large_ones_take_longer(work: &judge::Work) {
    count_primes(MANY, 2, 1_000, |number| {
        work.takes(cost(number));
        false
    });
}

fn is_prime(number: u64) -> bool {
    common::primes::is_prime(number)
}
