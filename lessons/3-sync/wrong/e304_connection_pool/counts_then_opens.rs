//! e304_connection_pool, wrong: looks whether there is room, and counts itself in afterwards.
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Hands out connections of the kind `C`, not more than its limit at a time.
pub struct Pool<C> {
    limit: usize,
    opened: AtomicUsize,
    open: Box<dyn Fn() -> C + Send + Sync>,
}

impl<C> Pool<C> {
    /// A pool of at most `limit` connections; `open` opens one, and dropping it closes it.
    pub fn new(limit: usize, open: impl Fn() -> C + Send + Sync + 'static) -> Self {
        Pool { limit, opened: AtomicUsize::new(0), open: Box::new(open) }
    }

    /// Opens a connection; waits until there are less than `limit`.
    pub fn connect(&self) -> Connection<'_, C> {
        while self.opened.load(Ordering::SeqCst) >= self.limit {}
        self.opened.fetch_add(1, Ordering::SeqCst);
        let place = Place { opened: &self.opened };
        Connection { connection: (self.open)(), _place: place }
    }
}

struct Place<'a> {
    opened: &'a AtomicUsize,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.opened.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An open connection. Dropping it closes it and makes room for another one.
pub struct Connection<'a, C> {
    connection: C,
    _place: Place<'a>,
}

impl<C> Deref for Connection<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.connection
    }
}
