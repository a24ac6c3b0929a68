//! The judge of e306_barrier: nobody goes on too early, nobody stays behind, and each round has one leader.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e306_barrier.rs"]
pub mod exercise;

use asleep::{on_time, waits_for_long};
use exercise::Barrier;
use interleave::Checker;
use interleave::model::Notes;
use interleave::race::RaceCell;
use judge::{Rules, Verdict, expect_eq};
use std::thread;

const ROUNDS: usize = 300;

fn main() -> judge::ExitCode {
    let asleep = "Who waits should sleep until it is woken: wait on a condition variable.";
    judge::exercise!("e306_barrier")
        .rules(
            Rules::new()
                .forbid("sync::Barrier", "This exercise is about how a barrier is made.")
                .forbid("thread::sleep", asleep)
                .forbid("yield_now", asleep)
                .forbid("spin_loop", asleep),
        )
        .schedules_with(on_time(), "two threads, and one comes late", late)
        .schedules("two threads, one round", || meet(2, 1))
        .schedules("two threads, three rounds", || meet(2, 3))
        .schedules("three threads, one round", || meet(3, 1))
        .schedules("what was written before the barrier is read after it", written_before)
        .schedules_with(bounded(), "three threads, two rounds", || meet(3, 2))
        .spec("a barrier for one", alone)
        .spec("4 threads, 300 rounds", || meet(4, ROUNDS))
        .run()
}

/// It has many schedules: those with at most two unlucky moments, and some beyond.
fn bounded() -> Checker {
    Checker::new().bound(2).runs_beyond_bound(500)
}

/// What is known of each round: how many have come, and how many lead.
#[derive(Clone, Copy, Default)]
struct Round {
    came: usize,
    leaders: usize,
}

/// Lets so many threads meet, each of them `rounds` times.
fn meet(threads: usize, rounds: usize) {
    let barrier = Barrier::new(threads);
    let seen = Notes::new(vec![Round::default(); rounds]);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for turn in 0..rounds {
                    seen.with(|seen| seen[turn].came += 1);
                    let leads = barrier.wait();
                    let came = seen.with(|seen| {
                        seen[turn].leaders += usize::from(leads);
                        seen[turn].came
                    });
                    expect_all_came(came, threads);
                }
            });
        }
    });
    let leaders: Vec<usize> = seen.with(|seen| seen.iter().map(|round| round.leaders).collect());
    expect_eq("how many lead in each round", leaders, vec![1; rounds]);
}

fn expect_all_came(came: usize, size: usize) {
    if came < size {
        let only = if came == 1 { "only one had come".to_string() } else { format!("only {came} had come") };
        judge::fail(Verdict::WrongResult, format!("A thread went on from a barrier for {size} when {only}."));
    }
}

fn late() {
    let barrier = Barrier::new(2);
    let mut leads = false;
    let other_leads = waits_for_long(|| barrier.wait(), || leads = barrier.wait());
    expect_eq("how many of two lead", usize::from(leads) + usize::from(other_leads), 1);
}

fn written_before() {
    let barrier = Barrier::new(2);
    let cells = [RaceCell::new(0), RaceCell::new(0)];
    thread::scope(|scope| {
        for me in 0..2 {
            let (barrier, cells) = (&barrier, &cells);
            scope.spawn(move || {
                cells[me].set(me + 1);
                barrier.wait();
                expect_eq("what the other one wrote before the barrier", cells[1 - me].get(), 2 - me);
            });
        }
    });
}

fn alone() {
    let barrier = Barrier::new(1);
    expect_eq("whether the only one leads, three times", [0, 1, 2].map(|_| barrier.wait()), [true; 3]);
}
