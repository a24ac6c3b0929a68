//! The judge of what attacks are tried on: every layer that judges have, in the smallest form.
extern crate interleave as std;

use judge::{Rendezvous, Rules, expect_eq};

fn main() -> judge::ExitCode {
    judge::exercise!("e901_count")
        .rules(Rules::new().forbid("thread::sleep", "Sleeping is not waiting."))
        .schedules("two threads, one visit each", || {
            let count: u64 = exercise::count(2, 1);
            expect_eq("the visits", count, 2);
        })
        .overlap("two pieces of work at once", || {
            let inside = Rendezvous::new(2);
            exercise::both(&|| inside.meet());
        })
        .spec("8 threads, 200 visits each", || {
            let count: u64 = exercise::count(8, 200);
            expect_eq("the visits", count, 1600);
        })
        .spec("a sum that nobody foresees", || {
            // The address of a fresh thread's stack is as good as a throw of dice.
            let seed = std::thread::spawn(|| std::ptr::from_ref(&0u8).addr() as u64).join().unwrap();
            let values: Vec<u64> = (1..200u64).map(|n| (seed ^ n).wrapping_mul(n) >> 32).collect();
            let sum: u64 = exercise::sum(&values);
            expect_eq("the sum", sum, values.iter().sum());
        })
        .run()
}
