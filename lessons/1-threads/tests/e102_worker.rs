//! The judge of e102_worker: a thread of that name and stack, at work beside its caller, whose panic is told.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

#[cfg(not(exercise_crate))]
#[path = "../exercises/e102_worker.rs"]
pub mod exercise;
mod watch;

use exercise::{Failure, Job, Worker};
use interleave::Checker;
use judge::{Rendezvous, Verdict, expect_eq};
use std::{
    any::Any,
    hint::black_box,
    panic::resume_unwind,
    thread,
    time::{Duration, Instant},
};
use watch::Watch;

/// Enough for any job here but the deep one.
const STACK: usize = 1 << 20;
/// What the deep job needs is more than a thread has if nobody asks for more, and less than this.
const BIG_STACK: usize = 64 << 20;
/// More than any machine has.
const NO_SUCH_STACK: usize = 1 << 60;
/// About a second: a time that nobody meets who looks every millisecond.
const A_SECOND: Duration = Duration::from_micros(1_000_300);

fn main() -> judge::ExitCode {
    judge::exercise!("e102_worker")
        .schedules("two workers, two results", two_results)
        .schedules("two workers, and one panics", one_panics)
        .schedules("a worker who panics before anybody waits, and one who panics later", both_panic)
        .schedules_with(nothing_early(), "somebody waits for a job that takes a second", a_long_job)
        .overlap("a worker is at work when `start` has returned", beside_its_caller)
        .overlap("two workers are at work at the same time", beside_each_other)
        .spec("a name that has to be kept", || _ = named("Zoë, 2nd floor", || 7))
        .spec("a panic with a message", || panics(|| breaks_off("no ladder"), "no ladder"))
        .spec("a panic with a message put together", || {
            let room = black_box(7);
            panics(move || breaks_off(format!("no ladder in {room}")), "no ladder in 7");
        })
        .spec("a panic without a message", || panics(|| breaks_off(7), "no message"))
        .spec("a stack that no machine has", no_such_thread)
        .spec("a job that needs 16 MiB of stack", || {
            expect_eq(
                "what came of the deep job",
                started("Ada", BIG_STACK, || deep(4_000)).join(),
                Ok(4_000),
            );
        })
        .run()
}

/// Sleeps end when their time has come, so that times can be compared.
fn nothing_early() -> Checker {
    Checker::new().luck(0)
}

/// A closure as a job.
struct Task<F>(F);

impl<T: Send + 'static, F: FnOnce() -> T + Send + 'static> Job for Task<F> {
    type Output = T;
    fn run(self) -> T {
        (self.0)()
    }
}

fn started<T: Send + 'static>(
    name: &str,
    stack: usize,
    task: impl FnOnce() -> T + Send + 'static,
) -> Worker<T> {
    match Worker::start(name, stack, Task(task)) {
        Ok(worker) => worker,
        Err(error) => judge::fail(
            Verdict::WrongResult,
            format!("`start` gave an error although there are threads to be had: {error}."),
        ),
    }
}

/// A worker whose job is to see what the thread is called, and to note that it ran.
fn at_work<T: Send + 'static>(
    watch: &'static Watch<String>,
    name: &'static str,
    task: impl FnOnce() -> T + Send + 'static,
) -> Worker<T> {
    started(name, STACK, move || {
        watch.note(name.to_string());
        let thread = thread::current();
        expect_eq("the name of the thread that does the job", thread.name(), Some(name));
        task()
    })
}

/// Ends a job as `panic!` does, for whoever joins its thread. It is no mistake of anybody, so no hook hears of it; a panic
/// of the answer is then the only one that there is to tell.
fn breaks_off(payload: impl Any + Send) -> ! {
    resume_unwind(Box::new(payload))
}

fn two_results() {
    let watch = Watch::new("the job of", "was done");
    let ada = at_work(watch, "Ada", || 36);
    let ben = at_work(watch, "Ben", || "a lamp".to_string());
    expect_eq("the names of the workers", (ada.name(), ben.name()), ("Ada".into(), "Ben".into()));
    expect_eq("what came of the second job", ben.join(), Ok("a lamp".to_string()));
    expect_eq("what came of the first job", ada.join(), Ok(36));
    watch.all_done("join", [("Ada".to_string(), 1), ("Ben".to_string(), 1)]);
}

fn one_panics() {
    let watch = Watch::new("the job of", "was done");
    let ben = at_work(watch, "Ben", || -> u32 { breaks_off("the paint is dry") });
    let ada = at_work(watch, "Ada", || 36);
    // Ada first: so nobody else is at work when Ben's failure is read, and what goes wrong then is not put down to that.
    expect_eq("what came of the job beside it", ada.join(), Ok(36));
    told(ben, "Ben", "the paint is dry");
    watch.all_done("join", [("Ada".to_string(), 1), ("Ben".to_string(), 1)]);
}

fn both_panic() {
    let watch = Watch::new("the job of", "was done");
    let early = at_work(watch, "Ada", || -> u32 { breaks_off("no ladder") });
    let late = at_work(watch, "Ben", || -> u32 {
        thread::yield_now();
        breaks_off("no light")
    });
    told(late, "Ben", "no light");
    told(early, "Ada", "no ladder");
    judge::no_threads_left("join");
}

/// The job of this worker has panicked or will; `join` says who and why. A panic of `join` itself is not caught: so it is
/// told with its line.
fn told(worker: Worker<u32>, name: &str, message: &str) {
    match worker.join() {
        Ok(result) => judge::fail(
            Verdict::SwallowedFailure,
            format!("The job of {name} panicked, and `join` gave the result {result}."),
        ),
        Err(failure) => {
            if failure.message != message && !failure.message.contains(message) {
                judge::fail(
                    Verdict::SwallowedFailure,
                    format!(
                        "The job of {name} panicked with {message:?}, and `join` gave the message {:?}.",
                        failure.message
                    ),
                );
            }
            let parts = (failure.worker.clone(), failure.message.clone());
            let want = (name.to_string(), message.to_string());
            expect_eq("the failure", failure, Failure { worker: want.0.clone(), message: want.1.clone() });
            // Whatever the answer's own `==` says.
            expect_eq("the failure's worker and message", parts, want);
        }
    }
}

/// In a check time passes only while everybody waits, so whoever waits must not be busy, nor look now and then.
fn a_long_job() {
    let begin = Instant::now();
    let watch = Watch::new("the job of", "was done");
    let ada = at_work(watch, "Ada", || thread::sleep(A_SECOND));
    expect_eq("what came of the long job", ada.join(), Ok(()));
    let waited = begin.elapsed();
    if waited > A_SECOND {
        judge::fail(
            Verdict::TooSlow,
            format!("The job ended after {A_SECOND:?}, and `join` returned after {waited:?}."),
        );
    }
    watch.all_done("join", [("Ada".to_string(), 1)]);
}

/// The caller and the worker meet: neither waits for the end of the other.
fn beside_its_caller() {
    let both: &Rendezvous = Box::leak(Box::new(Rendezvous::new(2)));
    let worker = started("Ada", STACK, || both.meet());
    both.meet();
    expect_eq("what came of the job", worker.join(), Ok(()));
}

fn beside_each_other() {
    let both: &Rendezvous = Box::leak(Box::new(Rendezvous::new(2)));
    let workers = ["Ada", "Ben"].map(|name| started(name, STACK, || both.meet()));
    for worker in workers {
        expect_eq("what came of the job", worker.join(), Ok(()));
    }
}

fn named<T: Send + 'static>(name: &'static str, task: impl FnOnce() -> T + Send + 'static) -> T {
    let watch = Watch::new("the job of", "was done");
    let worker = at_work(watch, name, task);
    expect_eq("the name of the worker", worker.name(), name.to_string());
    let Ok(result) = worker.join() else {
        judge::fail(Verdict::WrongResult, "The job was done, and `join` gave a failure.")
    };
    watch.all_done("join", [(name.to_string(), 1)]);
    result
}

fn panics(task: impl FnOnce() -> u32 + Send + 'static, message: &str) {
    told(started("Ada", STACK, task), "Ada", message);
}

fn no_such_thread() {
    if Worker::start("Ada", NO_SUCH_STACK, Task(|| 7)).is_ok() {
        judge::fail(
            Verdict::WrongResult,
            "A stack of 2^60 bytes was asked for, and `start` gave a worker; no machine has so much.",
        );
    }
}

/// Goes `depth` calls deep, each with 4 KiB on the stack.
fn deep(depth: usize) -> usize {
    let here = black_box([1_u8; 4096]);
    if depth == 0 { 0 } else { deep(depth - 1) + usize::from(here[depth % 4096]) }
}
