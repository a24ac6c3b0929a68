//! The judge of e303_semaphore: no schedule gives a permit to two, lets one lie while somebody waits, or wakes
//! nobody.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
mod both;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e303_semaphore.rs"]
pub mod exercise;

use asleep::{asleep, on_time, waits_for_long};
use both::both;
use exercise::{ReleasedTooOften, Semaphore};
use interleave::model::Notes;
use judge::{Rendezvous, Rules, Verdict, expect_eq};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(50);
const TURNS: usize = 300;

fn main() -> judge::ExitCode {
    let asleep = "Who waits should sleep until it is woken: wait on a condition variable.";
    judge::exercise!("e303_semaphore")
        .rules(
            Rules::new()
                .forbid("thread::sleep", asleep)
                .forbid("yield_now", asleep)
                .forbid("spin_loop", asleep),
        )
        .schedules_with(on_time(), "somebody waits for a permit that is held for long", held_for_long)
        .schedules("one permit, two threads that need it", || one_at_a_time(2))
        .schedules("no permit, until another thread releases one", signal)
        .schedules("two wait, and two permits are released", two_signals)
        .schedules("one permit, three threads that need it", || one_at_a_time(3))
        .schedules("a permit is tried by two at once", two_try)
        .schedules("two permits, one acquired and one tried at once", one_acquires_one_tries)
        .schedules("a permit is tried while somebody waits", tried_while_waited_for)
        .schedules("two release a bounded semaphore at once, and one permit is out", released_too_often)
        .schedules("one of two permits comes back, and somebody waits for it", one_of_two)
        .schedules("a permit is released while somebody waits with a time limit", released_in_time)
        .schedules("one waits with a time limit, one without, and one permit is released", timed_and_untimed)
        .schedules("one waits with a time limit, and nobody releases", never_released)
        .schedules("a holder panics", holder_panics)
        .schedules_with(on_time(), "somebody waits with a time limit, and the permit is snatched", snatched)
        .overlap("two permits, two threads at work", two_at_work)
        .spec("one thread, one thing after the other", alone)
        .spec("5 threads, 2 permits, 300 turns each", crowd)
        .run()
}

/// How many threads hold a permit, and a complaint if there are more of them than permits.
struct Inside {
    now: Notes<usize>,
    most: usize,
}

impl Inside {
    fn new(most: usize) -> Self {
        Inside { now: Notes::new(0), most }
    }

    fn enter(&self) {
        let now = self.now.with(|now| {
            *now += 1;
            *now
        });
        let permits = self.most;
        if now > permits {
            judge::fail(
                Verdict::WrongResult,
                format!("{now} threads hold a permit at the same time, and there are only {permits}."),
            );
        }
    }

    fn leave(&self) {
        self.now.with(|now| *now -= 1);
    }
}

fn one_at_a_time(threads: usize) {
    let semaphore = Semaphore::new(1);
    let inside = Inside::new(1);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                semaphore.acquire();
                inside.enter();
                inside.leave();
                expect_eq("the answer to releasing an acquired permit", semaphore.release(), Ok(()));
            });
        }
    });
    expect_eq("whether the permit is there afterwards", semaphore.try_acquire(), true);
    expect_eq("whether there is a second one", semaphore.try_acquire(), false);
}

fn signal() {
    let semaphore = Semaphore::new(0);
    both(|| semaphore.acquire(), || released(&semaphore));
    expect_eq("whether a permit is left after one release and one acquire", semaphore.try_acquire(), false);
}

fn two_signals() {
    let semaphore = Semaphore::new(0);
    thread::scope(|scope| {
        scope.spawn(|| semaphore.acquire());
        scope.spawn(|| semaphore.acquire());
        released(&semaphore);
        released(&semaphore);
    });
    expect_eq("whether a permit is left after two releases and two acquires", semaphore.try_acquire(), false);
}

fn two_try() {
    let semaphore = Semaphore::bounded(1);
    let (one, two) = both(|| semaphore.try_acquire(), || semaphore.try_acquire());
    expect_eq("how many of two took one permit", [one, two].iter().filter(|took| **took).count(), 1);
    expect_eq("the answer to releasing it", semaphore.release(), Ok(()));
    expect_eq("whether it can be taken again", semaphore.try_acquire(), true);
}

fn one_acquires_one_tries() {
    let semaphore = Semaphore::new(2);
    let ((), took) = both(|| semaphore.acquire(), || semaphore.try_acquire());
    expect_eq("whether one of two permits could be taken while somebody took the other", took, true);
    expect_eq("whether a permit is left", semaphore.try_acquire(), false);
}

fn tried_while_waited_for() {
    let semaphore = Semaphore::new(0);
    let ((), took) = both(
        || semaphore.acquire(),
        || {
            let took = semaphore.try_acquire();
            released(&semaphore);
            took
        },
    );
    expect_eq("whether `try_acquire` took a permit where there is none", took, false);
}

fn released_too_often() {
    let semaphore = Semaphore::bounded(2);
    semaphore.acquire();
    let (one, two) = both(|| semaphore.release(), || semaphore.release());
    let refused = [one, two].iter().filter(|answer| **answer == Err(ReleasedTooOften)).count();
    expect_eq("how many of two releases were refused, with one permit out", refused, 1);
    let taken = (0..4).filter(|_| semaphore.try_acquire()).count();
    expect_eq("how many permits a semaphore bounded to 2 has", taken, 2);
}

/// The other one never comes back.
fn one_of_two() {
    let semaphore = Semaphore::bounded(2);
    semaphore.acquire();
    semaphore.acquire();
    let ((), answer) = both(|| semaphore.acquire(), || semaphore.release());
    expect_eq("the answer to releasing an acquired permit", answer, Ok(()));
    expect_eq("permits left of two that are both held", left(&semaphore), 0);
}

fn released_in_time() {
    let semaphore = Semaphore::new(0);
    let ((took, waited), _) = both(|| timed(&semaphore), || released(&semaphore));
    expect_gives_up_late(took, waited);
    expect_eq("permits taken by who waited, and left", usize::from(took) + left(&semaphore), 1);
}

/// If the one gives up, the permit is for the other; if it takes it, it passes it on.
fn timed_and_untimed() {
    let semaphore = Semaphore::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            let (took, waited) = timed(&semaphore);
            expect_gives_up_late(took, waited);
            if took {
                expect_eq("the answer to releasing an acquired permit", semaphore.release(), Ok(()));
            }
        });
        scope.spawn(|| semaphore.acquire());
        released(&semaphore);
    });
    expect_eq("permits left of one, when one thread has kept it", left(&semaphore), 0);
}

fn never_released() {
    let semaphore = Semaphore::bounded(1);
    semaphore.acquire();
    let (took, waited) = thread::scope(|scope| scope.spawn(|| timed(&semaphore)).join().unwrap());
    expect_eq("whether `acquire_timeout` took a permit where there is none", took, false);
    expect_gives_up_late(took, waited);
    expect_eq("the answer to releasing the one permit", semaphore.release(), Ok(()));
    expect_eq("the answer to releasing it again", semaphore.release(), Err(ReleasedTooOften));
}

fn holder_panics() {
    let semaphore = Semaphore::bounded(1);
    thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let _permit = semaphore.permit();
            panic!("the holder of a permit has an accident");
        });
        let other = scope.spawn(|| drop(semaphore.permit()));
        expect_eq("whether the holder panicked", holder.join().is_err(), true);
        other.join().unwrap();
    });
    expect_eq("permits left after two that were dropped", left(&semaphore), 1);
}

fn held_for_long() {
    let semaphore = Semaphore::new(1);
    semaphore.acquire();
    waits_for_long(
        || semaphore.acquire(),
        || expect_eq("the answer to releasing an acquired permit", semaphore.release(), Ok(())),
    );
    expect_eq("permits left after one was passed on", left(&semaphore), 0);
}

/// After 30 of its 50 ms the one who waits is woken, and then the permit may be gone again. 20 ms are left.
fn snatched() {
    let semaphore = Semaphore::new(1);
    semaphore.acquire();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| asleep(|| timed(&semaphore)));
        let a_while = Duration::from_millis(30);
        thread::sleep(a_while);
        expect_eq("the answer to releasing an acquired permit", semaphore.release(), Ok(()));
        let snatched = semaphore.try_acquire();
        let (took, waited) = waiter.join().unwrap();
        expect_eq("takers of one permit", usize::from(took) + usize::from(snatched), 1);
        let want = if took { a_while } else { LIMIT };
        expect_eq("how long `acquire_timeout(50ms)` waited, woken once in vain or not", waited, want);
    });
}

fn two_at_work() {
    let semaphore = Semaphore::bounded(2);
    let inside = Inside::new(2);
    let meeting = Rendezvous::new(2);
    let work = || {
        let _permit = semaphore.permit();
        inside.enter();
        meeting.meet();
        inside.leave();
    };
    both(work, work);
    expect_eq("permits left of two", left(&semaphore), 2);
}

fn alone() {
    let semaphore = Semaphore::new(2);
    semaphore.acquire();
    expect_eq("whether the second of two permits can be tried", semaphore.try_acquire(), true);
    expect_eq("whether there is a third", semaphore.try_acquire(), false);
    let short = Duration::from_millis(5);
    expect_eq("whether there is one within 5 ms", semaphore.acquire_timeout(short), false);
    for _ in 0..3 {
        expect_eq("the answer to a release without a bound", semaphore.release(), Ok(()));
    }
    expect_eq(
        "whether there is one within 5 ms, after three releases",
        semaphore.acquire_timeout(short),
        true,
    );
    expect_eq("whether there is one at once", semaphore.acquire_timeout(Duration::ZERO), true);
    expect_eq("permits left", left(&semaphore), 1);

    let bounded = Semaphore::bounded(1);
    expect_eq("the answer to a release with all permits there", bounded.release(), Err(ReleasedTooOften));
    drop(bounded.permit());
    let permit = bounded.permit();
    expect_eq("whether there is a permit while it is held", bounded.try_acquire(), false);
    drop(permit);
    expect_eq("permits after it was dropped", left(&bounded), 1);
    expect_eq("permits of a bounded semaphore without any", left(&Semaphore::bounded(0)), 0);
}

fn crowd() {
    let semaphore = Semaphore::bounded(2);
    let inside = Inside::new(2);
    thread::scope(|scope| {
        for number in 0..5 {
            let (semaphore, inside) = (&semaphore, &inside);
            scope.spawn(move || {
                for turn in 0..TURNS {
                    match (number + turn) % 3 {
                        0 => {
                            let _permit = semaphore.permit();
                            inside.enter();
                            inside.leave();
                            continue;
                        }
                        1 => semaphore.acquire(),
                        _ => {
                            let took = semaphore.acquire_timeout(Duration::from_secs(60));
                            expect_eq("whether there was a permit within a minute", took, true);
                        }
                    }
                    inside.enter();
                    inside.leave();
                    expect_eq("the answer to releasing an acquired permit", semaphore.release(), Ok(()));
                }
            });
        }
    });
    expect_eq("permits left of two", left(&semaphore), 2);
}

/// Releases a permit that nobody has to have acquired.
fn released(semaphore: &Semaphore) {
    expect_eq("the answer to `release` of a semaphore without a bound", semaphore.release(), Ok(()));
}

/// Whether it took a permit in time, and how long it waited.
fn timed(semaphore: &Semaphore) -> (bool, Duration) {
    let start = Instant::now();
    (semaphore.acquire_timeout(LIMIT), start.elapsed())
}

/// A wake-up for no reason is no reason to give up.
fn expect_gives_up_late(took: bool, waited: Duration) {
    if !took && waited < LIMIT {
        judge::fail(
            Verdict::WrongResult,
            format!("`acquire_timeout({LIMIT:?})` gave up after {waited:?}, without a permit."),
        );
    }
}

/// Takes all permits that are there, and counts them.
fn left(semaphore: &Semaphore) -> usize {
    (0..9).take_while(|_| semaphore.try_acquire()).count()
}
