//! The judge of e313_task_done: `join` waits for the work, not for the queue to be empty, and no failure is lost.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e313_task_done.rs"]
pub mod exercise;

// The judge's own books are not what is judged: with the real std's types they add no schedules.
use asleep::{on_time, waits_for_long};
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};
use exercise::{TooOften, WorkQueue, worker};
use interleave::Checker;
use judge::{Rules, Verdict, expect_eq};
use std::thread;

fn main() -> judge::ExitCode {
    let no_polling =
        "Looking again and again wastes a processor and comes late. A condition variable tells when to look.";
    judge::exercise!("e313_task_done")
        .rules(
            Rules::new()
                .forbid("thread::sleep", no_polling)
                .forbid("yield_now", no_polling)
                .forbid("spin_loop", no_polling),
        )
        .schedules("done more often than put in", too_often)
        .schedules("one job, one thread that does it, one that joins", one_job)
        .schedules("two jobs, two threads that do them", two_jobs)
        .schedules("one job, and two threads that join", two_join)
        .schedules_with(on_time(), "somebody waits for long for a job, and somebody joins", long_waits)
        .schedules("a job that makes another job", job_of_a_job)
        .schedules("a worker, three jobs, the last two fail", failing_job)
        .schedules_with(many_threads(), "two workers, two jobs, both fail", failing_workers)
        .spec("4 workers, 1,000 jobs, every tenth fails", crowd)
        .run()
}

/// Three threads with this many steps have too many schedules to try all.
fn many_threads() -> Checker {
    Checker::new().bound(1).runs_beyond_bound(0)
}

fn too_often() {
    let queue = WorkQueue::new();
    queue.join();
    expect_eq("the answer to `task_done` of an empty queue", queue.task_done(), Err(TooOften));
    queue.join();
    queue.put(1);
    queue.put(2);
    expect_eq("the jobs 1 and 2 as they come out", [queue.get(), queue.get()], [1, 2]);
    expect_eq("the answers to `task_done` for each", [queue.task_done(), queue.task_done()], [Ok(()); 2]);
    queue.join();
    let answers = thread::scope(|scope| {
        queue.put(7);
        let other = scope.spawn(|| (queue.get(), queue.task_done()));
        let (job, first) = other.join().unwrap();
        expect_eq("the job that was put in", job, 7);
        [first, queue.task_done()]
    });
    expect_eq("the answers to two times `task_done` for one job", answers, [Ok(()), Err(TooOften)]);
    queue.join();
}

/// What `join` must have waited for.
fn expect_done(done: u32, jobs: u32) {
    if done < jobs {
        let sentence = format!("`join` returned when {done} of {jobs} jobs were done.");
        judge::fail(Verdict::WrongResult, &sentence);
    }
}

fn one_job() {
    let (queue, done) = (WorkQueue::new(), AtomicU32::new(0));
    thread::scope(|scope| {
        queue.put(7);
        scope.spawn(|| {
            expect_eq("the job that was put in", queue.get(), 7);
            done.fetch_add(1, SeqCst);
            expect_eq("the answer to `task_done`", queue.task_done(), Ok(()));
        });
        queue.join();
        expect_done(done.load(SeqCst), 1);
    });
}

fn two_jobs() {
    let (queue, done, sum) = (WorkQueue::new(), AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                sum.fetch_add(queue.get(), SeqCst);
                done.fetch_add(1, SeqCst);
                expect_eq("the answer to `task_done`", queue.task_done(), Ok(()));
            });
        }
        queue.put(3);
        queue.put(4);
        queue.join();
        expect_done(done.load(SeqCst), 2);
    });
    expect_eq("the sum of the jobs 3 and 4", sum.into_inner(), 7);
}

fn two_join() {
    let (queue, done) = (WorkQueue::new(), AtomicU32::new(0));
    queue.put(7);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                queue.join();
                expect_done(done.load(SeqCst), 1);
            });
        }
        queue.get();
        done.fetch_add(1, SeqCst);
        expect_eq("the answer to `task_done`", queue.task_done(), Ok(()));
    });
}

fn long_waits() {
    let queue = WorkQueue::new();
    let job = waits_for_long(|| queue.get(), || queue.put(7));
    expect_eq("the job that was put in", job, 7);
    let done = || expect_eq("the answer to `task_done`", queue.task_done(), Ok(()));
    waits_for_long(|| queue.join(), done);
}

fn job_of_a_job() {
    let (queue, done) = (WorkQueue::new(), AtomicU32::new(0));
    queue.put(1);
    thread::scope(|scope| {
        scope.spawn(|| {
            let first = queue.get();
            queue.put(first + 1);
            done.fetch_add(1, SeqCst);
            expect_eq("the answer to `task_done`", queue.task_done(), Ok(()));
            expect_eq("the job that a job has put in", queue.get(), 2);
            done.fetch_add(1, SeqCst);
            expect_eq("the answer to `task_done`", queue.task_done(), Ok(()));
        });
        queue.join();
        expect_done(done.load(SeqCst), 2);
    });
}

/// The failures that a worker gave, against those that it should have seen.
fn expect_failures(got: Vec<u32>, want: &[u32]) {
    if let Some(lost) = want.iter().find(|failure| !got.contains(failure)) {
        let sentence = format!("Job {lost} failed, and the worker has told nobody: it gave {got:?}.");
        judge::fail(Verdict::SwallowedFailure, &sentence);
    }
    expect_eq("the failures that a worker gave", got.as_slice(), want);
}

fn failing_job() {
    let (queue, done) = (WorkQueue::new(), AtomicU32::new(0));
    let work = |job: u32| {
        thread::yield_now(); // Somebody else may go on before it is done.
        done.fetch_add(1, SeqCst);
        if job > 1 { Err(job) } else { Ok(()) }
    };
    let (failures, done) = thread::scope(|scope| {
        let worker = scope.spawn(|| worker(&queue, work));
        [1, 2, 3].into_iter().for_each(|job| queue.put(Some(job)));
        queue.join();
        let done = done.load(SeqCst);
        queue.put(None);
        queue.join();
        (worker.join().unwrap(), done)
    });
    expect_done(done, 3);
    expect_failures(failures, &[2, 3]);
    expect_eq("the answer to one more `task_done`", queue.task_done(), Err(TooOften));
}

fn failing_workers() {
    let (queue, done) = (WorkQueue::new(), AtomicU32::new(0));
    let work = |job: u32| {
        done.fetch_add(1, SeqCst);
        Err::<(), u32>(job)
    };
    let (mut failures, done) = thread::scope(|scope| {
        let workers = [(); 2].map(|()| scope.spawn(|| worker(&queue, work)));
        queue.put(Some(1));
        queue.put(Some(2));
        queue.join();
        let done = done.load(SeqCst);
        queue.put(None);
        queue.put(None);
        (workers.map(|worker| worker.join().unwrap()).concat(), done)
    });
    expect_done(done, 2);
    failures.sort_unstable();
    expect_failures(failures, &[1, 2]);
}

fn crowd() {
    let (queue, done) = (WorkQueue::new(), AtomicU32::new(0));
    let work = |job: u32| {
        done.fetch_add(1, SeqCst);
        if job.is_multiple_of(10) { Err(job) } else { Ok(()) }
    };
    let (mut failures, done) = thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(|| worker(&queue, work)));
        (0..1_000).for_each(|job| queue.put(Some(job)));
        queue.join();
        let done = done.load(SeqCst);
        workers.iter().for_each(|_| queue.put(None));
        queue.join();
        (workers.map(|worker| worker.join().unwrap()).concat(), done)
    });
    expect_done(done, 1_000);
    failures.sort_unstable();
    let want: Vec<u32> = (0..1_000).step_by(10).collect();
    expect_eq("how many failures came back", failures.len(), want.len());
    expect_failures(failures, &want);
}
