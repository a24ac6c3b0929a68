//! e313_task_done, wrong: whoever joins wakes itself every millisecond to look, so nobody needs to notify.
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// How long to sleep before looking again.
const A_MOMENT: Duration = Duration::from_millis(1);

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
        let mut state = self.state.lock().unwrap();
        state.items.push_back(job);
        state.unfinished += 1;
        // Each of those who wait there can take it.
        self.arrived.notify_one();
    }

    /// Takes the oldest job out, after waiting for one.
    pub fn get(&self) -> T {
        let state = self.state.lock().unwrap();
        let mut state = self.arrived.wait_while(state, |state| state.items.is_empty()).unwrap();
        state.items.pop_front().unwrap()
    }

    /// Says that one of the jobs taken out is done.
    pub fn task_done(&self) -> Result<(), TooOften> {
        let mut state = self.state.lock().unwrap();
        state.unfinished = state.unfinished.checked_sub(1).ok_or(TooOften)?;
        Ok(())
    }

    /// Waits until every job that was put in is done.
    pub fn join(&self) {
        let mut state = self.state.lock().unwrap();
        while state.unfinished > 0 {
            state = self.all_done.wait_timeout(state, A_MOMENT).unwrap().0;
        }
    }
}

impl<T> Default for WorkQueue<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes jobs and does them, until a `None` comes, which is a job like any other. Gives all that failed, in order.
pub fn worker<T, E>(queue: &WorkQueue<Option<T>>, work: impl Fn(T) -> Result<(), E>) -> Vec<E> {
    let mut failures = Vec::new();
    loop {
        let job = queue.get();
        let last = job.is_none();
        // Whatever came of it, it is done.
        failures.extend(job.and_then(|job| work(job).err()));
        queue.task_done().expect("this job was put in");
        if last {
            return failures;
        }
    }
}
