//! The judge of e501_join_all: futures that are opened by hand, polled step by step, and by other threads.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e501_join_all.rs"]
pub mod exercise;

// The judge's own counting is not what is judged: with the real std's types it adds no steps.
use core::sync::atomic::{AtomicUsize, Ordering};
use exercise::join_all;
use interleave::Checker;
use judge::{Verdict, expect_eq};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

fn main() -> judge::ExitCode {
    judge::exercise!("e501_join_all")
        .schedules_with(by_hand(), "no futures", no_futures)
        .schedules_with(by_hand(), "nothing runs before the first poll, and then all do", all_are_polled)
        .schedules_with(by_hand(), "the last future is ready first", last_is_ready_first)
        .schedules_with(by_hand(), "polls that change nothing change nothing", polled_in_vain)
        .schedules_with(by_hand(), "whoever polls last is woken", another_waker)
        .schedules("two futures, made ready by two threads", two_threads)
        .spec("100 futures, ready in reverse", many)
        .run()
}

/// One thread takes every step here, so there is one schedule, and it says more than the story of many threads.
fn by_hand() -> Checker {
    Checker::new().allow_vacuous()
}

fn no_futures() {
    let mut hand = Gates::new(0).hand();
    expect_eq("the outputs of no futures", hand.poll(), Some(vec![]));
}

fn all_are_polled() {
    let gates = Gates::new(3);
    let mut hand = gates.hand();
    expect_eq(
        "how often each future was polled before anybody polled the whole",
        gates.polls(),
        vec![0, 0, 0],
    );
    hand.pending();
    let polled = gates.polls().iter().filter(|&&polls| polls > 0).count();
    if polled < 3 {
        let sentence =
            format!("After the first poll of the whole, only {polled} of 3 futures had been polled.");
        judge::fail(Verdict::NotConcurrent, &sentence);
    }
}

fn last_is_ready_first() {
    let gates = Gates::new(3);
    let mut hand = gates.hand();
    hand.pending();
    for next in [2, 0] {
        gates.open(next);
        hand.must_be_woken();
        hand.pending();
    }
    gates.open(1);
    hand.must_be_woken();
    expect_eq("the outputs of futures 0, 1 and 2, made ready as 2, 0, 1", hand.poll(), Some(vec![0, 10, 20]));
}

fn polled_in_vain() {
    let gates = Gates::new(2);
    let mut hand = gates.hand();
    gates.open(0);
    for _ in 0..3 {
        hand.pending();
    }
    gates.open(1);
    hand.must_be_woken();
    expect_eq(
        "the outputs of two futures, polled a few times more than needed",
        hand.poll(),
        Some(vec![0, 10]),
    );
}

/// A task may move to another executor between two polls: only the newest waker counts.
fn another_waker() {
    let gates = Gates::new(2);
    let mut hand = gates.hand();
    hand.pending();
    hand.wakes = Arc::default();
    hand.pending();
    gates.open(1);
    hand.must_be_woken();
}

fn many() {
    let gates = Gates::new(100);
    let mut hand = gates.hand();
    for number in (1..100).rev() {
        hand.pending();
        gates.open(number);
        if number < 99 {
            hand.must_be_woken();
        }
    }
    hand.pending();
    gates.open(0);
    hand.must_be_woken();
    expect_eq("the outputs of 100 futures", hand.poll(), Some((0..100).map(|number| number * 10).collect()));
}

fn two_threads() {
    let gates = Gates::new(2);
    let mut hand = gates.hand();
    thread::scope(|scope| {
        let gates = &gates;
        let mut openers: Vec<_> = (0..2).map(|number| scope.spawn(move || gates.open(number))).collect();
        // Each future that becomes ready is worth one more poll.
        for _ in 0..=2 {
            if let Some(outputs) = hand.poll() {
                return expect_eq("the outputs of two futures", outputs, vec![0, 10]);
            }
            if !hand.woken() {
                // Nobody has called yet. When both gates are open, somebody must have.
                openers.drain(..).for_each(|opener| opener.join().unwrap());
                hand.must_be_woken();
            }
        }
        judge::fail(Verdict::Livelock, ASKS_FOR_NOTHING)
    });
}

const ASKS_FOR_NOTHING: &str =
    "It asked to be polled again although nothing had happened: the executor would go round and round.";

/// Futures that are ready when the judge says so. Number n gives 10 times n.
struct Gates {
    states: Vec<Arc<Mutex<State>>>,
    /// How often the whole was polled.
    turn: Arc<AtomicUsize>,
}

#[derive(Default)]
struct State {
    number: usize,
    open: bool,
    taken: bool,
    polls: usize,
    /// In which turn it was polled last, and how often in that turn.
    polled_in: (usize, usize),
    polled_with: Option<Waker>,
}

struct Gate {
    state: Arc<Mutex<State>>,
    turn: Arc<AtomicUsize>,
}

impl Gates {
    fn new(count: usize) -> Self {
        let gate = |number| Arc::new(Mutex::new(State { number, ..State::default() }));
        Gates { states: (0..count).map(gate).collect(), turn: Arc::default() }
    }

    /// All of them joined by the answer, and not polled yet.
    fn hand(&self) -> Hand<impl Future<Output = Vec<usize>> + use<>> {
        let gate = |state: &Arc<Mutex<State>>| Gate { state: state.clone(), turn: self.turn.clone() };
        let future = Box::pin(join_all(self.states.iter().map(gate).collect()));
        Hand { future, turn: self.turn.clone(), wakes: Arc::default() }
    }

    fn polls(&self) -> Vec<usize> {
        self.states.iter().map(|gate| gate.lock().unwrap().polls).collect()
    }

    fn open(&self, number: usize) {
        let mut gate = self.states[number].lock().unwrap();
        gate.open = true;
        let waker = gate.polled_with.take();
        drop(gate); // Whoever is woken may poll at once.
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Future for Gate {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<usize> {
        let mut gate = self.state.lock().unwrap();
        gate.polls += 1;
        let number = gate.number;
        if gate.taken {
            let sentence =
                format!("Future {number} was polled again after it was ready; most futures panic then.");
            judge::fail(Verdict::Panics, &sentence);
        }
        if gate.open {
            gate.taken = true;
            return Poll::Ready(number * 10);
        }
        let turn = self.turn.load(Ordering::SeqCst);
        let in_this_turn = if gate.polled_in.0 == turn { gate.polled_in.1 + 1 } else { 1 };
        if in_this_turn > MANY_POLLS {
            let sentence = format!(
                "One poll of the whole polled future {number} again and again, and did not come back: \
                 meanwhile the executor can do nothing else."
            );
            judge::fail(Verdict::BlocksTheExecutor, &sentence);
        }
        gate.polled_in = (turn, in_this_turn);
        gate.polled_with = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Once is enough. An answer that looks again because somebody rang meanwhile is still far from this.
const MANY_POLLS: usize = 10;

/// An executor that takes one step when it is told to, and counts how often it is woken.
struct Hand<F: Future> {
    future: Pin<Box<F>>,
    turn: Arc<AtomicUsize>,
    wakes: Arc<Wakes>,
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<F: Future> Hand<F> {
    /// One poll; None stands for `Pending`.
    fn poll(&mut self) -> Option<F::Output> {
        self.turn.fetch_add(1, Ordering::SeqCst);
        let waker = Waker::from(self.wakes.clone());
        match self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    /// One poll while some futures are not ready. Nobody may ask for another poll before one of them is.
    fn pending(&mut self) {
        self.woken();
        if self.poll().is_some() {
            judge::fail(Verdict::WrongResult, "The whole was ready although one of its futures was not.");
        }
        if self.woken() {
            judge::fail(Verdict::Livelock, ASKS_FOR_NOTHING);
        }
    }

    /// Whether somebody asked for another poll since the last look.
    fn woken(&self) -> bool {
        self.wakes.0.swap(0, Ordering::SeqCst) > 0
    }

    fn must_be_woken(&self) {
        if !self.woken() {
            judge::fail(
                Verdict::LostWakeup,
                "A future became ready, and the waker of the last poll was not called: nobody would ever poll again.",
            );
        }
    }
}
