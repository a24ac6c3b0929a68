//! What a judge and its runner say to each other, and how neither is fooled.
//!
//! The judge's process contains the answer's code, so nothing the process prints and no exit code is believed.
//! The two talk over a socket pair whose one end is the child's standard input:
//!
//! 1. the runner sends `nonce`, two numbers of 32 hex digits and whether this is a canary, and closes its side for
//!    writing ([`Runner::start`]);
//! 2. the judge reads that to its end *before any of the answer's code runs*, so a later read of standard input sees
//!    end of file ([`Channel::from_stdin`]). The second number and the canary go straight into memory that the process
//!    closes to itself: who reads the judge's memory, by a hole in Rust's rules, does not find them;
//! 3. the judge sends one [`Message`] a line, each with the first number. A line without it was written by somebody else;
//! 4. the last message is `done` with the judgement. Only behind it, as a seal, comes the second number: when it can be
//!    read, everything is said, and another judgement would be one too many.
//!
//! When the judgement or its seal never comes, the process was ended by the answer, and [`Outcome::judgement`] says how,
//! and in which layer.
mod canary;
mod child;
mod message;
mod runner;
mod seal;

pub use canary::CANARY_SENTENCE;
pub(crate) use canary::Canary;
pub use child::{CHANNEL_VARIABLE, Channel};
pub use message::{LayerName, Message};
pub use runner::{Ending, Incoming, Outcome, Read, Runner};

/// The longest line that is read. A judgement with a long story takes some hundred kilobytes.
pub const MAX_LINE_BYTES: usize = 4 << 20;
