//! Futures opened by hand, and the properties every future must have.
use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use tokio::step::{
    Gate, Stepper, ViolationKind, cancel_at_every_await, finds_lost_wakers, polled_after_ready,
    polls_do_not_block,
};
use tokio::task::yield_now;

/// Waits for a waker to be called that nobody ever calls; keeps the first waker or the newest.
fn keeps(newest: bool) -> impl Future<Output = ()> {
    let mut kept: Option<Waker> = None;
    std::future::poll_fn(move |context| {
        if kept.is_none() || newest {
            kept = Some(context.waker().clone());
        }
        Poll::Pending
    })
}

#[test]
fn the_newest_waker_counts() {
    let violation = finds_lost_wakers(|| keeps(false)).unwrap_err();
    assert_eq!(violation.kind, ViolationKind::LostWaker);
    assert!(violation.message.starts_with("Poll 2 "), "{violation}");
    finds_lost_wakers(|| keeps(true)).unwrap();
    finds_lost_wakers(|| yield_now()).unwrap();
}

#[test]
fn a_future_that_asks_for_ever() {
    let spins = || {
        std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        })
    };
    assert_eq!(finds_lost_wakers(spins).unwrap_err().kind, ViolationKind::Spins);
    assert_eq!(polls_do_not_block(spins, 500).unwrap_err().kind, ViolationKind::Spins);
}

#[test]
fn wakes_are_counted_for_each_poll() {
    let gate = Gate::new();
    let mut future = Stepper::new(gate.clone());
    assert!(future.poll().is_pending());
    assert!(future.waker_is_kept() && !future.woken());
    assert!(future.poll().is_pending());
    gate.open(1);
    assert!(future.woken());
    assert!(!future.woken());
    assert_eq!(future.wakes(), [0, 1]);
    assert_eq!(future.until_stalled(), Some(1));
    assert!(future.is_done());
}

#[test]
fn what_is_dropped_half_way() {
    let counter = |by_guard: bool| {
        move || {
            struct Leave(Rc<Cell<i32>>);
            impl Drop for Leave {
                fn drop(&mut self) {
                    self.0.set(self.0.get() - 1);
                }
            }
            let inside = Rc::new(Cell::new(0));
            let mine = inside.clone();
            (inside, async move {
                mine.set(mine.get() + 1);
                if by_guard {
                    let _leaves = Leave(mine);
                    yield_now().await;
                } else {
                    yield_now().await;
                    mine.set(mine.get() - 1);
                }
            })
        }
    };
    let check = |inside: Rc<Cell<i32>>, _| match inside.get() {
        0 => Ok(()),
        n => Err(format!("{n} never left")),
    };
    let violation = cancel_at_every_await(counter(false), check).unwrap_err();
    assert_eq!(violation.kind, ViolationKind::NotCancelSafe);
    assert_eq!(violation.message, "Dropped after 1 poll: 1 never left");
    assert_eq!(cancel_at_every_await(counter(true), check), Ok(3));
    let stalls = || ((), std::future::pending::<()>());
    assert_eq!(cancel_at_every_await(stalls, |(), _| Ok(())).unwrap_err().kind, ViolationKind::Stalls);
}

#[test]
fn a_poll_that_waits_for_a_lock() {
    let takes_it_twice = || async {
        let lock = Arc::new(Mutex::new(0));
        let _first = lock.lock().unwrap();
        let _second = lock.lock().unwrap();
    };
    let violation = polls_do_not_block(takes_it_twice, 500).unwrap_err();
    assert_eq!(violation.kind, ViolationKind::Blocks);
    assert!(violation.message.contains("lock at steps.rs"), "{violation}");
    let takes_it_once = || async {
        let lock = Mutex::new(0);
        *lock.lock().unwrap() += 1;
    };
    polls_do_not_block(takes_it_once, 500).unwrap();
}

#[test]
fn a_future_polled_after_it_was_ready() {
    let all = |forgets: bool| {
        move |gates: Vec<Gate<usize>>| {
            let mut waiting: Vec<_> = gates.into_iter().map(Some).collect();
            std::future::poll_fn(move |context| {
                let mut ready = true;
                for slot in &mut waiting {
                    let Some(gate) = slot else { continue };
                    match std::pin::Pin::new(gate).poll(context) {
                        Poll::Ready(_) if forgets => {}
                        Poll::Ready(_) => *slot = None,
                        Poll::Pending => ready = false,
                    }
                }
                if ready { Poll::Ready(()) } else { Poll::Pending }
            })
        }
    };
    let violation = polled_after_ready(2, all(true)).unwrap_err();
    assert_eq!(violation.kind, ViolationKind::PolledAfterReady);
    assert!(violation.message.contains("[0, 1], future 0"), "{violation}");
    polled_after_ready(3, all(false)).unwrap();
}

#[test]
fn a_stepper_inside_a_check() {
    crate::right_in(|| {
        let gate = Gate::new();
        let opens = gate.clone();
        let lock = Arc::new(Mutex::new(()));
        let theirs = lock.clone();
        let opener = std::thread::spawn(move || {
            let _turn = theirs.lock().unwrap();
            opens.open(1);
        });
        let mut future = Stepper::new(gate);
        let first = {
            let _turn = lock.lock().unwrap();
            future.poll()
        };
        opener.join().unwrap();
        match first {
            Poll::Ready(n) => assert_eq!(n, 1),
            Poll::Pending => {
                assert!(future.woken());
                assert_eq!(future.until_stalled(), Some(1));
            }
        }
    });
}
