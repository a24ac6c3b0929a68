//! The OS threads underneath: a pool, because an execution takes microseconds and a new thread takes
//! tens of them.

use super::seat;
use ::std::cell::{Cell, RefCell};
use ::std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use ::std::thread::Thread;

pub(super) type Job = Box<dyn FnOnce() + Send>;

/// A thread of the pool, and what it is to run next.
#[derive(Default)]
struct Worker {
    job: Mutex<Option<(Job, seat::Core)>>,
    thread: OnceLock<Thread>,
}

static IDLE: Mutex<Vec<Arc<Worker>>> = Mutex::new(Vec::new());

thread_local! {
    /// The worker that the calling thread is, while it has a job.
    static BUSY: RefCell<Option<Arc<Worker>>> = const { RefCell::new(None) };
    /// How many jobs the worker has been given.
    static JOBS: Cell<usize> = const { Cell::new(0) };
}

/// Runs `job` on a thread that was idle, or on a new one; a `clean` one is always new, and is kept only if the pool is
/// empty.
pub(super) fn run(job: Job, clean: bool, core: seat::Core) {
    let idle = if clean { None } else { lock(&IDLE).pop() };
    if clean && !lock(&IDLE).is_empty() {
        return spawn(Box::new(move || {
            seat::take(core);
            job();
        }));
    }
    if let Some(worker) = idle {
        *lock(&worker.job) = Some((job, core));
        // It may not have begun to wait yet, and then finds the job when it looks.
        if let Some(thread) = worker.thread.get() {
            thread.unpark();
        }
        return;
    }
    let worker = Arc::new(Worker { job: Mutex::new(Some((job, core))), ..Worker::default() });
    spawn(Box::new(move || worker.serve()));
}

/// The calling thread is all but done: whoever needs a thread from here on may have it. Nothing that can wait may
/// follow in its job.
pub(super) fn nearly_done() {
    if let Some(worker) = BUSY.take() {
        lock(&IDLE).push(worker);
    }
}

/// Whether the calling thread had no job before this one.
pub(super) fn first_job() -> bool {
    JOBS.get() == 1
}

impl Worker {
    fn serve(self: &Arc<Self>) {
        let _ = self.thread.set(::std::thread::current());
        loop {
            let job = lock(&self.job).take();
            match job {
                None => ::std::thread::park(),
                Some((job, core)) => {
                    JOBS.set(JOBS.get() + 1);
                    BUSY.set(Some(self.clone()));
                    seat::take(core);
                    job();
                    nearly_done();
                }
            }
        }
    }
}

fn spawn(work: Job) {
    ::std::thread::Builder::new()
        .name("model".into())
        .spawn(work)
        .expect("the operating system gives the model a thread");
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
