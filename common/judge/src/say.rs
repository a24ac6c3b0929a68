//! What a judge of an exercise says from inside a model, a spec or a callback.
use crate::record::{self, Said};
use crate::text;
use crate::verdict::Verdict;
use interleave::model;
use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

/// How long a real thread that has done its work is given to end.
const THREADS_END_WITHIN: Duration = Duration::from_secs(5);

/// Two values that take fewer bytes than this fit into one sentence.
const SHORT: usize = 60;

/// Fails with this verdict and one plain sentence.
///
/// May be called on any thread, a learner's too: the failure is written down before the panic, so it counts even when
/// the answer swallows the panic.
///
/// # Panics
/// Always; that is how it ends the schedule or the spec.
#[track_caller]
pub fn fail(verdict: Verdict, sentence: impl Into<String>) -> ! {
    let sentence = sentence.into();
    record::say(Said { verdict, sentence: sentence.clone(), details: Vec::new(), yields_to_cause: false });
    panic!("{sentence}");
}

/// Fails with `wrong-result`, or with the cause that the schedule shows, unless `got` is `want`.
///
/// `what` names the thing: `expect_eq("the number of visits", got, 2)`.
///
/// # Panics
/// When the two differ.
#[track_caller]
pub fn expect_eq<T: PartialEq + Debug>(what: &str, got: T, want: T) {
    if got != want {
        let what = text::capitalised(what);
        let (want, got) = (format!("{want:?}"), format!("{got:?}"));
        let (sentence, details) = if want.len() + got.len() <= SHORT {
            (format!("{what}: expected {want}, got {got}."), Vec::new())
        } else {
            // Two long values are compared more easily one below the other.
            let values = vec![format!("expected: {want}"), format!("got:      {got}")];
            (format!("{what}: not what was expected."), values)
        };
        record::say(Said {
            verdict: Verdict::WrongResult,
            sentence: sentence.clone(),
            details,
            yields_to_cause: true,
        });
        panic!("{sentence}");
    }
}

/// Fails with `leak` if a thread that `what` started has not ended.
///
/// Inside a check that is a fact. On real threads a thread that has just done its work is given time to end.
///
/// # Panics
/// When a thread is left.
#[track_caller]
pub fn no_threads_left(what: &str) {
    let left = if model::in_model() { model::live_threads() } else { real_threads_left() };
    if left > 0 {
        let threads = if left == 1 { "a thread is".to_string() } else { format!("{left} threads are") };
        fail(Verdict::Leak, format!("{what} has returned, but {threads} still running."));
    }
}

fn real_threads_left() -> usize {
    let until = Instant::now() + THREADS_END_WITHIN;
    loop {
        let left = record::threads_since_begin();
        if left == 0 || Instant::now() > until {
            return left;
        }
        // Waiting for the system to take note of an end that no handle tells of.
        thread::sleep(Duration::from_millis(1));
    }
}
