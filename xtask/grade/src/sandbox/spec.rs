//! What goes into a box, and what it may use: plain data, handed to the program that builds the box.
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One box: what is in it, what runs in it, and how much of the machine that may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Spec {
    /// What it is for, in the table of costs.
    #[serde(skip)]
    pub purpose: &'static str,
    /// What can be seen inside. Nothing else can.
    pub mounts: Vec<Mount>,
    /// The one folder of the host that may be written to, and its name inside.
    pub writable: Option<(PathBuf, String)>,
    /// What the box sees of `/proc`.
    pub proc: Proc,
    /// Whether it starts programs: then there is a null device for them.
    pub starts_programs: bool,
    /// Whether nothing of a submission runs in it.
    pub trusted: bool,
    /// The program and its arguments, as named inside.
    pub command: Vec<String>,
    /// Its whole environment.
    pub env: Vec<(String, String)>,
    /// Which system calls it may make.
    pub calls: Calls,
    /// How much it may use.
    pub limits: Limits,
    /// Control groups to enter first: folders in which `cgroup.procs` is.
    pub cgroups: Vec<PathBuf>,
}

/// A file or folder of the host, read-only inside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mount {
    /// On the host.
    pub from: PathBuf,
    /// In the box, from its root.
    pub to: String,
}

impl Mount {
    /// `from` of the host as `to` in the box.
    pub fn new(from: impl Into<PathBuf>, to: impl Into<String>) -> Mount {
        Mount { from: from.into(), to: to.into() }
    }
}

/// What a box sees of `/proc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proc {
    /// The names of its own threads and nothing to open: enough to notice threads that were left behind.
    Names,
    /// The same, and what is told there of threads and children: for judges that look after their children. Only for a
    /// program that its user may not read, because its memory is closed to itself by nothing else.
    Status,
    /// All of its own, for tools that look for themselves there.
    Own,
}

/// Which system calls a box may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Calls {
    /// What a Rust program with threads needs, listed one by one.
    Program,
    /// What a compiler needs: all but those that reach for the kernel itself.
    Tool,
}

/// How much of the machine a box may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Processor time of each process, in seconds.
    pub cpu_s: u64,
    /// Time on the clock, in seconds.
    pub wall_s: u64,
    /// Memory of the whole box, in bytes.
    pub memory_bytes: u64,
    /// Processes and threads of the whole box.
    pub tasks: u64,
    /// The largest file it may write, in bytes.
    pub file_bytes: u64,
    /// All that it may print, in bytes.
    pub output_bytes: u64,
}

impl Limits {
    /// For the compiler: what no honest answer of a few dozen lines comes near.
    pub const COMPILE: Limits = Limits {
        cpu_s: 30,
        wall_s: 90,
        memory_bytes: 2 << 30,
        tasks: 128,
        file_bytes: 256 << 20,
        output_bytes: 8 << 20,
    };

    /// For a layer that may take `limit_s` seconds of processor time.
    pub fn run(limit_s: u64) -> Limits {
        Limits {
            cpu_s: limit_s,
            // A machine that is busy with other things is no fault of the answer.
            wall_s: limit_s * 6,
            memory_bytes: 768 << 20,
            tasks: 512,
            file_bytes: 0,
            output_bytes: 4 << 20,
        }
    }
}
