//! A model run again and again on real threads: what is commonly done to find races, for comparison with the explorer.
use super::layer::Body;
use crate::explain::{self, Finding, Sources};
use crate::record;
use crate::verdict::Verdict;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// After so long a run is taken for one that hangs: thousands of times longer than any takes.
const HANGS_AFTER: Duration = Duration::from_secs(5);

/// Runs `body` so often, or until it fails or hangs; says in which run.
pub(super) fn run(sources: &Sources, body: &Body, runs: usize) -> Result<String, Box<Finding>> {
    for number in 1..=runs {
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
