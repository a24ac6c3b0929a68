//! The OS threads underneath: a pool, because an execution takes microseconds and a new thread takes
//! tens of them.

use ::std::sync::Mutex;
use ::std::sync::mpsc::{Sender, channel};

pub(super) type Job = Box<dyn FnOnce() + Send>;

static IDLE: Mutex<Vec<Sender<Job>>> = Mutex::new(Vec::new());

/// Runs `job` on a thread that was idle, or on a new one.
pub(super) fn run(job: Job, fresh: bool) {
    let spawn = |work: Job| {
        ::std::thread::Builder::new()
            .name("model".into())
            .spawn(work)
            .expect("the operating system gives the model a thread")
    };
    if fresh {
        spawn(job);
        return;
    }
    let job = match idle().pop() {
        None => job,
        Some(worker) => match worker.send(job) {
            Ok(()) => return,
            Err(unsent) => unsent.0,
        },
    };
    let (sender, receiver) = channel::<Job>();
    let mine = sender.clone();
    spawn(Box::new(move || {
        while let Ok(job) = receiver.recv() {
            job();
            idle().push(mine.clone());
        }
    }));
    // The receiver lives in the thread just made, which ends only when every sender is gone.
    sender.send(job).expect("a new worker takes its first job");
}

fn idle() -> ::std::sync::MutexGuard<'static, Vec<Sender<Job>>> {
    IDLE.lock().unwrap_or_else(::std::sync::PoisonError::into_inner)
}
