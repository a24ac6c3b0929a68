//! What the engine notes about an execution for others to tell.

use super::Tid;
use crate::failure::FailureKind;
use crate::trace::Loc;

/// What the code uses that makes more moments matter. Found out on the way; the search then starts anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features {
    /// Somebody tries a lock: how long it is held can be seen, so giving it back is a scheduling point.
    pub(crate) tries_locks: bool,
    /// Somebody tries a channel: when an end is dropped can be seen.
    pub(crate) tries_channels: bool,
    /// A receiver is dropped before its senders: whether they can still send depends on when.
    pub(crate) drops_receivers: bool,
}

/// What each feature is called in a replay token.
const LETTERS: [char; 3] = ['l', 'c', 'r'];

impl Features {
    /// A replay token with what the code was known to use: `3a1.` with tried locks is `3a1.+l`.
    pub(crate) fn mark(self, token: &str) -> String {
        let used = [self.tries_locks, self.tries_channels, self.drops_receivers];
        let letters: String =
            LETTERS.into_iter().zip(used).filter(|(_, used)| *used).map(|(l, _)| l).collect();
        if letters.is_empty() { token.into() } else { format!("{token}+{letters}") }
    }

    /// The features and the bare token; what is no letter of a feature stays with the token, which is then none.
    pub(crate) fn read(token: &str) -> (Self, &str) {
        match token.split_once('+') {
            Some((bare, letters)) if !letters.is_empty() && letters.chars().all(|c| LETTERS.contains(&c)) => {
                let has = |i: usize| letters.contains(LETTERS[i]);
                let features =
                    Features { tries_locks: has(0), tries_channels: has(1), drops_receivers: has(2) };
                (features, bare)
            }
            _ => (Features::default(), token),
        }
    }
}

/// How an execution failed, as the engine notes it.
#[derive(Clone, Debug)]
pub(crate) struct FailureNote {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
    pub(crate) thread: Option<Tid>,
    /// Where, if that is not the thread's last operation.
    pub(crate) place: Option<(String, u32)>,
    /// Of a data race, who made the earlier access, and where.
    pub(crate) against: Option<(Tid, Loc)>,
    pub(crate) waiting: Vec<super::Waiting>,
    /// The threads that had not ended.
    pub(crate) unfinished: Vec<Tid>,
    /// Panics that came before, in sentences.
    pub(crate) earlier: Vec<String>,
}

impl FailureNote {
    pub(crate) fn of(kind: FailureKind, message: impl Into<String>) -> Self {
        FailureNote {
            kind,
            message: message.into(),
            thread: None,
            place: None,
            against: None,
            waiting: Vec::new(),
            unfinished: Vec::new(),
            earlier: Vec::new(),
        }
    }
}

/// A panic as the hook saw it.
#[derive(Clone, Debug)]
pub(super) struct PanicNote {
    pub(super) thread: Tid,
    pub(super) message: String,
    /// The file and line that panicked.
    pub(super) place: Option<(String, u32)>,
}
