//! The judge of the exercises: layers, verdicts, and the protocol between a judge and its runner.
//!
//! The judge of an exercise is a small program that says, layer by layer, what must hold of the answer:
//!
//! ```
//! # mod exercise { pub fn count(threads: u32) -> u32 { threads } }
//! # // A documentation test has no answer's file of its own; any file serves.
//! # let judge_of = |name| judge::Exercise::new(name, env!("CARGO_MANIFEST_DIR"), file!());
//! judge_of("e104_visits") // in a judge: judge::exercise!("e104_visits")
//!     .rules(judge::Rules::new().forbid("thread::sleep", "Sleeping is not waiting: join the thread."))
//!     .schedules("two threads, one visit each", || judge::expect_eq("visits", exercise::count(2), 2))
//!     .spec("100 threads", || judge::expect_eq("visits", exercise::count(100), 100));
//! ```
//!
//! # Layers
//! They run in this order, and the first failure ends the judgement:
//!
//! 1. `rules`: the answer's text. Is there a `todo!()` left, does it use what is forbidden ([`Rules`])?
//! 2. `schedules`: small models, run by [`interleave`] under every schedule that matters. A wrong answer fails here in
//!    the same way every time, with the schedule that breaks it.
//! 3. `overlap`: models that can only end if the work overlaps, because threads meet inside it ([`Rendezvous`]).
//! 4. `over-locking`: models in which something must come to its end while something else is held ([`while_held`]).
//! 5. `spec`: real threads and the real `std`, at full size. Late, because there a race shows only sometimes.
//! 6. `cost`: how often locks are taken, threads started, waiters notified ([`count`]), memory asked for
//!    ([`allocations`]), and what is left behind ([`nothing_left`]).
//! 7. `speed`: whether working together is worth it, in model time and never by the clock on the wall ([`Speed`]).
//!
//! Real threads are watched while they work ([`interleave::watch`]), so that a runner can say who waits for whom when
//! they stand still.
//!
//! # What a judge may say
//! An assertion that fails in a judge's own file is `wrong-result`. Better are [`expect_eq`], which shows both values,
//! [`fail`], which names the verdict, and [`nothing_left`]. All of them may be called on any thread; what they say
//! counts even if the answer swallows the panic that follows.
//!
//! # Two ways to run
//! Alone, under `cargo test` or `cargo nextest`, the program behaves like any test program, with a test for each
//! layer. Started by a runner it reports over a private channel ([`protocol`]), because it shares its process with the
//! answer, and neither the output nor the exit code of that process can be believed. (A test program is its own runner:
//! it starts itself once more.)
mod allocations;
pub mod chapter;
mod cost;
mod exercise;
mod explain;
mod harness;
mod held;
mod json;
mod leftovers;
mod overlap;
pub mod play;
pub mod protocol;
mod record;
mod rendezvous;
mod report;
mod rules;
mod say;
mod speed;
mod standstill;
mod story_json;
mod text;
mod verdict;

pub use allocations::{Allocations, Counting, allocations, uncounted};
pub use cost::{Cost, count};
pub use exercise::{ANSWER_VARIABLE, Exercise, LAYERS_VARIABLE, STRESS_VARIABLE, WATCHER, kind_of};
pub use held::{Held, while_held};
pub use interleave::watch::Deed;
pub use json::Malformed;
pub use leftovers::{
    no_children_left, no_descriptors_left, no_shared_memory_left, no_threads_left, nothing_left,
};
pub use rendezvous::Rendezvous;
pub use report::{Judgement, LayerReport, Status};
pub use rules::Rules;
pub use say::{expect_eq, fail, fail_in_detail};
pub use speed::{Speed, Work};
pub use standstill::Observer;
#[cfg(target_os = "linux")]
pub use standstill::Stat;
pub use std::process::ExitCode;
pub use story_json::{story_from_json, story_to_json};
pub use text::clean;
pub use verdict::{UnknownVerdict, Verdict};
