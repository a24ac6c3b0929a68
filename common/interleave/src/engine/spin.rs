//! Recognising a thread that polls, or yields again and again.

use super::Oid;

/// How a thread that polls is recognised.
#[derive(Debug, Default)]
pub(super) struct Spin {
    /// How often in a row the same load found the same store.
    pub(super) repeats: u32,
    /// The place, the object and its number of stores at the last load.
    pub(super) last: (usize, Oid, usize),
    /// The next operation is a load that may repeat the last one.
    pub(super) armed: bool,
    /// The last load saw the newest store.
    pub(super) newest: bool,
    /// Yields in a row in which nobody else did anything, and the others' steps then.
    pub(super) yields: (u32, usize),
    pub(super) own_steps: usize,
}

/// After this many equal loads in a row a thread is taken for one that polls, and lets others go first.
const SPINNING: u32 = 2;

impl Spin {
    pub(super) fn polls(&self) -> bool {
        self.repeats > SPINNING
    }

    /// Whether it polls if its next load repeats the last one.
    pub(super) fn is_about_to_poll(&self) -> bool {
        self.repeats >= SPINNING
    }
}
