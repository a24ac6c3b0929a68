//! `Builder`.

use super::{Runtime, Shop};
use interleave::model::in_model;
use std::io;
use std::sync::Arc;

/// [`tokio::runtime::Builder`].
#[derive(Debug)]
pub struct Builder {
    real: tokio::runtime::Builder,
    current_thread: bool,
    workers: Option<usize>,
}

impl Builder {
    /// One thread: whoever is in `block_on` also polls the tasks.
    pub fn new_current_thread() -> Builder {
        Builder { real: tokio::runtime::Builder::new_current_thread(), current_thread: true, workers: None }
    }

    /// Many threads.
    pub fn new_multi_thread() -> Builder {
        Builder { real: tokio::runtime::Builder::new_multi_thread(), current_thread: false, workers: None }
    }

    /// How many threads poll tasks. Inside a check that matters only if it is one: otherwise each task has its own.
    pub fn worker_threads(&mut self, threads: usize) -> &mut Self {
        self.real.worker_threads(threads);
        self.workers = Some(threads);
        self
    }

    /// How many threads `spawn_blocking` may start. Inside a check as many as it likes.
    pub fn max_blocking_threads(&mut self, threads: usize) -> &mut Self {
        self.real.max_blocking_threads(threads);
        self
    }

    /// Names the threads. Inside a check tasks are named after their variables.
    pub fn thread_name(&mut self, name: impl Into<String>) -> &mut Self {
        self.real.thread_name(name);
        self
    }

    /// Everything: here that is time.
    pub fn enable_all(&mut self) -> &mut Self {
        self.real.enable_all();
        self
    }

    /// Sleeping and time-outs, which a check always has.
    pub fn enable_time(&mut self) -> &mut Self {
        self.real.enable_time();
        self
    }

    /// The runtime.
    ///
    /// # Errors
    /// If the operating system refuses what it needs.
    #[track_caller]
    pub fn build(&mut self) -> io::Result<Runtime> {
        if !in_model() {
            return Ok(Runtime::real(self.real.build()?));
        }
        let one_thread = self.current_thread || self.workers == Some(1);
        let shop = Arc::new(Shop::new(one_thread, self.current_thread));
        Ok(Runtime::modelled(shop))
    }
}
