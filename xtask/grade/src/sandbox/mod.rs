//! Boxes: programs that see next to nothing, may do next to nothing, and end when they use too much.
pub mod bwrap;
pub mod cgroup;
pub mod cpu;
pub mod inside;
pub mod mounts;
pub mod programs;
pub mod seccomp;
pub mod spec;
pub mod threads;
pub mod watch;

use anyhow::{Result, bail};
use cgroup::{Groups, Host};
use spec::Spec;
use std::fmt;
use std::process::Command;
use std::str::FromStr;

/// Who builds the boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// This program.
    Native,
    /// bubblewrap.
    Bwrap,
    /// Nobody: limits only. Whatever is run can read and write what its user can.
    None,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Backend::Native => "native",
            Backend::Bwrap => "bwrap",
            Backend::None => "none",
        })
    }
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Backend::Native, Backend::Bwrap, Backend::None]
            .into_iter()
            .find(|backend| backend.to_string() == name)
            .ok_or_else(|| format!("`{name}` is no backend; there are native, bwrap and none"))
    }
}

/// Boxes on this host.
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// Who builds them.
    pub backend: Backend,
    /// By what they are limited besides.
    pub groups: Host,
    /// Whether the kernel has landlock.
    pub landlock: bool,
}

impl Sandbox {
    /// Boxes by this backend, with all that the host offers.
    pub fn new(backend: Backend) -> Sandbox {
        Sandbox { backend, groups: Host::probe(), landlock: landlock_works() }
    }

    /// In words, for every result.
    pub fn name(&self) -> String {
        format!("{} with {}", self.backend, self.groups.name())
    }

    /// Whether programs are made unreadable to their own user. Where the kernel has landlock, an ordinary user's boxes
    /// do without: of a program that can be read, its starter may see what its threads wait for. bubblewrap does it to
    /// the copy inside the box.
    pub fn hides_programs(&self) -> bool {
        self.backend == Backend::Native && (nix::unistd::Uid::effective().is_root() || !self.landlock)
    }

    /// What a box sees of `/proc` whose judge starts programs and looks after them: what is told there, where the
    /// program itself is hidden.
    pub fn proc_with_programs(&self) -> spec::Proc {
        if self.backend == Backend::Bwrap || self.hides_programs() {
            spec::Proc::Status
        } else {
            spec::Proc::Names
        }
    }

    /// Whether boxes share one number of processes, the user's: what one takes another lacks.
    pub fn shares_processes(&self) -> bool {
        self.backend == Backend::Bwrap
            && self.groups == Host::None
            && !nix::unistd::Uid::effective().is_root()
    }

    /// How many boxes there may be at once, of so many that are wanted: only one where a box could starve another, so
    /// that no verdict ever depends on the neighbours.
    pub fn at_once(&self, wanted: usize) -> usize {
        if self.shares_processes() { 1 } else { wanted }
    }

    /// How many processes of the box stand between the grader and what runs in it.
    fn builders(&self) -> usize {
        match self.backend {
            Backend::Native | Backend::Bwrap => 2,
            Backend::None => 0,
        }
    }

    /// The command that builds a box and runs what belongs into it, and the groups that limit it.
    fn command(&self, spec: &Spec) -> Result<(Command, Groups)> {
        let groups = self.groups.groups(spec.limits.memory_bytes, spec.limits.tasks + 8)?;
        let mut spec = spec.clone();
        if spec.command.is_empty() {
            bail!("a box needs a command");
        }
        spec.cgroups = groups.folders().to_vec();
        // This very program, even if its file was replaced meanwhile.
        let mut command = Command::new("/proc/self/exe");
        command.arg("__box").arg(self.backend.to_string()).arg(std::process::id().to_string());
        command.arg(serde_json::to_string(&spec)?).env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            // For bubblewrap; inside, the environment is the one of the description.
            command.env("PATH", path);
        }
        Ok((command, groups))
    }
}

/// Whether the kernel has landlock, by asking for a ruleset and never using it.
fn landlock_works() -> bool {
    use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    ruleset.handle_access(AccessFs::from_all(ABI::V1)).and_then(|ruleset| ruleset.create()).is_ok()
}
