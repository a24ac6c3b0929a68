//! What each operation does to the world, once it is its turn.

mod atomics;
mod channels;
mod condvars;
mod locks;
mod plain;
mod threads;

pub(crate) use atomics::{Update, order_code};
pub(crate) use channels::Received;
