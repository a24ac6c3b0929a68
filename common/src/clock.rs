//! CPU time: of the calling thread, of the process. What work costs, whoever else keeps the machine busy.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The CPU time the calling thread has used since it started.
///
/// Waiting costs nothing here: a thread that sleeps, or that wants the processor and does not get it, stands still.
///
/// # Panics
/// When the system has no CPU clock for threads; Linux and macOS do.
pub fn thread_cpu() -> Duration {
    let now =
        clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("this system has a CPU clock for each thread");
    Duration::from(now)
}

/// The CPU time of all threads of this process together, of those too that have ended.
///
/// # Panics
/// When the system has no CPU clock for processes; Linux and macOS do.
pub fn process_cpu() -> Duration {
    let now =
        clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("this system has a CPU clock for processes");
    Duration::from(now)
}

/// What `work` gives, and the CPU time the calling thread spent on it. Threads that `work` starts are not counted.
pub fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let before = thread_cpu();
    let result = work();
    (result, thread_cpu() - before)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::{hint, thread};

    use super::*;

    /// Spins until the calling thread has used `cpu`: the clock itself says when, so no machine is too slow for it.
    fn spin(cpu: Duration) {
        let start = thread_cpu();
        while thread_cpu() - start < cpu {
            hint::spin_loop();
        }
    }

    #[test]
    fn work_is_counted() {
        let (answer, cost) = timed(|| {
            spin(Duration::from_millis(3));
            42
        });
        assert_eq!(answer, 42);
        assert!(cost >= Duration::from_millis(3), "{cost:?}");
    }

    #[test]
    fn the_work_of_another_thread_is_not() {
        let done = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                spin(Duration::from_millis(50));
                done.wait();
            });
            let ((), waiting) = timed(|| {
                done.wait();
            });
            assert!(waiting < Duration::from_millis(50), "waiting cost {waiting:?}");
        });
    }

    #[test]
    fn the_process_has_what_its_threads_had() {
        let before = process_cpu();
        thread::spawn(|| spin(Duration::from_millis(5))).join().unwrap();
        assert!(process_cpu() - before >= Duration::from_millis(5));
    }
}
