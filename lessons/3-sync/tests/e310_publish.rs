//! The judge of e310_publish: under every schedule, and with every stale value that the orderings allow, no access to plain
//! memory is a race, and no change is lost.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e310_publish.rs"]
pub mod exercise;

use exercise::{LetterBox, SpinLock};
use interleave::Checker;
use judge::{Rules, Verdict, expect_eq};
use std::thread;

fn main() -> judge::ExitCode {
    let by_hand = "This exercise is about building it from an atomic flag.";
    let locks =
        ["Mutex", "RwLock", "Condvar", "OnceLock", "Once", "LazyLock", "Barrier", "mpsc", "thread::park"];
    let rules = locks.into_iter().fold(Rules::new(), |rules, lock| rules.forbid(lock, by_hand));
    judge::exercise!("e310_publish")
        .rules(rules)
        .schedules("the letter box, one thread after the other", in_turn)
        .schedules("the letter box, one writes, one reads", one_reader)
        .schedules("the letter box, one writes, two read", two_readers)
        .schedules("the spin lock, one thread after the other", lock_in_turn)
        .schedules("the spin lock, two threads", two_update)
        .schedules("the spin lock, two threads, twice each", two_update_twice)
        .schedules_with(three_spin(), "the spin lock, three threads", three_update)
        .overlap("two spin locks have nothing to do with each other", two_locks)
        .spec("the letter box on real threads, 500 times", many_letters)
        .spec("the spin lock, 4 threads, 5,000 updates each", crowd)
        .run()
}

/// Three threads that go round in a loop have very many schedules: those without an unlucky moment are tried.
fn three_spin() -> Checker {
    Checker::new().bound(0).runs_beyond_bound(0)
}

fn in_turn() {
    let letters = LetterBox::new();
    expect_eq("what the empty letter box gives", letters.read(), None);
    thread::scope(|scope| _ = scope.spawn(|| letters.post(7)));
    let read = thread::scope(|scope| scope.spawn(|| letters.read()).join().unwrap());
    expect_eq("what the letter box gives after a letter of 7", read, Some(7));
    expect_eq("what it gives the second time", letters.read(), Some(7));
}

fn one_reader() {
    let letters = LetterBox::new();
    thread::scope(|scope| {
        scope.spawn(|| letters.post(7));
        let early = letters.read();
        let late = letters.read();
        whole(early);
        whole(late);
        if early.is_some() && late.is_none() {
            judge::fail(Verdict::WrongResult, "A letter that was read once was gone the second time.");
        }
    });
    expect_eq("what the letter box gives when the letter is in", letters.read(), Some(7));
}

fn two_readers() {
    let letters = LetterBox::new();
    thread::scope(|scope| {
        scope.spawn(|| letters.post(7));
        scope.spawn(|| whole(letters.read()));
        scope.spawn(|| whole(letters.read()));
    });
}

fn whole(letter: Option<u64>) {
    if letter.is_some_and(|letter| letter != 7) {
        let sentence = format!("A letter of 7 was posted, and a reader got {letter:?}.");
        judge::fail(Verdict::WrongResult, &sentence);
    }
}

fn lock_in_turn() {
    let lock = SpinLock::new(5);
    let first = thread::scope(|scope| scope.spawn(|| lock.update(|n| n + 1)).join().unwrap());
    expect_eq("what `update` gave for 5 + 1", first, 6);
    expect_eq("what `update` gave for 6 * 2", lock.update(|n| n * 2), 12);
}

fn two_update() {
    let lock = SpinLock::new(0);
    let (mine, theirs) = thread::scope(|scope| {
        let other = scope.spawn(|| lock.update(|n| n + 1));
        (lock.update(|n| n + 1), other.join().unwrap())
    });
    expect_eq("the value after two times + 1", lock.update(|n| n), 2);
    expect_eq("what the two updates gave, the lower first", (mine.min(theirs), mine.max(theirs)), (1, 2));
}

fn two_update_twice() {
    let lock = SpinLock::new(0);
    thread::scope(|scope| {
        scope.spawn(|| [1, 2].map(|_| lock.update(|n| n + 1)));
        for _ in 0..2 {
            lock.update(|n| n + 1);
        }
    });
    expect_eq("the value after four times + 1", lock.update(|n| n), 4);
}

fn three_update() {
    let lock = SpinLock::new(0);
    thread::scope(|scope| (0..3).for_each(|_| _ = scope.spawn(|| lock.update(|n| n + 1))));
    expect_eq("the value after three times + 1", lock.update(|n| n), 3);
}

fn two_locks() {
    let (one, two) = (SpinLock::new(0), SpinLock::new(0));
    let both = judge::Rendezvous::new(2);
    let meet = |n: u64| {
        both.meet();
        n + 1
    };
    thread::scope(|scope| {
        scope.spawn(|| one.update(meet));
        scope.spawn(|| two.update(meet));
    });
}

fn many_letters() {
    for _ in 0..500 {
        one_reader();
    }
}

fn crowd() {
    let lock = SpinLock::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..5_000).for_each(|_| _ = lock.update(|n| n + 1)));
        }
    });
    expect_eq("the value after 20,000 times + 1", lock.update(|n| n), 20_000);
}
