//! A look-alike of `std` that runs concurrent code under every schedule that matters.
//!
//! Tests on real threads are luck: a lost update can hide for a hundred thousand runs. Here the code stays as it is,
//! plain `std`, and a check runs it again and again, each time in another order, until all orders have been tried or
//! one fails. The first failure found is the simplest there is, and it is told step by step in the code's own lines.
//!
//! # A first bug
//!
//! One line makes every `std` below it this crate: `extern crate interleave as std;`. Outside a check each item is
//! the real one, so the same build serves ordinary tests and checked ones.
//!
//! ```
//! extern crate interleave as std;
//! # fn main() {
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicUsize, Ordering};
//! use std::thread;
//!
//! let failure = std::check(|| {
//!     let count = Arc::new(AtomicUsize::new(0));
//!     let other = Arc::clone(&count);
//!     let clerk = thread::spawn(move || {
//!         let seen = other.load(Ordering::SeqCst);
//!         other.store(seen + 1, Ordering::SeqCst);
//!     });
//!     count.fetch_add(1, Ordering::SeqCst);
//!     clerk.join().unwrap();
//!     assert_eq!(count.load(Ordering::SeqCst), 2);
//! })
//! .unwrap_err();
//!
//! assert_eq!(failure.cause, std::Cause::LostUpdate);
//! let picture = failure.story().terminal(80, false);
//! assert!(picture.contains("clerk read count"), "{picture}");
//! # }
//! ```
//!
//! The picture has a lane for each thread, time goes down, and a dotted line marks where a thread was interrupted:
//!
//! ```text
//! Lost update: found in schedule 3 (2 unlucky moments)
//!      main                        clerk
//!   1  starts clerk :10
//!      ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ switch ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
//!   2                              reads count = 0 :11
//!      ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ switch ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
//!   3  changes count: 0 → 1 :14
//!   4  waits for clerk to end :15
//!   5                              writes count = 1 :12
//!   6  joins clerk :15
//!   7  reads count = 1 :16
//!   8  panics :16
//!   • main panicked at main.rs:16: assertion `left == right` failed left: 1 right: 2
//!   • clerk read count at main.rs:11 and wrote it at main.rs:12; in between main
//!     changed it (main.rs:14), and that change is overwritten.
//! ```
//!
//! With the fix, `other.fetch_add(1, Ordering::SeqCst)`, the check returns a [`Report`] that says what was covered:
//! "every schedule, in 3 runs".
//!
//! # How to read a report
//!
//! * *Schedule 3* means that two schedules passed before this one. They are tried in order of **unlucky moments**:
//!   first those without any, then with one, and so on. An unlucky moment is a thread interrupted although it could
//!   have gone on, a wake-up for no reason, a time-out or a sleep that ends early, a weak exchange that fails for no
//!   reason, or a load that returns an older value than there is. Of schedules with equally many, those come first in
//!   which only the order of the threads is unlucky. So there is no simpler story to tell.
//! * Objects and threads are named after the variables they were made for.
//! * The sentences below the picture say why: who holds what, which notification was lost, which change was overwritten.
//! * The same story is a picture ([`Story::svg`]) and a page to step through beside the source ([`Story::html`]), with
//!   held locks, waits, and arrows from each step to what it made possible.
//! * [`Failure::replay`] is the schedule as a short token; [`Checker::replay`] runs exactly it again.
//! * [`Checker::play`] makes you the scheduler: it offers every way to go on, in words, and replays what you chose.
//! * A report never says more than is true. "Every schedule" means that nothing was left out; otherwise it names the
//!   number of unlucky moments up to which everything was tried. See [`Checker`] for the limits, which are counts, so
//!   that the verdict is the same on every machine.
//!
//! # What is modelled
//!
//! | part of `std` | in a check |
//! |---|---|
//! | `sync::Mutex`, `RwLock` | poisoning, `try_*`; any thread that can take it may be next |
//! | `sync::Condvar` | lost notifications, wake-ups for no reason, time-outs; `notify_one` may wake any waiter |
//! | `sync::Barrier`, `Once`, `OnceLock`, `LazyLock` | waiting for each other, poisoning |
//! | `sync::atomic` | orderings, release sequences, fences, stale loads, weak exchanges that fail |
//! | `sync::mpsc` | all three kinds, `try_*`, time-outs, disconnection |
//! | `thread` | `spawn`, `scope`, `Builder`, `park`, `sleep`, `yield_now`, panics through `join`; `available_parallelism` is 2 |
//! | `time::Instant`, `sleep` | model time, which passes only when a sleep or a time-out ends |
//! | `process::exit`, `abort` | a failure of the checked code |
//! | `hint::spin_loop` | lets others run |
//! | [`race::RaceCell`] | plain memory, as unsafe code shares it: data races |
//!
//! All the rest is the real `std`.
//!
//! # What is found
//!
//! Panics that nobody handles, deadlocks of every kind, lost wake-ups, data races on [`race::RaceCell`], threads that
//! poll for ever, loops without end, threads left behind, code that ends the process, and code that does not do the
//! same thing twice. A check in which only one thread ran, or nothing was shared, fails too: it proved nothing.
//!
//! # Limits
//!
//! * The order in which stores to one atomic take effect is the order in which they were executed. So load buffering and
//!   reordered stores (2+2W) do not happen here, although C++20 allows them. Nor does an exchange that fails read an
//!   old value. `docs/explorer.md` has the table of what is shown and what is not.
//! * Statics of this crate's types begin every run as they began the program: atomics, locks, `Once`, `OnceLock`,
//!   `LazyLock`. That is so on Linux, and for locks that were not used before the check. What else outlives a run (a
//!   static of the real `std`'s types, a file, what the checked closure captured) makes runs differ, which is reported.
//! * Thread-locals are real ones. Where they show, which a run on new threads tells, every run gets new threads; that is
//!   several times slower. [`Checker::fresh_threads`] says so from the start.
//! * The counts of `Arc` are not watched.
//! * A real lock, a file or a socket that the code waits for is not seen: the thread is reported as stuck.
//! * Small programs: up to four threads with a handful of operations each are explored completely within a second or two.
//!
//! # Where this comes from
//!
//! Bounding unlucky moments rather than depth is CHESS (Musuvathi and Qadeer, PLDI 2007). Prefixes with equal
//! happens-before graphs are explored once, and deepening goes on from what is left, so no schedule runs twice. Most
//! that could only come to a known state are foreseen and not run at all. The memory model follows loom's, with
//! sequential consistency added.
//! Against [loom](https://docs.rs/loom): code is plain `std`, a deadlock is a report instead of an aborted test, a
//! closed channel and a `SeqCst` program are judged right, and an unfinished search says so. Against
//! [shuttle](https://docs.rs/shuttle): weak memory, wake-ups for no reason and time-outs exist, and the simplest failure
//! comes first.

pub use ::std::*;

mod acts;
mod check;
mod engine;
mod failure;
pub mod hint;
mod html;
pub mod model;
mod names;
pub mod outcomes;
mod picture;
pub mod play;
pub mod process;
pub mod race;
mod record;
mod report;
mod rounds;
mod sentences;
mod story;
mod svg;
pub mod sync;
mod text;
pub mod thread;
pub mod time;
mod timeline;
mod trace;
pub mod watch;
mod why;

pub use acts::Act;
pub use check::{Checker, check};
pub use failure::{Blocked, Failure, FailureKind};
pub use record::{Recording, record, record_at_most};
pub use report::Report;
pub use story::{Excerpt, Place, Step, Story};
pub use why::Cause;
