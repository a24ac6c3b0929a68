//! The machine and what it is busy with: a figure without them means little.
use common::clock;
use std::time::{Duration, Instant};
use std::{env, fs, hint, thread};

/// What stands above the figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// Processors that this program may use.
    pub cores: usize,
    /// The processor's name, if the system tells.
    pub processor: String,
    /// `linux x86_64`
    pub system: String,
    /// The compiler.
    pub rust: String,
    /// Python, if there is one.
    pub python: Option<String>,
    /// Programs that wanted a processor in the last minute, before the first round.
    pub load_before: Option<f64>,
    /// The same after the last round, this program included.
    pub load_after: Option<f64>,
}

impl Machine {
    /// The machine as it is now.
    pub fn look(python: Option<String>) -> Machine {
        Machine {
            cores: thread::available_parallelism().map_or(1, usize::from),
            processor: processor().unwrap_or_else(|| "an unnamed processor".into()),
            system: format!("{} {}", env::consts::OS, env::consts::ARCH),
            rust: env!("MADE_BY").to_owned(),
            python,
            load_before: load(),
            load_after: None,
        }
    }
}

/// The load of the last minute.
pub fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The share of a processor that a thread gets when it wants one: 1 on an idle machine, less beside neighbours.
pub fn share() -> f64 {
    const WORK: Duration = Duration::from_millis(10);
    let (start, cpu) = (Instant::now(), clock::thread_cpu());
    while clock::thread_cpu() - cpu < WORK {
        hint::spin_loop();
    }
    let got = clock::thread_cpu() - cpu;
    (got.as_secs_f64() / start.elapsed().as_secs_f64()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_a_name_and_cores() {
        let machine = Machine::look(None);
        assert!(machine.cores >= 1);
        assert!(machine.rust.starts_with("rustc 1."), "{}", machine.rust);
        assert!(!machine.processor.is_empty());
    }

    #[test]
    fn a_share_is_a_share() {
        let share = share();
        assert!(share > 0.0 && share <= 1.0, "{share}");
    }
}
