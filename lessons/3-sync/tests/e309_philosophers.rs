//! The judge of e309_philosophers: three ways to eat; nobody waits for ever, neighbours never eat at the same time, and
//! others can.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e309_philosophers.rs"]
pub mod exercise;

// The judge's own books are not what is judged: with the real std's types they add no schedules.
use asleep::{on_time, waits_for_long};
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};
use exercise::Table;
use interleave::Checker;
use judge::{Rendezvous, Verdict, expect_eq};
use std::sync::atomic::AtomicBool;
use std::thread;

/// One of the three ways.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Order,
    Waiter,
    GivingBack,
}

use Way::{GivingBack, Order, Waiter};

fn main() -> judge::ExitCode {
    judge::exercise!("e309_philosophers")
        .schedules("by order: one seat after the other", || one_by_one(Order))
        .schedules("by order: three at a table of three", || three(Order))
        .schedules("by waiter: one seat after the other", || one_by_one(Waiter))
        .schedules_with(two_moments(), "by waiter: three at a table of three", || three(Waiter))
        .schedules("by waiter: two at a table of two", || two(Waiter))
        .schedules_with(kindest(), "by waiter: two come again and again, and a third one waits", never_empty)
        .schedules_with(on_time(), "by waiter: somebody waits for long for a place", full_for_long)
        .schedules("by giving back: one seat after the other", || one_by_one(GivingBack))
        .schedules_with(two_moments(), "by giving back: two at a table of two", || two(GivingBack))
        .schedules_with(two_moments(), "by giving back: three at a table of three", || three(GivingBack))
        .overlap("by order: two who share no fork eat at once", || opposite(Order))
        .overlap("by waiter: two who share no fork eat at once", || opposite(Waiter))
        .overlap_with(two_moments(), "by giving back: two who share no fork eat at once", || {
            opposite(GivingBack)
        })
        .overlap("by order: two eat at once, and somebody between them waits", || between(Order))
        .overlap_with(two_moments(), "by waiter: two eat at once, and somebody between them waits", || {
            between(Waiter)
        })
        .overlap_with(
            two_moments(),
            "by giving back: two eat at once, and somebody between them waits",
            || {
                between(GivingBack);
            },
        )
        .overlap_with(
            two_moments(),
            "by giving back: a neighbour eats while somebody waits for the other fork",
            polite,
        )
        .spec("five philosophers, 300 meals each, in each of the three ways", dinner)
        .run()
}

/// Who gives back and tries again may be unlucky as often as you like, so those schedules have no end, and a table of three
/// with a waiter has very many. Two unlucky moments are tried in every way.
fn two_moments() -> Checker {
    Checker::new().bound(2).runs_per_round(4_000).runs_beyond_bound(0).steps_per_round(150_000, 0)
}

/// One schedule only, the kindest for the thread that is started first: at each yield it is the first to be asked.
/// Whoever starves there, starves under a scheduler as fair as can be.
fn kindest() -> Checker {
    Checker::new().bound(0).luck(0).runs_per_round(1).runs_beyond_bound(0)
}

/// A table, and who eats at it.
struct Dinner {
    way: Way,
    table: Table,
    /// For each fork, whether somebody eats with it.
    in_use: Vec<AtomicU32>,
    /// A step in the middle of each meal, so that somebody else could come in.
    plate: AtomicBool,
}

impl Dinner {
    fn new(seats: usize, way: Way) -> Self {
        let in_use = (0..seats).map(|_| AtomicU32::new(0)).collect();
        Dinner { way, table: Table::new(seats), in_use, plate: AtomicBool::new(false) }
    }

    /// Lets a philosopher eat, looks whether that is all right, and does `meal` meanwhile.
    fn eat(&self, seat: usize, meal: impl FnOnce()) {
        let forks = [seat, (seat + 1) % self.in_use.len()];
        let mut meals = 0;
        let eat = || {
            meals += 1;
            for fork in forks {
                if self.in_use[fork].fetch_add(1, SeqCst) > 0 {
                    let sentence = format!("Two philosophers eat with fork {fork} at the same time.");
                    judge::fail(Verdict::WrongResult, &sentence);
                }
            }
            self.plate.store(true, SeqCst);
            meal();
            self.look_at_the_waiter();
            for fork in forks {
                self.in_use[fork].fetch_sub(1, SeqCst);
            }
        };
        match self.way {
            Order => self.table.by_order(seat, eat),
            Waiter => self.table.by_waiter(seat, eat),
            GivingBack => self.table.by_giving_back(seat, eat),
        }
        expect_eq(&format!("how often `eat` was called for seat {seat}"), meals, 1);
    }

    fn look_at_the_waiter(&self) {
        let (seated, seats) = (self.table.seated(), self.in_use.len());
        let wrong = match self.way {
            Waiter if seated == 0 => {
                "Somebody eats whom the waiter has not let sit down: `seated` is 0.".into()
            }
            Waiter if seated >= seats => {
                format!(
                    "The waiter has let {seated} sit down at a table of {seats}: one seat should stay free."
                )
            }
            Order | GivingBack if seated > 0 => {
                format!("The waiter has let {seated} sit down, and this way should need no waiter.")
            }
            _ => return,
        };
        judge::fail(Verdict::WrongResult, &wrong);
    }

    /// All forks on the table, nobody seated, and this many uses of each fork.
    fn over(&self, uses: Vec<u32>) {
        expect_eq("how many sit when all have eaten", self.table.seated(), 0);
        expect_eq("how often each fork was used", self.table.uses(), uses);
    }
}

fn one_by_one(way: Way) {
    let dinner = Dinner::new(3, way);
    for seat in 0..3 {
        thread::scope(|scope| scope.spawn(|| dinner.eat(seat, || ())).join().unwrap());
    }
    dinner.over(vec![2; 3]);
}

fn two(way: Way) {
    all(&Dinner::new(2, way));
}

fn three(way: Way) {
    all(&Dinner::new(3, way));
}

fn all(dinner: &Dinner) {
    let seats = dinner.in_use.len();
    thread::scope(|scope| {
        for seat in 0..seats {
            scope.spawn(move || dinner.eat(seat, || ()));
        }
    });
    dinner.over(vec![2; seats]);
}

/// Two neighbours never stop: when one of them gets up, the other one sits. So there is a free place again and again, and
/// the table is never empty. Seat 2, which came when both were seated, must have its meal all the same.
fn never_empty() {
    let (dinner, comes, fed) = (Dinner::new(3, Waiter), Rendezvous::new(2), AtomicBool::new(false));
    // Until somebody else sits, or for a while: a waiter may be stricter than it has to be.
    let linger = || {
        for _ in 0..5 {
            if dinner.table.seated() == 2 || fed.load(SeqCst) {
                return;
            }
            thread::yield_now();
        }
    };
    let again_and_again = |seat: usize| {
        while !fed.load(SeqCst) {
            dinner.eat(seat, linger);
            thread::yield_now(); // thinks
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            comes.meet();
            dinner.eat(2, || ());
            fed.store(true, SeqCst);
        });
        scope.spawn(|| {
            dinner.eat(0, || {
                linger();
                comes.meet();
                thread::yield_now();
            });
            thread::yield_now();
            again_and_again(0);
        });
        scope.spawn(|| again_and_again(1));
    });
}

/// Two at a table of two: the second one may sit down when the first one gets up, after a long meal.
fn full_for_long() {
    let (dinner, sits, over) = (Dinner::new(2, Waiter), Rendezvous::new(2), Rendezvous::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            dinner.eat(0, || {
                sits.meet();
                over.meet();
            });
        });
        sits.meet();
        waits_for_long(|| dinner.eat(1, || ()), || over.meet());
    });
    dinner.over(vec![2; 2]);
}

fn opposite(way: Way) {
    let (dinner, both_eat) = (Dinner::new(5, way), Rendezvous::new(2));
    thread::scope(|scope| {
        scope.spawn(|| dinner.eat(0, || both_eat.meet()));
        scope.spawn(|| dinner.eat(2, || both_eat.meet()));
    });
}

/// Seat 1 needs fork 1, which seat 0 eats with. Seat 3 needs neither of its forks.
fn between(way: Way) {
    let (dinner, both_eat) = (Dinner::new(5, way), Rendezvous::new(2));
    thread::scope(|scope| {
        scope.spawn(|| dinner.eat(0, || both_eat.meet()));
        scope.spawn(|| dinner.eat(1, || ()));
        scope.spawn(|| dinner.eat(3, || both_eat.meet()));
    });
}

/// Seat 1 eats with fork 1, until seat 4 eats with fork 0. Seat 0 wants both and must not keep fork 0.
fn polite() {
    let (dinner, both_eat) = (Dinner::new(5, GivingBack), Rendezvous::new(2));
    thread::scope(|scope| {
        scope.spawn(|| dinner.eat(1, || both_eat.meet()));
        scope.spawn(|| dinner.eat(0, || ()));
        scope.spawn(|| dinner.eat(4, || both_eat.meet()));
    });
}

fn dinner() {
    for way in [Order, Waiter, GivingBack] {
        let dinner = Dinner::new(5, way);
        thread::scope(|scope| {
            for seat in 0..5 {
                let dinner = &dinner;
                scope.spawn(move || (0..300).for_each(|_| dinner.eat(seat, || ())));
            }
        });
        dinner.over(vec![600; 5]);
    }
}
