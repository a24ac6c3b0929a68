//! What must hold for every future, whoever polls it.

use super::{Gate, Stepper};
use interleave::time::Instant;
use interleave::{Checker, FailureKind};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::task::Poll;

/// What a future did that none may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// Dropped between two polls, it left things as they must not be.
    NotCancelSafe,
    /// It was pending, and kept no waker of the last poll.
    LostWaker,
    /// A poll waited for something, instead of being pending.
    Blocks,
    /// It asks to be polled again for ever.
    Spins,
    /// It was pending, and nobody called the waker that it keeps.
    Stalls,
    /// It polled a future that had been ready.
    PolledAfterReady,
}

/// A future that does what none may do, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What it did.
    pub kind: ViolationKind,
    /// The same in words.
    pub message: String,
}

impl Violation {
    fn new(kind: ViolationKind, message: impl Into<String>) -> Self {
        Violation { kind, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Violation {}

/// More polls than any sensible future needs in a test.
const MANY_POLLS: usize = 1_000;

/// Runs a future again and again, dropping it after 0, 1, 2… polls, and checks each time what must hold afterwards.
///
/// `make` gives the future and what it works on; `check` is given the latter and, if the future came to its end, its
/// output. The future must get on by itself, with [`crate::task::yield_now`]-like awaits for instance: one that is
/// pending and not woken stalls. Gives the number of runs.
///
/// ```
/// use interleave_tokio::step::cancel_at_every_await;
/// use interleave_tokio::task::yield_now;
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// let transfer = |atomic: bool| {
///     move || {
///         let accounts = Rc::new(RefCell::new((100, 0)));
///         let mine = accounts.clone();
///         (accounts, async move {
///             yield_now().await;
///             mine.borrow_mut().0 -= 10;
///             if !atomic {
///                 yield_now().await; // dropped here, the money is gone
///             }
///             mine.borrow_mut().1 += 10;
///         })
///     }
/// };
/// let all_there = |accounts: Rc<RefCell<(i32, i32)>>, _: Option<()>| {
///     let (from, to) = *accounts.borrow();
///     if from + to == 100 { Ok(()) } else { Err(format!("{} of 100 are left", from + to)) }
/// };
/// assert_eq!(cancel_at_every_await(transfer(true), all_there), Ok(3));
/// let violation = cancel_at_every_await(transfer(false), all_there).unwrap_err();
/// assert_eq!(violation.message, "Dropped after 2 polls: 90 of 100 are left");
/// ```
///
/// # Errors
/// The first poll after which `check` fails, with what it says; or that the future stalls.
pub fn cancel_at_every_await<S, F: Future>(
    mut make: impl FnMut() -> (S, F),
    mut check: impl FnMut(S, Option<F::Output>) -> Result<(), String>,
) -> Result<usize, Violation> {
    for most in 0..MANY_POLLS {
        let (subject, future) = make();
        let mut future = Stepper::new(future);
        let mut output = None;
        for poll in 1..=most {
            if let Poll::Ready(ready) = future.poll() {
                output = Some(ready);
                break;
            }
            if future.wakes_of_last_poll() == 0 && poll < most {
                let message = format!("Poll {poll} was pending, and nothing will ever wake it.");
                return Err(Violation::new(ViolationKind::Stalls, message));
            }
        }
        let done = output.is_some();
        future.cancel();
        drop(future);
        check(subject, output).map_err(|what| {
            let when = match (done, most) {
                (true, _) => "Run to its end".into(),
                (false, 0) => "Dropped before the first poll".into(),
                (false, 1) => "Dropped after 1 poll".into(),
                (false, n) => format!("Dropped after {n} polls"),
            };
            Violation::new(ViolationKind::NotCancelSafe, format!("{when}: {what}"))
        })?;
        if done {
            return Ok(most + 1);
        }
    }
    Err(Violation::new(ViolationKind::Spins, format!("It was still pending after {MANY_POLLS} polls.")))
}

/// Looks after each poll whether the future, if it is pending, keeps the waker of that poll or has called it.
///
/// The future is polled twice between two wakes, with another waker each time: only the newest counts.
///
/// ```
/// use interleave_tokio::step::{Gate, finds_lost_wakers};
///
/// assert_eq!(finds_lost_wakers(|| Gate::<()>::new()), Ok(()));
/// ```
///
/// # Errors
/// The first poll that left nobody who could call back.
pub fn finds_lost_wakers<F: Future>(make: impl FnOnce() -> F) -> Result<(), Violation> {
    let mut future = Stepper::new(make());
    let mut in_vain = 0;
    while future.polls() < MANY_POLLS {
        if future.poll().is_ready() {
            return Ok(());
        }
        let number = future.polls();
        if future.wakes_of_last_poll() > 0 {
            in_vain = 0;
            continue;
        }
        if !future.waker_is_kept() {
            let older = if in_vain > 0 { ", though it may keep an older one" } else { "" };
            let message = format!(
                "Poll {number} was pending and kept no waker of that poll{older}: nobody would ever poll it again."
            );
            return Err(Violation::new(ViolationKind::LostWaker, message));
        }
        in_vain += 1;
        if in_vain == 3 {
            return Ok(());
        }
    }
    Err(Violation::new(ViolationKind::Spins, format!("It asked for another poll {MANY_POLLS} times.")))
}

/// Polls a future inside a check of its own, where waiting is seen: for a lock, a channel, another thread, or time.
///
/// `steps` limits what all its polls together may do. No clock is looked at.
///
/// ```
/// extern crate interleave as std;
/// use interleave_tokio::step::{ViolationKind, polls_do_not_block};
/// use std::time::Duration;
///
/// # fn main() {
/// let violation = polls_do_not_block(|| async { std::thread::sleep(Duration::from_secs(1)) }, 1_000).unwrap_err();
/// assert_eq!(violation.kind, ViolationKind::Blocks);
/// assert_eq!(polls_do_not_block(|| async { 1 + 1 }, 1_000), Ok(()));
/// # }
/// ```
///
/// # Errors
/// That a poll waits, or does not end.
///
/// # Panics
/// Inside a check; or with the future's own panic.
pub fn polls_do_not_block<F: Future>(
    make: impl Fn() -> F + Send + Sync + 'static,
    steps: usize,
) -> Result<(), Violation> {
    let slept = Arc::new(Mutex::new(None));
    let found = slept.clone();
    let checked = Checker::new().allow_vacuous().max_steps(steps).check(move || {
        let mut future = Stepper::new(make());
        loop {
            let before = Instant::now();
            let done = future.poll().is_ready();
            if Instant::now() > before {
                *crate::executor::open(&found) = Some(future.polls());
                return;
            }
            if done || future.wakes_of_last_poll() == 0 {
                return;
            }
            // So that a future that asks for ever comes to the limit.
            interleave::model::point_here();
        }
    });
    if let Some(number) = *crate::executor::open(&slept) {
        let message = format!("Poll {number} slept: meanwhile the executor can do nothing else.");
        return Err(Violation::new(ViolationKind::Blocks, message));
    }
    let Err(failure) = checked else { return Ok(()) };
    let (kind, message) = match failure.kind {
        FailureKind::Deadlock | FailureKind::LeftBehind => {
            let waits = failure.blocked.iter().map(|b| format!("{} at {}", b.wants, b.place));
            let waits: Vec<String> = waits.collect();
            (ViolationKind::Blocks, format!("A poll waits for ever: {}.", waits.join(", ")))
        }
        FailureKind::TooManySteps | FailureKind::Livelock | FailureKind::Stuck => {
            (ViolationKind::Spins, format!("It did not come to rest: {}.", failure.message))
        }
        _ => panic!("{failure}"),
    };
    Err(Violation::new(kind, message))
}

/// Checks that a future made of `count` others polls none of them again once it has been ready, in whatever order
/// they become ready.
///
/// ```
/// use interleave_tokio::step::{Gate, polled_after_ready};
///
/// let in_turn = |gates: Vec<Gate<usize>>| async {
///     let mut sum = 0;
///     for gate in gates {
///         sum += gate.await;
///     }
///     sum
/// };
/// assert_eq!(polled_after_ready(3, in_turn), Ok(()));
/// ```
///
/// # Errors
/// The first order in which it polls a future too often, or is never ready.
///
/// # Panics
/// If `count` is more than 5: there would be too many orders.
pub fn polled_after_ready<F: Future>(
    count: usize,
    make: impl Fn(Vec<Gate<usize>>) -> F,
) -> Result<(), Violation> {
    assert!(count <= 5, "{count} futures can become ready in too many orders");
    for order in orders(count) {
        let gates: Vec<Gate<usize>> = (0..count).map(|_| Gate::new()).collect();
        let mut whole = Stepper::new(make(gates.clone()));
        let mut done = whole.until_stalled().is_some();
        for next in &order {
            gates[*next].open(*next);
            if !done {
                done = whole.until_stalled().is_some();
            }
            if let Some(number) = gates.iter().position(Gate::was_polled_after_ready) {
                let message = format!(
                    "Made ready in the order {order:?}, future {number} was polled again after it was ready."
                );
                return Err(Violation::new(ViolationKind::PolledAfterReady, message));
            }
        }
        if !done {
            let message = format!("All futures were ready, in the order {order:?}, and the whole was not.");
            return Err(Violation::new(ViolationKind::Stalls, message));
        }
    }
    Ok(())
}

/// Every order of the numbers below `count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..count {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                let rest: Vec<usize> = (0..count).filter(|n| !order.contains(n)).collect();
                rest.into_iter().map(move |next| order.iter().copied().chain([next]).collect())
            })
            .collect();
    }
    orders
}
