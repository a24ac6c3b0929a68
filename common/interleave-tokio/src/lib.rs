//! A stand-in for tokio whose tasks run under every schedule that matters.
//!
//! Tests of asynchronous code are luck: which task runs first, where one is interrupted, which branch of a `select!`
//! is looked at, what is half done when a task is cancelled. Here the code stays as it is, plain tokio, and a check of
//! [`interleave`] runs it again and again, each time in another order, until all orders have been tried or one fails.
//!
//! # A first bug
//!
//! Two lines make every `std` and `tokio` below them the explored ones. Outside a check each item is the real one.
//!
//! ```
//! extern crate interleave as std;
//! extern crate interleave_tokio as tokio;
//! # fn main() {
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
//! use tokio::runtime::Runtime;
//! use tokio::sync::Notify;
//!
//! async fn open_the_door() {
//!     let open = Arc::new(AtomicBool::new(false));
//!     let bell = Arc::new(Notify::new());
//!     let (is_open, rings) = (open.clone(), bell.clone());
//!     let visitor = tokio::spawn(async move {
//!         while !is_open.load(SeqCst) {
//!             rings.notified().await;
//!         }
//!     });
//!     open.store(true, SeqCst);
//!     bell.notify_waiters();
//!     visitor.await.unwrap();
//! }
//!
//! let failure = std::check(|| Runtime::new().unwrap().block_on(open_the_door())).unwrap_err();
//! assert_eq!(failure.cause, std::Cause::LostWakeup);
//! let picture = failure.story().terminal(80, false);
//! assert!(picture.contains("notifies all on"), "{picture}");
//! # }
//! ```
//!
//! The picture, in the code's own names and lines:
//!
//! ```text
//! Lost wake-up: found in schedule 7 (2 unlucky moments)
//!      main                        visitor
//!   1  starts visitor :14
//!      ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ switch ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
//!   2                              reads open = false :15
//!      ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ switch ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
//!   3  writes open = true :19
//!   4  notifies all on bell: nobody waits :20
//!   5  waits for visitor to end :21
//!   • main waits at main.rs:21 for the end of visitor.
//!   • visitor waits at main.rs:16 for a notification on bell.
//! ```
//!
//! With the cure, `let rung = rings.notified();` *before* the look at the flag, the check says "every schedule".
//!
//! # How to read a report
//!
//! As every report of [`interleave`]. A task has a lane of its own, named after `let visitor = tokio::spawn(…)`. A task
//! that waits says what for: a lock, a permit, room, a message, a notification, the end of a task, the `clock`, or,
//! for a future written by hand, somebody to wake it. On a runtime with one thread a task that runs holds the
//! `executor`: "waits for executor, held by worker" means that `worker` blocks everybody else.
//!
//! # What is modelled
//!
//! | part of tokio | in a check |
//! |---|---|
//! | [`spawn`], [`task::JoinHandle`], [`task::AbortHandle`] | a task is a thread of the model; aborted at an await, detached when the handle is dropped |
//! | [`task::JoinSet`] | in the order in which tasks end; cancels them when dropped |
//! | [`task::yield_now`], a future that wakes itself | others go first, or (bad luck) not |
//! | [`task::spawn_blocking`] | a thread that may block, and cannot be cancelled once it runs |
//! | [`runtime::Runtime`] | many threads: tasks interrupt each other anywhere; dropping it cancels every task where it waits |
//! | [`runtime::Builder`]`::new_current_thread()` | one thread: tasks take turns from await to await, and only during `block_on`; so too with one worker thread |
//! | [`sync`] | tokio's own locks, semaphores and channels underneath, so fairness and cancellation are tokio's; each poll, send and try is a step |
//! | [`time`] | time is the model's: it passes when nothing else can go on, or (bad luck) early |
//! | [`select!`] | each branch may be looked at first, which counts as bad luck for all but the first, unless `biased;` |
//! | [`join!`], [`try_join!`], [`pin!`] | as in tokio; all futures in one task |
//!
//! A panic goes to whoever joins the task; one that nobody looks at fails the check, as with threads. Its payload is
//! its message, a `String`. Blocking where one must not (a runtime inside a runtime, `blocking_recv` in a task)
//! panics as in tokio.
//!
//! [`step`] has what plain futures need, without any runtime: polling by hand, wakers that are counted, and properties
//! that every future must have.
//!
//! # Limits
//!
//! * Not here: `LocalSet`, `task_local!`, `block_in_place`, `OnceCell`, `watch` and `mpsc` beyond the usual, `const_new`,
//!   mapped guards, input and output, signals, processes, and the attributes `main` and `test`. What is not here does not compile, so
//!   nothing escapes the check unseen.
//! * `Mutex<T>` and `RwLock<T>` need a `T` of known size. `timeout` and the methods that wait give an unnamed future.
//! * More than one worker thread counts as one for each task, so a program that fills a pool of two goes on here.
//! * Tokio's budget for polls (`coop`) does not exist in a check. At most twelve branches in `select!` and `join!`.
//! * Small programs: three tasks with a handful of awaits each are explored completely within a second or two.
//!   `select!`, time-outs and tries make more moments matter: two tasks are enough there. A program that is too big is
//!   explored up to a number of unlucky moments, and the report says so.
//!
//! # How it works
//!
//! A task is a thread of the model that polls its future; its waker sets an [`interleave::model::Token`], which the
//! thread waits for while the future is pending. Before each use of a lock or channel others may come; the real object
//! underneath then does what it does, in one step. The order of uses of one object tells schedules apart, that of uses
//! of different objects does not: `tests/it/outcomes.rs` compares this with trying each schedule by itself.

mod executor;
#[doc(hidden)]
pub mod macros;
pub mod runtime;
pub mod step;
pub mod sync;
pub mod task;
pub mod time;

pub use task::spawn;
pub use tokio::pin;
