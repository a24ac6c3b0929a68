//! e313_task_done: a queue that knows when all work is done, and a worker from which no failure is lost.
//!
//! Taken out of the queue does not mean done. So the queue counts: one more unfinished job for every `put`, one less for
//! every `task_done`, and `join` waits until there are none. Below stands also a worker as one finds it in many programs. It
//! hides what fails, and whoever joins then waits for ever. Write what is missing, and mend the worker. However the
//! threads take turns:
//!
//! * `join` returns when every job that was put in is done, no earlier, and for everybody who waits there;
//! * `task_done` for a job that nobody put in is refused, and changes nothing;
//! * whoever waits sleeps until it is woken;
//! * every job of a worker is marked as done, and every failure comes back.
//!
//! The judge runs up to three threads through every order of their steps, a worker with three jobs through every order with
//! at most three unlucky moments, and two workers through every order with at most one.
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

/// `task_done` was called more often than jobs were put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften;

/// A queue of jobs without a limit.
pub struct WorkQueue<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
    all_done: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    unfinished: usize,
}

impl<T> WorkQueue<T> {
    /// An empty queue: nothing to do, nothing unfinished.
    pub fn new() -> Self {
        let state = Mutex::new(State { items: VecDeque::new(), unfinished: 0 });
        WorkQueue { state, arrived: Condvar::new(), all_done: Condvar::new() }
    }

    /// Puts a job in.
    pub fn put(&self, job: T) {
        let _ = job;
        todo!("put the job in, count it, and tell somebody who waits for one")
    }

    /// Takes the oldest job out, after waiting for one.
    pub fn get(&self) -> T {
        let state = self.state.lock().unwrap();
        let mut state = self.arrived.wait_while(state, |state| state.items.is_empty()).unwrap();
        state.items.pop_front().unwrap()
    }

    /// Says that one of the jobs taken out is done.
    pub fn task_done(&self) -> Result<(), TooOften> {
        let _ = &self.all_done; // whoever waits in `join` waits there
        todo!("count it, and tell those who wait for the end")
    }

    /// Waits until every job that was put in is done.
    pub fn join(&self) {
        todo!("wait for {} jobs", self.state.lock().unwrap().unfinished)
    }
}

impl<T> Default for WorkQueue<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes jobs and does them, until a `None` comes, which is a job like any other. Gives all that failed, in order.
pub fn worker<T, E>(queue: &WorkQueue<Option<T>>, work: impl Fn(T) -> Result<(), E>) -> Vec<E> {
    // mend me
    loop {
        let Some(job) = queue.get() else { return Vec::new() };
        if work(job).is_err() {
            continue;
        }
        let _ = queue.task_done();
    }
}
