//! It asks the reference to the box what it is, not what is in the box: `&payload` is an `Any`, too.
use std::any::Any;
use std::io;
use std::thread::{Builder, JoinHandle};

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
    thread: JoinHandle<T>,
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_string()
}

impl<T: Send + 'static> Worker<T> {
    /// Starts it.
    pub fn start(name: &str, stack_size: usize, job: impl Job<Output = T>) -> io::Result<Worker<T>> {
        let builder = Builder::new().name(name.to_string()).stack_size(stack_size);
        let thread = builder.spawn(move || job.run())?;
        Ok(Worker { thread })
    }

    /// The worker's name.
    pub fn name(&self) -> String {
        self.thread.thread().name().unwrap_or_default().to_string()
    }

    /// Waits for the end of the job.
    pub fn join(self) -> Result<T, Failure> {
        let worker = self.name();
        self.thread.join().map_err(|payload| Failure { worker, message: message_of(&payload) })
    }
}
