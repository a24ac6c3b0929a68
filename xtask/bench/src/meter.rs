//! The clocks: how long something took, and what it cost.
use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// One run of one case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// From the start to the end, in seconds. Whatever else the machine does is in it.
    pub wall_s: f64,
    /// The processor time of all threads and of all processes that were waited for, in seconds.
    pub cpu_s: f64,
}

/// Runs `work` and says how long it took and what it cost.
pub fn measure(work: &mut dyn FnMut() -> Result<()>) -> Result<Sample> {
    let cpu = cpu_used()?;
    let start = Instant::now();
    work()?;
    let wall = start.elapsed();
    Ok(Sample { wall_s: wall.as_secs_f64(), cpu_s: (cpu_used()? - cpu).as_secs_f64() })
}

/// What this process and its ended children have used so far.
fn cpu_used() -> Result<Duration> {
    let own = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).context("this system has no CPU clock")?;
    Ok(Duration::from(own) + children_cpu()?)
}

/// What the children that were waited for have used so far.
pub fn children_cpu() -> Result<Duration> {
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).context("the system does not tell what children use")?;
    Ok(duration(used.user_time()) + duration(used.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    Duration::new(time.tv_sec().cast_unsigned(), u32::try_from(time.tv_usec() * 1_000).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{hint, thread};

    fn spin(cpu: Duration) {
        let start = common::clock::thread_cpu();
        while common::clock::thread_cpu() - start < cpu {
            hint::spin_loop();
        }
    }

    #[test]
    fn the_work_of_all_threads_is_counted() {
        let sample = measure(&mut || {
            thread::scope(|scope| {
                scope.spawn(|| spin(Duration::from_millis(20)));
                spin(Duration::from_millis(20));
            });
            Ok(())
        });
        let sample = sample.unwrap();
        assert!(sample.cpu_s >= 0.04, "{sample:?}");
        assert!(sample.wall_s >= 0.02, "{sample:?}");
    }

    #[test]
    fn so_is_the_work_of_children() {
        let script = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
        let before = children_cpu().unwrap();
        let status = std::process::Command::new("sh").args(["-c", script]).status().unwrap();
        assert!(status.success());
        assert!(children_cpu().unwrap() > before);
    }

    #[test]
    fn what_fails_is_no_sample() {
        assert!(measure(&mut || anyhow::bail!("no")).is_err());
    }
}
