//! The judge of e308_reentrant_lock: one thread inside, as often as it likes, and released with its last guard.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e308_reentrant_lock.rs"]
pub mod exercise;

use asleep::{on_time, waits_for_long};
use exercise::{Guard, ReentrantLock};
use interleave::Checker;
use interleave::race::RaceCell;
use judge::{Rules, Verdict, expect_eq};
use std::marker::PhantomData;
use std::rc::Rc;
use std::thread;

const TURNS: u64 = 300;

/// What is guarded: plain memory, in which two threads at once are a data race.
type Lock = ReentrantLock<RaceCell<u64>>;

fn main() -> judge::ExitCode {
    let asleep = "Who waits should sleep until it is woken: wait on a condition variable.";
    judge::exercise!("e308_reentrant_lock")
        .rules(
            Rules::new()
                .forbid("thread::sleep", asleep)
                .forbid("yield_now", asleep)
                .forbid("spin_loop", asleep),
        )
        .schedules_with(on_time(), "somebody waits for a lock that is held for long", held_for_long)
        .schedules("the holder locks again", locked_again)
        .schedules("two threads, one guard each", || count(2, |lock| add_one(&lock.lock())))
        .schedules("two threads, two guards each, the inner one dropped first", || count(2, inner_first))
        .schedules("two threads, two guards each, the outer one dropped first", || count(2, outer_first))
        .schedules("two threads, a guard within a tried one", || count(2, tried_first))
        .schedules("somebody tries while another one holds it", tried_by_another)
        .schedules("the holder tries while another one waits", tried_by_the_holder)
        .schedules("the holder panics", holder_panics)
        .schedules_with(bounded(), "three threads, one guard each", || count(3, |lock| add_one(&lock.lock())))
        .spec("a guard stays in its thread", guard_stays)
        .spec("one thread, 300 guards", alone)
        .spec("4 threads, 300 turns each", crowd)
        .run()
}

/// It has many schedules: those with at most two unlucky moments, and some beyond.
fn bounded() -> Checker {
    Checker::new().bound(2).runs_beyond_bound(500)
}

fn lock() -> Lock {
    ReentrantLock::new(RaceCell::new(0))
}

/// In two steps, between which nobody else may come.
fn add_one(number: &RaceCell<u64>) {
    let seen = number.get();
    number.set(seen + 1);
}

/// So many threads do this once each; each time one is added.
fn count(threads: u64, turn: impl Fn(&Lock) + Sync) {
    let lock = lock();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| turn(&lock));
        }
    });
    expect_eq("the number after each has added 1 with the lock held", lock.lock().get(), threads);
}

fn locked_again() {
    let lock = lock();
    thread::scope(|scope| {
        scope.spawn(|| {
            let outer = lock.lock();
            let inner = lock.lock();
            add_one(&inner);
            drop(inner);
            add_one(&outer);
        });
        scope.spawn(|| add_one(&lock.lock()));
    });
    expect_eq("the number after three times 1", lock.lock().get(), 3);
}

fn inner_first(lock: &Lock) {
    let outer = lock.lock();
    drop(lock.lock());
    add_one(&outer);
}

fn outer_first(lock: &Lock) {
    let outer = lock.lock();
    let inner = lock.lock();
    drop(outer);
    add_one(&inner);
}

/// Tries, and waits only when somebody else was quicker.
fn tried_first(lock: &Lock) {
    let outer = lock.try_lock().unwrap_or_else(|| lock.lock());
    let Some(inner) = lock.try_lock() else {
        judge::fail(Verdict::WrongResult, "`try_lock` refused a guard to the thread that holds the lock.");
    };
    drop(inner);
    add_one(&outer);
}

fn tried_by_another() {
    let lock = lock();
    let outer = lock.lock();
    let inner = lock.lock();
    drop(outer);
    let got = thread::scope(|scope| scope.spawn(|| lock.try_lock().is_some()).join().unwrap());
    expect_eq("whether `try_lock` gave a guard while another thread held the lock", got, false);
    drop(inner);
    let got = thread::scope(|scope| scope.spawn(|| lock.try_lock().is_some()).join().unwrap());
    expect_eq("whether `try_lock` gave a guard when nobody held the lock", got, true);
}

fn tried_by_the_holder() {
    let lock = lock();
    let outer = lock.lock();
    thread::scope(|scope| {
        scope.spawn(|| add_one(&lock.lock()));
        let inner = lock.try_lock();
        expect_eq("whether `try_lock` gave a guard to the holder", inner.is_some(), true);
        drop(inner);
        add_one(&outer);
        drop(outer);
    });
    expect_eq("the number after each has added 1 with the lock held", lock.lock().get(), 2);
}

fn holder_panics() {
    let lock = lock();
    thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let _outer = lock.lock();
            let _inner = lock.lock();
            panic!("the holder of the lock has an accident");
        });
        let other = scope.spawn(|| add_one(&lock.lock()));
        expect_eq("whether the holder panicked", holder.join().is_err(), true);
        other.join().unwrap();
    });
    expect_eq("the number after the other one has added 1", lock.lock().get(), 1);
}

fn held_for_long() {
    let lock = lock();
    let outer = lock.lock();
    waits_for_long(|| add_one(&lock.lock()), || drop(outer));
}

/// Whether a type may be sent to another thread: the constant of the type itself goes before that of the trait, where
/// its condition holds. (The method of the crate `impls`.)
struct Ask<T>(PhantomData<T>);

trait Otherwise {
    const IS_SEND: bool = false;
}

impl<T> Otherwise for Ask<T> {}

impl<T: Send> Ask<T> {
    const IS_SEND: bool = true;
}

// The question is answered as it should be for something that may not be sent.
const _: () = assert!(!<Ask<Rc<()>>>::IS_SEND);

fn guard_stays() {
    if <Ask<Guard<'static, RaceCell<u64>>>>::IS_SEND {
        judge::fail(
            Verdict::WrongResult,
            "A guard can be sent to another thread, and be dropped there, by a thread that does not hold the lock.",
        );
    }
}

fn alone() {
    let lock = lock();
    let mut guards: Vec<_> = (0..300).map(|_| lock.lock()).collect();
    add_one(&guards[7]);
    // In an order of their own.
    while !guards.is_empty() {
        drop(guards.swap_remove(guards.len() / 2));
        let got = thread::scope(|scope| scope.spawn(|| lock.try_lock().is_some()).join().unwrap());
        expect_eq(
            "whether another thread gets the lock with some of 300 guards left",
            got,
            guards.is_empty(),
        );
    }
    expect_eq("the number after one was added", lock.lock().get(), 1);
}

fn crowd() {
    let lock = lock();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..TURNS {
                    inner_first(&lock);
                    outer_first(&lock);
                }
            });
        }
    });
    expect_eq("the number after 2,400 times 1", lock.lock().get(), 8 * TURNS);
}
