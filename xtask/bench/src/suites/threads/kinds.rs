//! Two kinds of work: waiting, for which threads are enough, and computing, for which processors are needed.
use super::cores;
use super::delay::{DelayServer, ask};
use crate::figures::count;
use crate::meter::Sample;
use crate::python;
use crate::suite::{Case, Size, Table};
use anyhow::{Result, ensure};
use common::{clock, primes, sieve};
use std::hint::black_box;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Numbers a worker takes at a time.
const CHUNK: u64 = 1_000;

/// Requests that are answered after 50 ms.
pub fn waiting(size: Size) -> Result<Table> {
    let requests: u64 = size.pick(20, 3);
    let server = Rc::new(DelayServer::start(Duration::from_millis(size.pick(50, 1)))?);
    let port = server.port();
    let case = |name: &str, work: fn(u16, u64) -> Result<Sample>| {
        Case::itself(name, requests, move || work(port, requests))
    };
    let mut cases =
        vec![case("Rust, one after another", ask_in_turn), case("Rust, a thread each", ask_at_once)];
    let (port, number) = (port.to_string(), requests.to_string());
    for (name, mode) in [
        ("Python, one after another", "sequential"),
        ("Python, a thread each", "threads"),
        ("Python, a process each", "processes"),
    ] {
        cases.extend(python::case(name, requests, "waiting", &[mode, &port, &number], requests));
    }
    let cases = cases.into_iter().map(|case| case.holding(Rc::clone(&server))).collect();
    Ok(Table {
        name: "waiting",
        title: format!("Waiting: {requests} requests, each answered after 50 ms"),
        about: "\
A server on this machine answers each connection after 50 ms. The CPU time is the client's. Whoever only waits needs no
processor, so threads make this as many times as fast as there are requests, and Python's lock does not matter: a thread
that waits has let go of it. Even the threads of *one* processor would do."
            .into(),
        unit: "request",
        rounds: 5,
        cases,
    })
}

/// Only the clients' processor time counts: the server runs in this process, too.
fn ask_in_turn(port: u16, requests: u64) -> Result<Sample> {
    let (start, cpu) = (Instant::now(), clock::thread_cpu());
    (0..requests).try_for_each(|_| ask(port))?;
    Ok(Sample { wall_s: start.elapsed().as_secs_f64(), cpu_s: (clock::thread_cpu() - cpu).as_secs_f64() })
}

fn ask_at_once(port: u16, requests: u64) -> Result<Sample> {
    let (start, cpu) = (Instant::now(), clock::thread_cpu());
    let threads = thread::scope(|scope| {
        let client = || ask(port).map(|()| clock::thread_cpu());
        let clients: Vec<_> = (0..requests).map(|_| scope.spawn(client)).collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("a client does not panic"))
            .sum::<Result<Duration>>()
    })?;
    let wall_s = start.elapsed().as_secs_f64();
    Ok(Sample { wall_s, cpu_s: (clock::thread_cpu() - cpu + threads).as_secs_f64() })
}

/// Trial division, alone and shared out.
pub fn computing(size: Size) -> Table {
    let end: u64 = size.pick(400_000, 2_000);
    let expected = sieve::count_primes_below(end);
    let workers = cores();
    let mut cases =
        vec![counting("Rust, one thread", end, expected, move || primes::count_primes(0..black_box(end)))];
    cases.push(counting(format!("Rust, {workers} threads"), end, expected, move || in_chunks(end, workers)));
    cases.extend(in_python(end, expected, workers));
    Table {
        name: "computing",
        title: format!("Computing: the primes below {} by trial division", count(end)),
        about: "\
The same loops in each language. Threads that compute need processors of their own: in Rust they get them, in Python they
take turns under one lock, and it takes processes to use both. The threads share the numbers out in chunks of 1,000, the
processes likewise."
            .into(),
        unit: "number",
        rounds: 5,
        cases,
    }
}

/// The goal for the book's largest example: how far a better algorithm goes beyond any number of processors.
pub fn primes_to_five_million(size: Size) -> Table {
    let end: u64 = size.pick(5_000_000, 3_000);
    let expected = sieve::count_primes_below(end);
    let workers = cores();
    let mut cases: Vec<Case> = in_python(end, expected, workers);
    // The table before has shown what threads and processes do for it, and here each takes half a minute.
    cases.truncate(1);
    cases.push(counting("Rust, one thread", end, expected, move || primes::count_primes(0..black_box(end))));
    cases.push(counting(format!("Rust, {workers} threads"), end, expected, move || in_chunks(end, workers)));
    cases.push(counting("Rust, one thread, a sieve", end, expected, move || {
        sieve::count_primes_below(black_box(end))
    }));
    cases.push(counting("Rust, one thread, the crate primal", end, expected, move || {
        // It wants the last number itself, not the one behind.
        primal::StreamingSieve::prime_pi(black_box(end) as usize - 1)
    }));
    Table {
        name: "primes",
        title: format!("The primes below {}, and what an algorithm is worth", count(end)),
        about: "\
Processors make trial division faster by their number. Not dividing at all, but crossing out multiples, makes it faster by
hundreds. Look for the better algorithm before you look for more threads."
            .into(),
        unit: "number",
        rounds: 2,
        cases,
    }
}

fn in_python(end: u64, expected: usize, workers: usize) -> Vec<Case> {
    let (number, workers) = (end.to_string(), workers.to_string());
    let modes = [
        ("Python, one thread".to_owned(), "sequential"),
        (format!("Python, {workers} threads"), "threads"),
        (format!("Python, {workers} processes"), "processes"),
    ];
    modes
        .into_iter()
        .filter_map(|(name, mode)| {
            python::case(&name, end, "computing", &[mode, &number, &workers], expected as u64)
        })
        .collect()
}

fn counting(
    name: impl Into<String>,
    end: u64,
    expected: usize,
    mut work: impl FnMut() -> usize + 'static,
) -> Case {
    Case::here(name, end, move || {
        let found = work();
        ensure!(found == expected, "found {found} primes, there are {expected}");
        Ok(())
    })
}

/// Whoever is free takes the next chunk.
fn in_chunks(end: u64, workers: usize) -> usize {
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let worker = || {
            let mut found = 0;
            loop {
                // Only the number itself matters: every chunk is given out once, and the scope orders the rest.
                let start = next.fetch_add(CHUNK, Ordering::Relaxed);
                if start >= end {
                    return found;
                }
                found += primes::count_primes(start..(start + CHUNK).min(end));
            }
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker does not panic")).sum()
    })
}
