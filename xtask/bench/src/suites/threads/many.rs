//! How many threads are too many for work that computes.
use crate::figures::count;
use crate::suite::{Case, Size, Table};
use anyhow::{Result, ensure};
use common::{clock, primes};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// A job takes about that much processor time.
const JOB: Duration = Duration::from_micros(50);

/// 2,000 jobs on few threads, on many, and on one thread each.
pub fn too_many(size: Size) -> Table {
    let jobs: usize = size.pick(2_000, 8);
    let length = calibrated();
    let case = |name: String, threads: usize| {
        Case::here(name, jobs as u64, move || shared_out(jobs, threads, length))
    };
    let mut cases = vec![case("1 thread".into(), 1)];
    for threads in size.pick(&[2, 4, 8, 64, 512][..], &[2, 4]) {
        cases.push(case(format!("{threads} threads"), *threads));
    }
    cases.push(Case::here(
        format!("a thread for each job: {}", count(jobs as u64)),
        jobs as u64,
        move || {
            let done = thread::scope(|scope| {
                let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(move || job(length))).collect();
                threads.into_iter().filter_map(|thread| thread.join().ok()).count()
            });
            ensure!(done == jobs, "{done} jobs were done");
            Ok(())
        },
    ));
    Table {
        name: "too-many",
        title: format!("Too many threads: {} jobs of 50 µs", count(jobs as u64)),
        about: "\
Jobs that compute cannot be done faster than there are processors. More threads than that bring nothing and cost their
start; a thread for each job costs about as much as the job. Few threads that take one job after another are called a pool:
lesson 4 builds one."
            .into(),
        unit: "job",
        rounds: 5,
        cases,
    }
}

/// Whoever is free takes the next job.
fn shared_out(jobs: usize, threads: usize, length: u64) -> Result<()> {
    let next = AtomicUsize::new(0);
    let done: usize = thread::scope(|scope| {
        let worker = || {
            let mut done = 0;
            // Only the number itself matters: no two workers get the same one.
            while next.fetch_add(1, Ordering::Relaxed) < jobs {
                job(length);
                done += 1;
            }
            done
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).sum()
    });
    ensure!(done == jobs, "{done} jobs were done");
    Ok(())
}

fn job(length: u64) {
    black_box(primes::count_primes(0..black_box(length)));
}

/// The amount of work that takes as long as a job should, on this machine.
fn calibrated() -> u64 {
    let mut length = 100;
    loop {
        // The least of three: an interruption makes a job look long.
        let cost = (0..3).map(|_| clock::timed(|| job(length)).1).min().unwrap_or_default();
        if cost >= JOB {
            return length;
        }
        length += length / 10;
    }
}
