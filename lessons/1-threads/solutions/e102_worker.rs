//! Exercise 102: a worker with a name, who hands in a result or says what went wrong.
//!
//! A museum hires workers. Each has a name, a job, and as much stack as the job needs. When a job goes wrong, one wants
//! to know whose job it was, and why. In Python this would be a subclass of `Thread` with a `run` of its own; here a job
//! is a type with a `run`, and a `Worker` is the thread that runs it.
//!
//! Write the three methods of `Worker`:
//!
//! * `start` starts a thread with that name and a stack of that size, which runs the job, and does not wait for it. When
//!   the system has no such thread to give, `start` returns the system's error;
//! * `name` gives the worker's name;
//! * `join` waits until the job is done and gives what `run` returned. When `run` panicked, it gives a `Failure` with the
//!   worker's name and the panic's message. It never panics itself.
//!
//! What a thread panicked with is in a box that can hold anything, a `Box<dyn Any + Send>`:
//!
//! ```text
//! panic!("no ladder")            a &str      payload.downcast_ref::<&str>()     Some(&"no ladder")
//! panic!("no ladder in {room}")  a String    payload.downcast_ref::<String>()   Some("no ladder in 7")
//! panic_any(7)                   an i32      neither: the message shall be "no message"
//! ```

use std::io;
//~ use std::thread::JoinHandle;
use std::thread::{Builder, JoinHandle};
//~ end

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

impl<T: Send + 'static> Worker<T> {
    /// Starts a thread called `name`, with a stack of `stack_size` bytes, that runs `job`.
    pub fn start(name: &str, stack_size: usize, job: impl Job<Output = T>) -> io::Result<Worker<T>> {
        //~ let _ = job; // the thread runs it
        //~ todo!("a thread called {name} with a stack of {stack_size} bytes")
        let builder = Builder::new().name(name.to_string()).stack_size(stack_size);
        // `thread::spawn` would panic when there is no thread to be had; the builder tells.
        let thread = builder.spawn(move || job.run())?;
        Ok(Worker { thread })
        //~ end
    }

    /// The worker's name.
    pub fn name(&self) -> String {
        //~ todo!("the name of {:?}", self.thread)
        self.thread.thread().name().expect("every worker has a name").to_string()
        //~ end
    }

    /// Waits for the end of the job.
    pub fn join(self) -> Result<T, Failure> {
        //~ todo!("what comes of {:?}", self.thread)
        // Joining takes the handle, and with it the name.
        let worker = self.name();
        self.thread.join().map_err(|payload| {
            let message = if let Some(text) = payload.downcast_ref::<&str>() {
                text
            } else if let Some(text) = payload.downcast_ref::<String>() {
                text
            } else {
                "no message"
            };
            Failure { worker, message: message.to_string() }
        })
        //~ end
    }
}
