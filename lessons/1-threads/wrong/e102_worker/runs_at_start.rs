//! `start` does the job itself and keeps the result: there is no thread at all.
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Work for one worker.
pub trait Job: Send + 'static {
    /// What comes of it.
    type Output: Send + 'static;
    /// Does the work.
    fn run(self) -> Self::Output;
}

/// A job that ended in a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name of the worker.
    pub worker: String,
    /// The panic's message, or "no message".
    pub message: String,
}

/// A thread with a name, at work on a job whose result is a `T`.
pub struct Worker<T> {
    name: String,
    result: std::thread::Result<T>,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts it.
    pub fn start(name: &str, stack_size: usize, job: impl Job<Output = T>) -> io::Result<Worker<T>> {
        let _ = stack_size;
        let result = catch_unwind(AssertUnwindSafe(|| job.run()));
        Ok(Worker { name: name.to_string(), result })
    }

    /// The worker's name.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Waits for the end of the job.
    pub fn join(self) -> Result<T, Failure> {
        let worker = self.name();
        self.result.map_err(|payload| {
            let text = payload.downcast_ref::<&str>().copied();
            let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
            Failure { worker, message: text.unwrap_or("no message").to_string() }
        })
    }
}
