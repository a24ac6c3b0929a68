//! `JoinError`.

use std::any::Any;
use std::fmt;

/// [`tokio::task::JoinError`].
pub struct JoinError(Why);

enum Why {
    Real(tokio::task::JoinError),
    Cancelled,
    Panic(std::sync::Mutex<Box<dyn Any + Send>>),
}

impl JoinError {
    pub(crate) fn cancelled() -> Self {
        JoinError(Why::Cancelled)
    }

    pub(crate) fn panic(payload: Box<dyn Any + Send>) -> Self {
        JoinError(Why::Panic(payload.into()))
    }

    /// Whether the task was cancelled.
    pub fn is_cancelled(&self) -> bool {
        match &self.0 {
            Why::Real(error) => error.is_cancelled(),
            Why::Cancelled => true,
            Why::Panic(_) => false,
        }
    }

    /// Whether the task panicked.
    pub fn is_panic(&self) -> bool {
        !self.is_cancelled()
    }

    /// What it panicked with. Inside a check that is the message, as a `String`.
    ///
    /// # Panics
    /// If it was cancelled.
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send + 'static> {
        self.try_into_panic().expect("`JoinError` reason is not a panic.")
    }

    /// What it panicked with.
    ///
    /// # Errors
    /// The error itself, if it was cancelled.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send + 'static>, JoinError> {
        match self.0 {
            Why::Real(error) => error.try_into_panic().map_err(JoinError::from),
            Why::Cancelled => Err(self),
            Why::Panic(payload) => {
                Ok(payload.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
            }
        }
    }
}

impl From<tokio::task::JoinError> for JoinError {
    fn from(error: tokio::task::JoinError) -> Self {
        JoinError(Why::Real(error))
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Real(error) => error.fmt(f),
            Why::Cancelled => f.write_str("task was cancelled"),
            Why::Panic(payload) => match crate::executor::open(payload).downcast_ref::<String>() {
                Some(message) => write!(f, "task panicked with message {message:?}"),
                None => f.write_str("task panicked"),
            },
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Real(error) => error.fmt(f),
            Why::Cancelled => f.write_str("JoinError::Cancelled"),
            Why::Panic(_) => write!(f, "JoinError::Panic({self})"),
        }
    }
}

impl std::error::Error for JoinError {}
