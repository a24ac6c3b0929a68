//! Ten jobs that wait and ten that compute, one after another and with a thread each.
use common::{clock, primes};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};
use std::{hint, thread};

const JOBS: usize = 10;

/// A server that takes 50 ms for each answer.
fn slow_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(50));
                connection.unwrap().write_all(b"done").unwrap();
            });
        }
    });
    address
}

fn wait_for(server: SocketAddr) {
    let mut answer = String::new();
    TcpStream::connect(server).unwrap().read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "done");
}

fn compute() {
    assert_eq!(primes::count_primes(0..hint::black_box(40_000)), 4_203);
}

/// Runs all jobs. Returns the time from start to end; shows also what they have used of the processors.
fn run(name: &str, at_once: bool, job: &(impl Fn() + Sync)) -> f64 {
    let (start, cost) = (Instant::now(), || clock::timed(job).1);
    let used: Duration = thread::scope(|scope| match at_once {
        false => (0..JOBS).map(|_| cost()).sum(),
        true => {
            let threads: Vec<_> = (0..JOBS).map(|_| scope.spawn(cost)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        }
    });
    let took = start.elapsed();
    println!("{name} {:>4} ms, processor {:>3} ms", took.as_millis(), used.as_millis());
    took.as_secs_f64()
}

fn main() {
    let server = slow_server();
    let wait = || wait_for(server);
    let waiting =
        run("wait, one after another:   ", false, &wait) / run("wait, a thread each:       ", true, &wait);
    let computing = run("compute, one after another:", false, &compute)
        / run("compute, a thread each:    ", true, &compute);
    let processors = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{JOBS} threads on {processors} processors: waiting {waiting:.1} times as fast, computing {computing:.1} times"
    );
}
