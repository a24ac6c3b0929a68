//! What it costs to start a thread, and to pass the turn from one to another.
use crate::python;
use crate::suite::{Case, Size, Table};
use anyhow::{Result, ensure};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::{self, Thread};

/// Start a thread and wait for its end.
pub fn starting(size: Size) -> Table {
    let number: u64 = size.pick(500, 5);
    let crowd = size.pick(100, 5);
    let mut cases = vec![
        Case::here("Rust: start one, join it, again", number, move || {
            expect_sum(number, (0..number).map(|i| thread::spawn(move || i).join().unwrap_or(0)).sum())
        }),
        Case::here(format!("Rust: start {crowd}, join {crowd}, again"), number, move || {
            let sum = (0..number / crowd).map(|round| {
                let start = |i| thread::spawn(move || round * crowd + i);
                let threads: Vec<_> = (0..crowd).map(start).collect();
                threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum::<u64>()
            });
            expect_sum(number, sum.sum())
        }),
    ];
    let (text, sum) = (number.to_string(), number * (number - 1) / 2);
    cases.extend(python::case("Python: start one, join it, again", number, "starting", &["one", &text], sum));
    cases.extend(python::case("Python: start all, join all", number, "starting", &["all", &text], sum));
    Table {
        name: "starting",
        title: "The cost of a thread: start it, wait for its end".into(),
        about: "\
A thread needs a stack of its own and two calls of the system. That is nothing beside a request over a network, and much
beside an addition: work that takes less than a few hundred microseconds is not worth a thread of its own."
            .into(),
        unit: "thread",
        rounds: 7,
        cases,
    }
}

fn expect_sum(number: u64, sum: u64) -> Result<()> {
    ensure!(sum == number * (number - 1) / 2, "the results add up to {sum}");
    Ok(())
}

/// Two threads pass a number back and forth: each time the other one has to be woken.
pub fn switching(size: Size) -> Table {
    let turns: u64 = size.pick(5_000, 10);
    let cases = vec![
        Case::here("Rust: channels, back and forth", turns, move || play(turns)),
        Case::here("Rust: park and unpark, back and forth", turns, move || play_parked(turns)),
    ];
    let mut table = Table {
        name: "switching",
        title: "The cost of a switch: two threads pass a ball".into(),
        about: "\
Whoever waits for the other sleeps, and has to be woken. If both happen to be on one processor, that is one switch of
context; on two, a signal from processor to processor. The range is wide because the system chooses, anew in every round."
            .into(),
        unit: "turn",
        rounds: 7,
        cases,
    };
    let text = turns.to_string();
    table.cases.extend(python::case("Python: queues, back and forth", turns, "switching", &[&text], turns));
    table
}

fn play(turns: u64) -> Result<()> {
    let (to_you, from_me) = mpsc::sync_channel::<u64>(1);
    let (to_me, from_you) = mpsc::sync_channel::<u64>(1);
    let ball = thread::scope(|scope| {
        scope.spawn(move || {
            for ball in from_me {
                if to_me.send(ball + 1).is_err() {
                    return;
                }
            }
        });
        let mut ball = 0;
        while ball < turns {
            to_you.send(ball + 1).ok()?;
            ball = from_you.recv().ok()?;
        }
        drop(to_you);
        Some(ball)
    });
    ensure!(ball == Some(turns), "the ball was hit {ball:?} times");
    Ok(())
}

fn play_parked(turns: u64) -> Result<()> {
    // Even: mine to hit. Release and acquire pair with each other, though only the number itself is passed on.
    let ball = &AtomicU64::new(0);
    let hit = |mine: u64, other: &Thread| {
        loop {
            let seen = ball.load(Ordering::Acquire);
            if seen >= turns {
                return;
            }
            if seen % 2 == mine {
                ball.store(seen + 1, Ordering::Release);
                other.unpark();
            } else {
                thread::park();
            }
        }
    };
    let me = thread::current();
    thread::scope(|scope| {
        let you = scope.spawn(move || hit(1, &me));
        hit(0, you.thread());
    });
    let hits = ball.load(Ordering::Acquire);
    ensure!(hits == turns, "the ball was hit {hits} times");
    Ok(())
}
