//! The judge of e304_connection_pool: never more connections than the limit, as many as the limit, no permit lost, and
//! who waits for one sleeps.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
mod both;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e304_connection_pool.rs"]
pub mod exercise;

use asleep::{on_time, waits_for_long};
use both::both;
use exercise::Pool;
use interleave::model::{self, Notes};
use judge::{Rendezvous, Rules, Verdict, expect_eq};
use std::sync::Arc;
use std::thread;

fn main() -> judge::ExitCode {
    let asleep = "Who waits for a permit should sleep until it is woken: the semaphore does.";
    judge::exercise!("e304_connection_pool")
        .rules(
            Rules::new()
                .forbid("thread::sleep", asleep)
                .forbid("yield_now", asleep)
                .forbid("spin_loop", asleep),
        )
        .schedules("a limit of 1, and two threads that connect", two_of_one)
        .schedules("a limit of 1, and two threads that connect after others have come and gone", after_others)
        .schedules("opening fails for the first of two", opening_fails)
        .schedules("closing fails for the first of two", closing_fails)
        .schedules("the first of two panics while it is connected", holder_panics)
        .schedules("a limit of 2, and three threads that connect", three_of_two)
        .schedules_with(on_time(), "somebody waits for a connection that is used for long", used_for_long)
        .overlap("a limit of 2, and two threads are connected at the same time", two_connected)
        .overlap("two connections are opened at the same time", two_opening)
        .spec("a limit of 2, 6 threads, 100 connections each", crowd)
        .run()
}

/// The database: knows how many are connected, and complains if there are too many.
struct Database {
    limit: usize,
    open: Notes<usize>,
    /// How many times it still fails, by a panic.
    accidents: Notes<Accidents>,
}

/// How many times opening and closing still fail.
#[derive(Clone, Copy, Default)]
struct Accidents {
    opening: usize,
    closing: usize,
}

/// Whether this is one of the times that are left.
fn fails(left: &mut usize) -> bool {
    let fails = *left > 0;
    *left = left.saturating_sub(1);
    fails
}

impl Database {
    fn open(self: &Arc<Self>) -> Line {
        let fails = self.accidents.with(|left| fails(&mut left.opening));
        assert!(!fails, "the database has an accident");
        let open = self.open.with(|open| {
            *open += 1;
            *open
        });
        if open > self.limit {
            let limit = self.limit;
            judge::fail(
                Verdict::WrongResult,
                format!("{open} connections are open at the same time, and the limit is {limit}."),
            );
        }
        Line { database: Arc::clone(self) }
    }

    fn opened(&self) -> usize {
        self.open.with(|open| *open)
    }
}

/// A connection. To use it and to close it takes time, in which others may run.
struct Line {
    database: Arc<Database>,
}

impl Line {
    fn ask(&self) {
        model::point_here();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        model::point_here();
        self.database.open.with(|open| *open -= 1);
        // A second panic would end the program, whatever the answer does.
        if !thread::panicking() {
            let fails = self.database.accidents.with(|left| fails(&mut left.closing));
            assert!(!fails, "the line was cut");
        }
    }
}

fn pool(limit: usize) -> (Arc<Database>, Pool<Line>) {
    pool_with(limit, Accidents::default())
}

fn pool_with(limit: usize, accidents: Accidents) -> (Arc<Database>, Pool<Line>) {
    let (open, accidents) = (Notes::new(0), Notes::new(accidents));
    let database = Arc::new(Database { limit, open, accidents });
    let to_open = Arc::clone(&database);
    (database, Pool::new(limit, move || to_open.open()))
}

fn two_of_one() {
    let (database, pool) = pool(1);
    let work = || pool.connect().ask();
    both(work, work);
    expect_eq("connections open after all were dropped", database.opened(), 0);
}

fn after_others() {
    let (database, pool) = pool(1);
    for _ in 0..3 {
        pool.connect().ask();
    }
    let work = || pool.connect().ask();
    both(work, work);
    expect_eq("connections open after all were dropped", database.opened(), 0);
}

fn opening_fails() {
    one_of_two_fails(
        Accidents { opening: 1, closing: 0 },
        "could not connect, when the database refused once",
    );
}

fn closing_fails() {
    one_of_two_fails(Accidents { opening: 0, closing: 1 }, "heard of it, when the line was cut once");
}

/// Whoever comes later gets its connection all the same.
fn one_of_two_fails(accidents: Accidents, what: &str) {
    let (database, pool) = pool_with(1, accidents);
    thread::scope(|scope| {
        let work = || pool.connect().ask();
        let (one, two) = (scope.spawn(work), scope.spawn(work));
        let failed = [one.join(), two.join()].iter().filter(|answer| answer.is_err()).count();
        expect_eq(&format!("how many of two {what}"), failed, 1);
    });
    pool.connect().ask();
    expect_eq("connections open after all were dropped", database.opened(), 0);
}

fn used_for_long() {
    let (_, pool) = pool(1);
    let connection = pool.connect();
    waits_for_long(|| pool.connect().ask(), || drop(connection));
}

fn holder_panics() {
    let (database, pool) = pool(1);
    thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let connection = pool.connect();
            connection.ask();
            panic!("who is connected has an accident");
        });
        let other = scope.spawn(|| pool.connect().ask());
        expect_eq("whether the first one panicked", holder.join().is_err(), true);
        other.join().unwrap();
    });
    expect_eq("connections open after all were dropped", database.opened(), 0);
}

fn three_of_two() {
    let (database, pool) = pool(2);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| drop(pool.connect()));
        }
    });
    expect_eq("connections open after all were dropped", database.opened(), 0);
}

fn two_connected() {
    let (_, pool) = pool(2);
    let meeting = Rendezvous::new(2);
    let work = || {
        let connection = pool.connect();
        meeting.meet();
        connection.ask();
    };
    both(work, work);
}

fn two_opening() {
    let meeting = Rendezvous::new(2);
    let opening = meeting.clone();
    let pool = Pool::new(2, move || opening.meet());
    let work = || drop(pool.connect());
    both(work, work);
}

fn crowd() {
    let (database, pool) = pool(2);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let connection = pool.connect();
                    thread::yield_now();
                    connection.ask();
                }
            });
        }
    });
    expect_eq("connections open after all were dropped", database.opened(), 0);
}
