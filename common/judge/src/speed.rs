//! Whether working together is worth it: the layer `speed`, in model time.
//!
//! Measured on real threads it would depend on the neighbours. By the clock on the wall, a right answer with two threads
//! passes "1.5 times as fast" in 0 to 41 of 100 trials beside one busy program. CPU time does better, but not well enough: a
//! thread that a neighbour keeps waiting loses its share to the others, and two processors that are one core's two halves
//! need up to 1.3 times the CPU time for the same work as soon as both are used.
//!
//! So the judge gives work that takes *model time* ([`Work::takes`]). The explorer lets time move only when every thread
//! waits or works, as on a machine with a processor for each thread and nothing else to do. What comes out is exact, the
//! same on every machine:
//!
//! * **speed-up**: all the work there is, over the time until it is done;
//! * **overhead**: the work that was done, over the work there is.
//!
//! In terms of the work-span model (Blelloch, "Programming parallel algorithms", CACM 39(3), 1996), the first is work over
//! span. What locks and hand-overs cost is not in it; that is for the layer `cost` to count.
use crate::explain::Finding;
use crate::verdict::Verdict;
use interleave::time::Instant;
use interleave::{Checker, model, thread};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a [`speed`](crate::Exercise::speed) layer asks for.
///
/// ```
/// // A thousand units of work, shared so well that it is done 1.8 times as fast, with no more than a tenth of extra work.
/// let wanted = judge::Speed::up(1.8).of(1_000).overhead(1.1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Speed {
    up: f64,
    units: u64,
    overhead: f64,
}

/// Work is handed to the explorer in so many pieces at most, whatever the units: each is a step of every schedule.
const PIECES: u64 = 200;

/// Schedules that are tried. How the work is shared hardly depends on who is first, so a few of them show it.
const SCHEDULES: usize = 4;

impl Speed {
    /// At least `up` times as fast as one thread alone: 2 workers that share the work evenly reach 2.0, and 1.6 when one of
    /// them does 62 %.
    ///
    /// # Panics
    /// If that is not more than 0.
    pub fn up(up: f64) -> Self {
        assert!(up > 0.0, "a speed-up of {up} says nothing");
        Speed { up, units: 1, overhead: 1.0 }
    }

    /// How many units of work there are.
    #[must_use]
    pub fn of(mut self, units: u64) -> Self {
        self.units = units.max(1);
        self
    }

    /// At most so many units may be done for each that there is; 1.0 unless said otherwise.
    #[must_use]
    pub fn overhead(mut self, most: f64) -> Self {
        self.overhead = most;
        self
    }

    /// The checker that runs a body of this layer.
    pub(crate) fn checker(self) -> Checker {
        Checker::new().bound(0).runs_per_round(SCHEDULES).runs_beyond_bound(0)
    }

    /// Work to be measured, for one layer.
    pub(crate) fn work(self) -> Work {
        Work { piece: (self.units / PIECES).max(1), inner: Arc::default() }
    }

    /// What the worst schedule says; a note for a pass.
    pub(crate) fn judge(self, work: &Work) -> Result<String, Box<Finding>> {
        let Some(worst) = work.worst() else {
            let sentence = "The judge of this exercise gives no work to measure.";
            return Err(Box::new(Finding::new(Verdict::CouldNotJudge, sentence)));
        };
        let note = format!(
            "{:.2} times as fast as one thread, {:.2} times the work",
            worst.speed_up(self.units),
            worst.overhead(self.units)
        );
        let Some(sentence) = self.complaint(&worst) else { return Ok(note) };
        let mut finding = Finding::new(Verdict::TooSlow, sentence);
        finding.details = vec![worst.shares(), note, "In model time: the same on every machine.".into()];
        Err(Box::new(finding))
    }

    fn complaint(self, run: &Run) -> Option<String> {
        let overhead = run.overhead(self.units);
        if overhead > self.overhead {
            return Some(format!(
                "Together the threads do {overhead:.2} times the work that there is; {:.2} times would be fine.",
                self.overhead
            ));
        }
        let took = 100.0 / run.speed_up(self.units);
        (run.speed_up(self.units) < self.up).then(|| {
            format!(
                "All threads together take {took:.0} % of the time that one needs alone; it should be {:.0} % at most.",
                100.0 / self.up
            )
        })
    }
}

/// Work that a judge gives an answer, to see how it is shared. Clones are the same work.
#[derive(Clone, Debug)]
pub struct Work {
    piece: u64,
    inner: Arc<Mutex<Ledger>>,
}

#[derive(Debug, Default)]
struct Ledger {
    /// Units that each thread has done in this schedule, and those it has not slept for yet.
    threads: HashMap<thread::ThreadId, (u64, u64)>,
    began: Option<Instant>,
    /// The schedules so far.
    runs: Vec<Run>,
}

/// What one schedule showed.
#[derive(Clone, Debug)]
struct Run {
    took: Duration,
    /// Units done by each thread, most first.
    done: Vec<u64>,
}

/// How long a unit takes. Any length would do.
const UNIT: Duration = Duration::from_micros(1);

impl Work {
    /// The calling thread works on so many units. In a check that takes model time; on real threads none.
    pub fn takes(&self, units: u64) {
        if !model::in_model() {
            return;
        }
        let now = {
            let mut ledger = self.ledger();
            let (done, due) = ledger.threads.entry(thread::current().id()).or_default();
            *done += units;
            *due += units;
            if *due < self.piece { 0 } else { std::mem::take(due) }
        };
        if now > 0 {
            thread::sleep(UNIT.saturating_mul(u32::try_from(now).unwrap_or(u32::MAX)));
        }
    }

    /// Begins a schedule.
    pub(crate) fn begin(&self) {
        let now = Instant::now();
        let mut ledger = self.ledger();
        ledger.threads.clear();
        ledger.began = Some(now);
    }

    /// Ends it.
    pub(crate) fn end(&self) {
        let now = Instant::now();
        let mut ledger = self.ledger();
        let took = ledger.began.take().map_or(Duration::ZERO, |began| now - began);
        let mut done: Vec<u64> = ledger.threads.values().map(|(done, _)| *done).collect();
        done.sort_unstable_by(|a, b| b.cmp(a));
        ledger.runs.push(Run { took, done });
    }

    /// The schedule that took longest.
    fn worst(&self) -> Option<Run> {
        let ledger = self.ledger();
        ledger.runs.iter().filter(|run| run.total() > 0).max_by_key(|run| run.took).cloned()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    fn total(&self) -> u64 {
        self.done.iter().sum()
    }

    fn speed_up(&self, units: u64) -> f64 {
        // What is less than a piece at a thread's end takes no time; never more than all of them together.
        let most = units as f64 / self.done.first().copied().unwrap_or(1).max(1) as f64;
        (units as f64 / (self.took.as_secs_f64() / UNIT.as_secs_f64()).max(1.0)).min(most)
    }

    fn overhead(&self, units: u64) -> f64 {
        self.total() as f64 / units as f64
    }

    /// Who did how much; whether it was that, or waiting, that took so long.
    fn shares(&self) -> String {
        let total = self.total().max(1);
        let shares = self.done.iter().take(4).map(|done| format!("{} %", Percent(*done, total)));
        let list = shares.collect::<Vec<_>>().join(", ");
        let rest = if self.done.len() > 4 { ", …" } else { "" };
        format!("Shares of the work, by thread: {list}{rest}")
    }
}

struct Percent(u64, u64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", 100.0 * self.0 as f64 / self.1 as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(took: u64, done: &[u64]) -> Run {
        Run { took: UNIT * u32::try_from(took).unwrap(), done: done.to_vec() }
    }

    #[test]
    fn time_and_extra_work_are_complained_of() {
        let wanted = Speed::up(1.8).of(100);
        assert_eq!(wanted.complaint(&run(52, &[52, 48])), None);
        let uneven = wanted.complaint(&run(62, &[62, 38])).unwrap();
        assert!(uneven.contains("take 62 % of the time"), "{uneven}");
        let twice = wanted.complaint(&run(50, &[50, 50, 50])).unwrap();
        assert!(twice.contains("do 1.50 times the work"), "{twice}");
        // Shared evenly, and one after the other all the same.
        let in_turn = wanted.complaint(&run(100, &[50, 50])).unwrap();
        assert!(in_turn.contains("take 100 % of the time"), "{in_turn}");
        assert_eq!(run(100, &[50, 25, 25]).shares(), "Shares of the work, by thread: 50 %, 25 %, 25 %");
    }

    #[test]
    fn no_work_is_the_judges_fault() {
        let wanted = Speed::up(1.8).of(100);
        assert_eq!(wanted.judge(&wanted.work()).unwrap_err().verdict, Verdict::CouldNotJudge);
    }
}
