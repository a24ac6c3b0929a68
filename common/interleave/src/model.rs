//! What code can ask about the model it runs in.

/// Whether the calling thread runs inside a check.
pub fn in_model() -> bool {
    false
}

/// How many spawned threads have not ended, other than the caller. Outside a check: 0.
pub fn live_threads() -> usize {
    0
}
