//! The judge of e301_safe_counter: whoever comes between whom, every visitor is counted once, and nobody waits
//! for a measurement.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod both;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e301_safe_counter.rs"]
pub mod exercise;

use both::both;
use exercise::Counter;
use judge::{Rendezvous, expect_eq};
use std::thread;

const THREADS: u64 = 4;
const VISITORS: u64 = 1_000;

fn main() -> judge::ExitCode {
    judge::exercise!("e301_safe_counter")
        .schedules("two visitors, one after the other or not", two_increments)
        .schedules("two visitors, room for one", room_for_one)
        .schedules("a group is measured while somebody comes alone", measured_and_single)
        .schedules("two visitors, one of them only if there is room", one_if_there_is_room)
        .schedules("two visitors, one refused, and room for the other", one_refused)
        .schedules("a group is measured while the count is taken", taken_while_measured)
        .schedules("somebody comes while the count is taken", taken_while_counting)
        .schedules("the count is taken twice", taken_twice)
        .schedules("somebody looks while somebody comes", looked_at)
        .overlap("two groups are measured at the same time", two_measured)
        .overlap("somebody looks at the count while measuring", looked_at_while_measuring)
        .no_over_locking("somebody comes while a group is measured", counted_while_measured)
        .spec("one thread, one thing after the other", alone)
        .spec("4 threads, 1,000 visitors each", crowd)
        .run()
}

fn two_increments() {
    let counter = Counter::new(0);
    let (one, two) = both(|| counter.increment(), || counter.increment());
    expect_eq("the count after two visitors", counter.get(), 2);
    expect_eq("the numbers of two visitors", sorted([one, two]), [1, 2]);
}

fn room_for_one() {
    let counter = Counter::new(0);
    let (one, two) = both(|| counter.increment_below(1), || counter.increment_below(1));
    expect_eq("the count after two visitors with room for one", counter.get(), 1);
    expect_eq(
        "how many of two visitors came in, with room for one",
        [one, two].map(u64::from).iter().sum(),
        1,
    );
    expect_eq("the answer to `increment_below(2)` at a count of 1", counter.increment_below(2), true);
    expect_eq("the answer to `increment_below(2)` at a count of 2", counter.increment_below(2), false);
    expect_eq("the count after it", counter.get(), 2);
}

fn one_if_there_is_room() {
    let counter = Counter::new(0);
    let (number, entered) = both(|| counter.increment(), || counter.increment_below(2));
    expect_eq("the count after two visitors with room for two", counter.get(), 2);
    expect_eq("whether there was room for the second", entered, true);
    expect_eq("whether the first one's number is 1 or 2", (1..=2).contains(&number), true);
}

/// Whoever is refused was never counted, not for a moment: it must not cost the other one its place.
fn one_refused() {
    let counter = Counter::new(1);
    let (refused, entered) = both(|| !counter.increment_below(1), || counter.increment_below(2));
    expect_eq("whether a visitor was refused at a count of 1 or more, with room for 1", refused, true);
    expect_eq("whether another one came in at a count of 1, with room for 2", entered, true);
    expect_eq("the count after it", counter.get(), 2);
}

fn taken_while_measured() {
    let counter = Counter::new(0);
    counter.increment();
    let (sum, (taken, entered)) =
        both(|| counter.add_measured(|| 10), || (counter.take(), counter.increment_below(50)));
    expect_eq("whether there was room for one", entered, true);
    expect_eq("what was taken, and what is left of 12 visitors", taken + counter.get(), 12);
    // The group comes before the count is taken, after it, or after the last visitor.
    let want = [11, 10, 11];
    expect_eq("whether the new count with the group is one that there was", want.contains(&sum), true);
}

fn measured_and_single() {
    let counter = Counter::new(0);
    let (group, single) = both(|| counter.add_measured(|| 10), || counter.increment());
    expect_eq("the count after a group of 10 and one visitor", counter.get(), 11);
    let want = if group == 10 { [10, 11] } else { [11, 1] };
    expect_eq("the new counts, for the group of 10 and the one visitor", [group, single], want);
}

fn taken_while_counting() {
    let counter = Counter::new(0);
    let (number, taken) = both(|| counter.increment(), || counter.take());
    expect_eq("the first visitor's number", number, 1);
    expect_eq("what was taken, and what is left of one visitor", taken + counter.get(), 1);
}

fn taken_twice() {
    let counter = Counter::new(0);
    counter.increment();
    let (one, two) = both(|| counter.take(), || counter.take());
    expect_eq("what two calls of `take` gave of one visitor", sorted([one, two]), [0, 1]);
    expect_eq("the count afterwards", counter.get(), 0);
}

fn looked_at() {
    let counter = Counter::new(0);
    let (seen, entered) = both(|| counter.get(), || counter.increment_below(5));
    expect_eq("the answer to `increment_below(5)` at a count of 0", entered, true);
    expect_eq("whether `get` saw 0 or 1 while one visitor came", seen <= 1, true);
    expect_eq("the count afterwards", counter.get(), 1);
}

fn two_measured() {
    let counter = Counter::new(0);
    let measuring = Rendezvous::new(2);
    let measure = |size| {
        measuring.meet();
        size
    };
    both(|| counter.add_measured(|| measure(10)), || counter.add_measured(|| measure(20)));
    expect_eq("the count after groups of 10 and of 20", counter.get(), 30);
}

fn counted_while_measured() {
    let counter = Counter::new(0);
    let (group, others) = judge::while_held(
        |held| {
            counter.add_measured(|| {
                held.here();
                10
            })
        },
        || (counter.increment(), counter.increment_below(5), counter.take()),
    );
    expect_eq(
        "a number, whether there was room, and what was taken, all while measuring",
        others,
        (1, true, 2),
    );
    expect_eq("the new count after the measuring", group, 10);
}

/// Whoever measures may look at the counter: with the lock held, it would wait for itself.
fn looked_at_while_measuring() {
    let counter = Counter::new(0);
    let meeting = Rendezvous::new(2);
    let (_, ()) = both(
        || {
            counter.add_measured(|| {
                meeting.meet();
                counter.get() + 1
            })
        },
        || meeting.meet(),
    );
    expect_eq("the count after 0 + 1 was measured", counter.get(), 1);
}

fn alone() {
    let counter = Counter::new(0);
    for number in 1..=50 {
        expect_eq("the number of a visitor", counter.increment(), number);
    }
    expect_eq("the new count after a group of 7", counter.add_measured(|| 7), 57);
    expect_eq("the new count after a group of nobody", counter.add_measured(|| 0), 57);
    expect_eq("the answer to `increment_below(57)` at a count of 57", counter.increment_below(57), false);
    expect_eq("the answer to `increment_below(58)` at a count of 57", counter.increment_below(58), true);
    expect_eq("the count that was taken", counter.take(), 58);
    expect_eq("the number of the first visitor after it", counter.increment(), 1);
}

fn crowd() {
    let counter = Counter::new(0);
    let mut taken = 0;
    let mut entered = 0;
    thread::scope(|scope| {
        let visitors = (0..THREADS).map(|_| {
            scope.spawn(|| {
                let (mut mine, mut numbers) = (0, Vec::new());
                for _ in 0..VISITORS {
                    numbers.push(counter.increment());
                    mine += 1 + u64::from(counter.increment_below(10));
                    counter.add_measured(|| 2);
                    mine += 2;
                }
                expect_eq(
                    "whether one thread's numbers are all above 0",
                    numbers.iter().all(|&n| n > 0),
                    true,
                );
                mine
            })
        });
        let visitors: Vec<_> = visitors.collect();
        for _ in 0..VISITORS {
            taken += counter.take();
        }
        entered = visitors.into_iter().map(|visitor| visitor.join().unwrap()).sum();
    });
    expect_eq("what was taken in 1,000 turns, and what is left", taken + counter.take(), entered);
}

fn sorted(mut numbers: [u64; 2]) -> [u64; 2] {
    numbers.sort_unstable();
    numbers
}
