//! What a judge of an exercise says from inside a model, a spec or a callback.
use crate::record::{self, Said};
use crate::text;
use crate::verdict::Verdict;
use std::fmt::Debug;

/// Two values that take fewer bytes than this fit into one sentence.
const SHORT: usize = 60;

/// Proves, when a judge is compiled, that a type of the answer's derives `PartialEq`: one written by hand could call all
/// values equal, and [`expect_eq`](crate::expect_eq) would believe it. Takes the type and one of its values, a constant;
/// of several kinds of values each can be proved by itself.
///
/// ```
/// #[derive(PartialEq)]
/// enum Ending { Code(i32), Gone }
/// judge::structural_eq!(Ending, Ending::Code(0));
/// ```
///
/// A constant in a pattern is compared by its structure, and the compiler insists that `==` does the same:
///
/// ```compile_fail
/// struct Liar(u8);
/// impl PartialEq for Liar {
///     fn eq(&self, _: &Liar) -> bool { true }
/// }
/// judge::structural_eq!(Liar, Liar(0));
/// ```
#[macro_export]
macro_rules! structural_eq {
    ($type:ty, $value:expr) => {
        const _: fn(&$type) -> bool = {
            const VALUE: $type = $value;
            |value| ::core::matches!(*value, VALUE)
        };
    };
}

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
