//! `tokio::sync`: tokio's own locks and channels, each use of which is a step of the model.

mod barrier;
pub mod broadcast;
mod ends;
pub mod mpsc;
mod mutex;
mod notify;
pub mod oneshot;
mod rwlock;
mod semaphore;
pub mod watch;

pub use barrier::Barrier;
pub use mutex::{Mutex, MutexGuard, OwnedMutexGuard};
pub use notify::Notify;
pub use rwlock::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
pub use tokio::sync::{AcquireError, BarrierWaitResult, TryAcquireError, TryLockError};

/// Futures with a name, where tokio has them.
pub mod futures {
    pub use super::notify::Notified;
}
