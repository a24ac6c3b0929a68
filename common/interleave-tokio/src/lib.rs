//! A stand-in for tokio.

mod executor;
#[doc(hidden)]
pub mod macros;
pub mod runtime;
pub mod sync;
pub mod task;
pub mod time;

pub use task::spawn;
pub use tokio::pin;
