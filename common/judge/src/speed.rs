//! Whether working together is worth it, without a wall clock: the layer `speed`.
//!
//! With one busy neighbour, a right two-thread answer passes "1.5 times as fast" in 0 to 41 of 100 trials by the clock on
//! the wall, whatever is made of the times. CPU time does not see the neighbour. So two numbers are measured:
//!
//! * **CPU-span**: the CPU time of the work done alone, over that of the busiest thread when it is done together. It is
//!   how much faster the answer could be on a machine that has nothing else to do.
//! * **CPU overhead**: the CPU time of all threads together, over that of the work done alone.
//!
//! A neighbour can spoil a trial: it keeps one thread waiting, and the others do its share meanwhile. So an answer has
//! several, and passes when two of them are good enough; two, because a neighbour can also make one look better than it
//! is. What the busiest thread did is compared with what all did in the same trial, and with the least that the work ever
//! took alone: the larger of the two is never believed. That the threads work at the same time is for the layer `overlap` to prove, first: a CPU-span
//! alone would not notice threads that run one after another.
use crate::explain::Finding;
use crate::verdict::Verdict;
use common::clock;
use interleave::watch;
use std::fmt;
use std::time::{Duration, Instant};

/// What a [`speed`](crate::Exercise::speed) layer asks for.
///
/// ```
/// // Two workers that share the work well, at no more than a quarter of extra work.
/// let wanted = judge::Speed::span(1.8).overhead(1.25);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Speed {
    span: f64,
    overhead: f64,
    trials: u32,
}

/// Trials at most. Only an answer that is not good enough ever needs them all.
const TRIALS: u32 = 12;

/// Good trials that make a pass.
const GOOD_TRIALS: usize = 2;

/// Work that takes less alone is over before a second thread is awake: nothing could be said of it.
const LEAST_WORK: Duration = Duration::from_millis(2);

impl Speed {
    /// A CPU-span of at least `span`: 2 workers that share the work evenly have 2.0, and 1.6 when one of them does 62 %.
    ///
    /// # Panics
    /// If that is not more than 0.
    pub fn span(span: f64) -> Self {
        assert!(span > 0.0, "a span of {span} says nothing");
        Speed { span, overhead: 1.25, trials: TRIALS }
    }

    /// At most this much CPU time for each second that the work takes alone; 1.25 unless said otherwise.
    #[must_use]
    pub fn overhead(mut self, most: f64) -> Self {
        self.overhead = most;
        self
    }

    /// How many trials an answer has at most.
    #[must_use]
    pub fn trials(mut self, most: u32) -> Self {
        self.trials = most.max(1);
        self
    }

    /// Measures; what was found is a note for a pass.
    pub(crate) fn measure(&self, alone: &dyn Fn(), together: &dyn Fn()) -> Result<String, Box<Finding>> {
        let mut trials = vec![Trial::of(alone, together)];
        if trials[0].alone < LEAST_WORK {
            let sentence =
                format!("The judge gives too little work to measure: {:?} of CPU time.", trials[0].alone);
            return Err(Box::new(Finding::new(Verdict::CouldNotJudge, sentence)));
        }
        while !self.is_enough(&trials) && trials.len() < self.trials as usize {
            trials.push(Trial::of(alone, together));
        }
        let best = best(&trials);
        let numbers = best.numbers(trials.len());
        match self.complaint(&best) {
            None if self.is_enough(&trials) => Ok(numbers[0].clone()),
            complaint => {
                let by_chance = || "Only one trial was good enough; that may have been chance.".to_string();
                let mut finding = Finding::new(Verdict::TooSlow, complaint.unwrap_or_else(by_chance));
                finding.details = numbers;
                Err(Box::new(finding))
            }
        }
    }

    /// Whether so many trials were good that it cannot well be chance.
    fn is_enough(&self, trials: &[Trial]) -> bool {
        let good = with_least(trials).filter(|trial| self.complaint(trial).is_none());
        good.count() >= GOOD_TRIALS
    }

    fn complaint(&self, trial: &Trial) -> Option<String> {
        if trial.overhead() > self.overhead {
            return Some(format!(
                "Working together takes {:.2} times the CPU time of working alone; {:.2} times would be fine.",
                trial.overhead(),
                self.overhead
            ));
        }
        if trial.span() < self.span {
            return Some(format!(
                "The busiest thread does {:.0} % of the work; it should be {:.0} % at most.",
                100.0 / trial.span(),
                100.0 / self.span
            ));
        }
        None
    }
}

/// The trials, each with the least that the work took alone in any of them.
fn with_least(trials: &[Trial]) -> impl Iterator<Item = Trial> {
    let least = trials.iter().map(|trial| trial.alone).min().unwrap_or_default();
    trials.iter().map(move |trial| Trial { alone: least, ..*trial })
}

/// The trial in which the work was shared best.
fn best(trials: &[Trial]) -> Trial {
    let best = with_least(trials).max_by(|a, b| a.span().total_cmp(&b.span()));
    best.unwrap_or(trials[0])
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
struct Trial {
    /// CPU time of the work done by one thread.
    alone: Duration,
    /// CPU time of the thread that had most to do of it.
    busiest: Duration,
    /// CPU time of all threads.
    total: Duration,
    /// On the wall: alone, and together. Only to be shown.
    wall: (Duration, Duration),
}

impl Trial {
    /// One after the other, so that both have the same neighbours.
    fn of(alone: &dyn Fn(), together: &dyn Fn()) -> Trial {
        let begin = Instant::now();
        let ((), alone_cpu) = clock::timed(alone);
        let alone_wall = begin.elapsed();

        let before = clock::each_thread_cpu();
        let begin = Instant::now();
        let total = clock::process_cpu();
        let (((), caller), ended) = watch::timed(clock::thread_cpu, || clock::timed(together));
        let total = clock::process_cpu() - total;
        let wall = begin.elapsed();
        // Threads of a pool that was there before, and is still there.
        let used = |(task, cpu): (u32, Duration)| {
            let known = before.iter().find(|(known, _)| *known == task);
            cpu.saturating_sub(known.map_or(Duration::ZERO, |(_, cpu)| *cpu))
        };
        let living = clock::each_thread_cpu().into_iter().map(used);
        let busiest = living.chain(ended).chain([caller]).max().unwrap_or(caller);
        Trial { alone: alone_cpu, busiest, total, wall: (alone_wall, wall) }
    }

    fn span(&self) -> f64 {
        ratio(self.alone.min(self.total), self.busiest)
    }

    fn overhead(&self) -> f64 {
        ratio(self.total, self.alone)
    }

    fn numbers(&self, trials: usize) -> Vec<String> {
        let of = format!("the best of {trials}");
        vec![
            format!("CPU-span {:.2}, CPU overhead {:.2} ({of} trials)", self.span(), self.overhead()),
            format!(
                "CPU time: {} alone; together {} for all threads, {} for the busiest of them",
                Milliseconds(self.alone),
                Milliseconds(self.total),
                Milliseconds(self.busiest)
            ),
            format!(
                "On the wall it was {:.2} times as fast{}; no verdict depends on that.",
                ratio(self.wall.0, self.wall.1),
                load()
            ),
        ]
    }
}

fn ratio(a: Duration, b: Duration) -> f64 {
    // A nanosecond more than nothing, so that nothing is divided by zero.
    a.as_secs_f64() / b.as_secs_f64().max(1e-9)
}

struct Milliseconds(Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ms", self.0.as_secs_f64() * 1_000.0)
    }
}

/// How busy the machine is, where it tells.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    match text.split_whitespace().next() {
        Some(load) => format!(" (load {load} on {processors} processors)"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn trial(alone: u64, busiest: u64, total: u64) -> Trial {
        let wall = (milliseconds(alone), milliseconds(alone));
        Trial { alone: milliseconds(alone), busiest: milliseconds(busiest), total: milliseconds(total), wall }
    }

    // With real threads it is tried by the fixture, which has a process of its own: here the other tests are at work.
    #[test]
    fn a_neighbour_can_spoil_a_trial_and_flatter_one() {
        let wanted = Speed::span(1.8);
        let spoilt = trial(120, 80, 160);
        assert!(wanted.complaint(&spoilt).unwrap().contains("1.33 times the CPU time"));
        assert!(!wanted.is_enough(&[spoilt, trial(100, 52, 104)]), "one may be chance");
        assert!(wanted.is_enough(&[spoilt, trial(100, 52, 104), trial(100, 54, 102)]));
        // Alone it took longer than ever again: that makes nobody faster.
        assert!(!wanted.is_enough(&[trial(150, 62, 101), trial(100, 62, 101), trial(140, 62, 101)]));
        assert_eq!(
            wanted.complaint(&trial(100, 62, 102)).unwrap(),
            "The busiest thread does 62 % of the work; it should be 56 % at most."
        );
    }

    #[test]
    fn too_little_work_is_the_judges_fault() {
        let finding = Speed::span(1.8).measure(&|| (), &|| ()).unwrap_err();
        assert_eq!(finding.verdict, Verdict::CouldNotJudge);
    }
}
