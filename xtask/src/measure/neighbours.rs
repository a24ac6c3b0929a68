//! Busy neighbours: processes that want the processor all the time and do nothing with it.
use crate::interrupt::Group;
use crate::process::start;
use anyhow::Result;
use std::process::{Command, Stdio};

/// So many processes that spin, until this is dropped.
pub struct Neighbours {
    _groups: Vec<Group>,
}

impl Neighbours {
    /// Starts them.
    pub fn start(count: usize) -> Result<Neighbours> {
        let one = || {
            let mut command = Command::new("sh");
            command.args(["-c", "while :; do :; done"]);
            start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))
        };
        Ok(Neighbours { _groups: (0..count).map(|_| one()).collect::<Result<_>>()? })
    }
}
