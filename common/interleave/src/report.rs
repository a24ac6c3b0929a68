//! What a check covered.

use ::std::fmt;

/// A check that found nothing wrong, and what it covered.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Runs of the checked code.
    pub executions: usize,
    /// Runs of each round: cost 0, then 1, and so on; the last may be the one without a bound.
    pub rounds: Vec<usize>,
    /// Whether every schedule was covered, not only those up to a bound.
    pub complete: bool,
    /// The number of unlucky moments up to which every schedule was covered; `None` when not even the
    /// schedules without any were.
    pub bound: Option<usize>,
    /// The seed, when schedules were chosen by chance.
    pub seed: Option<u64>,
    /// Locks taken in a circle that no schedule closed, in a sentence; only when not every schedule was covered, for
    /// otherwise the circle cannot close.
    pub suspicion: Option<String>,
    /// The most threads alive at a time.
    pub max_threads: usize,
    /// The most steps in one run.
    pub max_steps: usize,
    /// The most objects that two threads or more used in one run, joined threads included.
    pub shared_objects: usize,
}

/// What was covered, never more than is true: "every schedule, in 1,432 runs".
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(seed) = self.seed {
            return write!(f, "{} schedules by chance (seed {seed})", with_separators(self.executions));
        }
        match (self.complete, self.bound) {
            (true, _) => write!(f, "every schedule")?,
            (false, None) => write!(f, "some schedules only")?,
            (false, Some(0)) => write!(f, "every schedule without an unlucky moment")?,
            (false, Some(1)) => write!(f, "every schedule with at most 1 unlucky moment")?,
            (false, Some(n)) => write!(f, "every schedule with at most {n} unlucky moments")?,
        }
        let runs = if self.executions == 1 { "run" } else { "runs" };
        write!(f, ", in {} {runs}", with_separators(self.executions))
    }
}

/// 1432 as "1,432".
pub(crate) fn with_separators(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::with_separators;

    #[test]
    fn thousands_are_separated() {
        let written: Vec<String> = [0, 999, 1_000, 22_885, 1_000_000].map(with_separators).into();
        assert_eq!(written, ["0", "999", "1,000", "22,885", "1,000,000"]);
    }
}
