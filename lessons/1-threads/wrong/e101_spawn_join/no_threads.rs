//! Calls each visitor's welcome itself: no thread at all.

/// Calls `welcome` for each visitor, one after the other.
pub fn welcome_all<F>(visitors: Vec<String>, welcome: F) -> Vec<String>
where
    F: Fn(String) -> String + Copy + Send + Sync + 'static,
{
    visitors.into_iter().map(welcome).collect()
}
