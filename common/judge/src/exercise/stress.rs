//! A model run again and again on real threads: what is commonly done to find races, for comparison with the explorer.
//!
//! Runs of one process come one after another, for two reasons: a run that computes must not disturb the chances of another,
//! and what a judge or an answer counts in a static belongs to one run at a time. Where runs only wait, whoever asked for
//! them starts several processes side by side.
use super::layer::Body;
use crate::explain::{self, Finding, Sources};
use crate::record;
use crate::verdict::Verdict;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// After so long a run is taken for one that hangs: thousands of times longer than any takes.
const HANGS_AFTER: Duration = Duration::from_secs(5);

/// How much of it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stress {
    /// So many runs,
    pub runs: usize,
    /// but none is begun later than this.
    pub within: Option<Duration>,
}

impl Stress {
    /// Reads `1000`, or `1000/60`: for at most 60 seconds.
    pub fn read(text: &str) -> Option<Stress> {
        let (runs, within) = match text.split_once('/') {
            Some((runs, seconds)) => (runs, Some(Duration::from_secs(seconds.parse().ok()?))),
            None => (text, None),
        };
        Some(Stress { runs: runs.parse().ok()?, within })
    }
}

/// Runs `body` so often, or until it fails or hangs; says in which run, or how many there were.
pub(super) fn run(sources: &Sources, body: &Body, wanted: Stress) -> Result<String, Box<Finding>> {
    let began = Instant::now();
    let runs = wanted.runs;
    for number in 1..=runs {
        if wanted.within.is_some_and(|within| began.elapsed() >= within) {
            return Ok(format!("{} runs on real threads", number - 1));
        }
        let (done, ended) = channel();
        let body = Arc::clone(body);
        // Not joined: a run that hangs is left behind, and ends with the process.
        let once = move || {
            let panicked = panic::catch_unwind(AssertUnwindSafe(|| body()));
            // Nobody listens any more to a run that was given up.
            let _ = done.send(panicked.err().map(|payload| record::message_of(&*payload)));
        };
        let thread = thread::Builder::new().name("main".into()).stack_size(8 << 20).spawn(once);
        if let Err(error) = thread {
            let sentence = format!("No thread could be started for a run: {error}.");
            return Err(Box::new(Finding::new(Verdict::CouldNotJudge, sentence)));
        }
        let found = match ended.recv_timeout(HANGS_AFTER) {
            Ok(message) => explain::real_failure(sources, message.as_deref()),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                Some(Finding::new(Verdict::Hangs, "A run did not come to its end."))
            }
        };
        if let Some(mut finding) = found {
            finding.details.insert(0, format!("In run {number} of {runs}."));
            return Err(Box::new(finding));
        }
    }
    Ok(format!("{runs} runs on real threads"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_may_have_a_limit() {
        assert_eq!(Stress::read("1000"), Some(Stress { runs: 1000, within: None }));
        let limited = Stress { runs: 20, within: Some(Duration::from_secs(3)) };
        assert_eq!(Stress::read("20/3"), Some(limited));
        assert_eq!((Stress::read("many"), Stress::read("20/")), (None, None));
    }
}
