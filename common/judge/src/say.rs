//! What a judge of an exercise says from inside a model, a spec or a callback.
use crate::record::{self, Said};
use crate::text;
use crate::verdict::Verdict;
use std::fmt::Debug;

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
    fail_at(verdict, sentence.into(), Vec::new(), None);
}

/// As [`fail`], with lines that say more.
///
/// # Panics
/// Always, as [`fail`] does.
#[track_caller]
pub fn fail_in_detail(verdict: Verdict, sentence: impl Into<String>, details: Vec<String>) -> ! {
    fail_at(verdict, sentence.into(), details, None);
}

/// Fails, with details and a place in the answer, if there is one to look at.
#[track_caller]
pub(crate) fn fail_at(
    verdict: Verdict,
    sentence: String,
    details: Vec<String>,
    at: Option<(String, u32)>,
) -> ! {
    record::say(Said { verdict, sentence: sentence.clone(), details, at, yields_to_cause: false });
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
            at: None,
            yields_to_cause: true,
        });
        panic!("{sentence}");
    }
}
