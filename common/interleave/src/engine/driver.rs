//! Driving executions: one thread of the engine runs one after another, and whoever called watches over it.
//!
//! The driver is also every execution's thread 0, which saves handing the turn to and fro between two runs. The caller
//! keeps the time, and answers a player's questions.

use super::asking::Answers;
use super::execution::{Abandoned, Execution, Outcome, Settings, Threads};
use super::next_era;
use super::notes::Features;
use super::os_threads;
use super::search::Search;
use super::seat::{self, Seat};
use super::statics;
use ::std::any::Any;
use ::std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use ::std::sync::atomic::{AtomicBool, Ordering};
use ::std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ::std::time::Instant;

/// The code under check.
pub(crate) type Program = Arc<dyn Fn() + Send + Sync>;

/// What the driver and the caller both know.
#[derive(Default)]
struct Shared {
    current: Mutex<Option<Arc<Execution>>>,
    /// The caller waits no longer.
    given_up: AtomicBool,
}

impl Shared {
    fn current(&self) -> MutexGuard<'_, Option<Arc<Execution>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs executions, one after another.
pub(crate) struct Driver {
    shared: Arc<Shared>,
    settings: Arc<Settings>,
    seat: Seat,
    /// Tells this check from others.
    check: u32,
    /// Nothing ever ran on the driver's thread.
    is_new: bool,
}

impl Drop for Driver {
    fn drop(&mut self) {
        statics::leave(self.check);
    }
}

impl Driver {
    /// Runs `program` once, along the search's path.
    pub(crate) fn run(&mut self, program: &Program, search: Search, features: Features) -> Outcome {
        if self.settings.fresh_threads {
            return self.run_afresh(program, search, features);
        }
        self.run_on(Threads { clean: false, apart: false }, program, search, features)
    }

    /// As [`Driver::run`], and every thread has an OS thread of its own, on which nothing ran before.
    pub(crate) fn run_afresh(&mut self, program: &Program, search: Search, features: Features) -> Outcome {
        // The driver can be thread 0 if this is the first thing it does.
        let threads = Threads { clean: true, apart: !::std::mem::take(&mut self.is_new) };
        self.run_on(threads, program, search, features)
    }

    /// Every run is to be afresh from here on. `false` if it was so before.
    pub(crate) fn start_afresh(&mut self) -> bool {
        let changes = !self.settings.fresh_threads;
        Arc::make_mut(&mut self.settings).fresh_threads = true;
        changes
    }

    fn run_on(&mut self, threads: Threads, program: &Program, search: Search, features: Features) -> Outcome {
        self.is_new = false;
        let (settings, core) = (self.settings.clone(), self.seat.core());
        let execution = Execution::new(search, settings, features, threads, core, self.check);
        *self.shared.current() = Some(execution.clone());
        execution.run(program.clone());
        if self.shared.given_up.load(Ordering::SeqCst) {
            // Nobody wants to know any more.
            resume_unwind(Box::new(Abandoned));
        }
        let outcome = execution.end();
        *self.shared.current() = None;
        self.seat.worked(outcome.steps);
        outcome
    }
}

/// Lets `work` run executions on a thread of the engine's own, and waits for it.
///
/// # Errors
/// The execution of which a thread neither ends nor comes to its next operation. It is left as it is, for nobody may
/// touch what its threads borrow.
pub(crate) fn drive<R: Send + 'static>(
    settings: &Arc<Settings>,
    answers: &mut dyn Answers,
    work: impl FnOnce(&mut Driver) -> R + Send + 'static,
) -> Result<R, Box<Outcome>> {
    type Ended<R> = Result<R, Box<dyn Any + Send>>;
    let shared = Arc::new(Shared::default());
    let ended: Arc<Mutex<Option<Ended<R>>>> = Arc::new(Mutex::new(None));
    let caller = ::std::thread::current();
    let check = next_era();
    let (slot, told, chosen) = (ended.clone(), shared.clone(), settings.clone());
    let job = move || {
        // The system has just put this thread where there is room: there it stays, and whoever it starts.
        let seat = Seat::new(chosen.one_core);
        seat::take(seat.core());
        let is_new = os_threads::first_job();
        let mut driver = Driver { shared: told, settings: chosen, seat, check, is_new };
        let result = catch_unwind(AssertUnwindSafe(move || work(&mut driver)));
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        os_threads::nearly_done();
        caller.unpark();
    };
    os_threads::run(Box::new(job), false, None);

    let (mut progress, mut since) = (None, Instant::now());
    loop {
        if let Some(result) = ended.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return result.map_err(|panic| resume_unwind(panic));
        }
        if answers.answer() {
            // Whoever thinks about an answer may take as long as they like.
            since = Instant::now();
            continue;
        }
        let passed = since.elapsed();
        if passed < settings.patience {
            ::std::thread::park_timeout(settings.patience - passed);
            continue;
        }
        since = Instant::now();
        if statics::busy(check) {
            progress = None;
            continue;
        }
        let current = shared.current().clone();
        let now = current.as_ref().and_then(|execution| execution.progress());
        if let Some(execution) = current
            && now.is_some()
            && now == progress
        {
            shared.given_up.store(true, Ordering::SeqCst);
            statics::leave(check);
            return Err(Box::new(execution.give_up()));
        }
        progress = now;
    }
}
