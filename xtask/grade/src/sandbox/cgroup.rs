//! Limits for a whole box by control groups, where the host lets us make them; written by hand, because it is a
//! handful of files.
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Which kind of control groups the host has for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Version 2: one folder, of which we may make subfolders with limits.
    V2(PathBuf),
    /// Version 1: a folder for memory and one for numbers of tasks.
    V1 {
        /// The controller of memory.
        memory: PathBuf,
        /// The controller of numbers of tasks.
        tasks: PathBuf,
    },
    /// None that we may use: limits of each process, and watching, do what they can.
    None,
}

/// The groups of one box; they go when this is dropped.
#[derive(Debug)]
pub struct Groups {
    folders: Vec<PathBuf>,
    version: u8,
}

/// What became of a box in the view of its groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// Whether the kernel ended something for lack of memory.
    pub out_of_memory: bool,
    /// Whether a task could not be made for lack of numbers.
    pub out_of_tasks: bool,
}

/// What the names of a box's folders begin with; then come the grader's process and a number.
const PREFIX: &str = "interleave-grade-";

/// Takes away what graders left that were killed: folders of processes that are no more. One that still holds a process
/// cannot be removed, and stays.
fn clear_stale(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            // Whoever was faster has done the same.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// Boxes of this process so far, for names.
static BOXES: AtomicU64 = AtomicU64::new(0);

impl Host {
    /// Finds out by trying: makes groups with limits and takes them away again.
    pub fn probe() -> Host {
        let Ok(own) = fs::read_to_string("/proc/self/cgroup") else { return Host::None };
        let path = |wanted: &str| {
            own.lines().find_map(|line| {
                let mut parts = line.splitn(3, ':');
                let (_, names, path) = (parts.next()?, parts.next()?, parts.next()?);
                names.split(',').any(|name| name == wanted).then(|| path.trim_start_matches('/').to_owned())
            })
        };
        let mut candidates = Vec::new();
        if let Some(own) = path("") {
            candidates.push(Host::V2(Path::new("/sys/fs/cgroup").join(own)));
        }
        if let (Some(memory), Some(tasks)) = (path("memory"), path("pids")) {
            candidates.push(Host::V1 {
                memory: Path::new("/sys/fs/cgroup/memory").join(memory),
                tasks: Path::new("/sys/fs/cgroup/pids").join(tasks),
            });
        }
        let works = |host: &Host| {
            let Ok(groups) = host.groups(64 << 20, 16) else { return false };
            // Only the kernel's own folders come with a list of processes.
            groups.folders().iter().all(|folder| folder.join("cgroup.procs").is_file())
        };
        candidates.retain(|host| host.is_mounted());
        let host = candidates.into_iter().find(works).unwrap_or(Host::None);
        for parent in host.parents() {
            clear_stale(parent);
        }
        host
    }

    /// The folders in which boxes have theirs.
    fn parents(&self) -> Vec<&Path> {
        match self {
            Host::V2(folder) => vec![folder],
            Host::V1 { memory, tasks } => vec![memory, tasks],
            Host::None => Vec::new(),
        }
    }

    /// Whether its folders are the kernel's: elsewhere, files could be made and would limit nothing.
    fn is_mounted(&self) -> bool {
        match self {
            Host::V2(folder) => folder.join("cgroup.controllers").is_file(),
            Host::V1 { memory, tasks } => {
                memory.join("cgroup.procs").is_file() && tasks.join("cgroup.procs").is_file()
            }
            Host::None => true,
        }
    }

    /// In words, for `doctor` and for results.
    pub fn name(&self) -> &'static str {
        match self {
            Host::V2(_) => "cgroup v2",
            Host::V1 { .. } => "cgroup v1",
            Host::None => "limits of each process",
        }
    }

    /// New groups with these limits.
    pub fn groups(&self, memory_bytes: u64, tasks: u64) -> Result<Groups> {
        let number = BOXES.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}", std::process::id());
        let set = |folder: &Path, file: &str, value: u64| {
            let path = folder.join(file);
            fs::write(&path, value.to_string()).with_context(|| format!("cannot write {}", path.display()))
        };
        let mut groups = Groups { folders: Vec::new(), version: 1 };
        match self {
            Host::None => {}
            Host::V2(parent) => {
                groups.version = 2;
                let folder = groups.make(parent.join(name))?;
                set(&folder, "memory.max", memory_bytes)?;
                set(&folder, "pids.max", tasks)?;
                // Not every kernel counts swap.
                let _ = set(&folder, "memory.swap.max", 0);
            }
            Host::V1 { memory, tasks: pids } => {
                let folder = groups.make(memory.join(&name))?;
                set(&folder, "memory.limit_in_bytes", memory_bytes)?;
                let folder = groups.make(pids.join(&name))?;
                set(&folder, "pids.max", tasks)?;
            }
        }
        Ok(groups)
    }
}

impl Groups {
    fn make(&mut self, folder: PathBuf) -> Result<PathBuf> {
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        self.folders.push(folder.clone());
        Ok(folder)
    }

    /// The folders, for the box to enter.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// What happened in them.
    pub fn events(&self) -> Events {
        let mut events = Events::default();
        for folder in &self.folders {
            let count = |file: &str, key: &str| {
                let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
                let line =
                    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' ')?.parse().ok());
                line.unwrap_or(0u64)
            };
            let memory = if self.version == 2 { "memory.events" } else { "memory.oom_control" };
            events.out_of_memory |= count(memory, "oom_kill") > 0;
            events.out_of_tasks |= count("pids.events", "max") > 0;
        }
        events
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for folder in &self.folders {
            // The kernel needs a moment to forget the last process.
            for _ in 0..50 {
                match fs::remove_dir(folder) {
                    Err(error) if error.kind() == std::io::ErrorKind::ResourceBusy => {
                        thread::sleep(Duration::from_millis(2));
                    }
                    _ => break,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_graders_that_are_no_more_go() {
        let parent = std::env::temp_dir().join(format!("grade-stale-{}", std::process::id()));
        let own = parent.join(format!("{PREFIX}{}-0", std::process::id()));
        // No process of Linux has a number above 2^22.
        let [gone, other] =
            [format!("{PREFIX}4194999-3"), "session.slice".to_owned()].map(|n| parent.join(n));
        for folder in [&own, &gone, &other] {
            fs::create_dir_all(folder).unwrap();
        }
        clear_stale(&parent);
        assert_eq!((own.exists(), gone.exists(), other.exists()), (true, false, true));
        fs::remove_dir_all(&parent).unwrap();
    }

    /// A folder in place of the kernel's: the files and what is written to them are the same.
    #[test]
    fn version_two_gets_its_files_and_its_events_are_read() {
        let parent = std::env::temp_dir().join(format!("grade-cgroup-{}", std::process::id()));
        fs::create_dir_all(&parent).unwrap();
        let groups = Host::V2(parent.clone()).groups(1 << 20, 7).unwrap();
        let folder = groups.folders()[0].clone();
        assert_eq!(fs::read_to_string(folder.join("memory.max")).unwrap(), "1048576");
        assert_eq!(fs::read_to_string(folder.join("pids.max")).unwrap(), "7");
        assert_eq!(groups.events(), Events::default());
        fs::write(folder.join("memory.events"), "low 0\noom 2\noom_kill 1\n").unwrap();
        fs::write(folder.join("pids.events"), "max 0\n").unwrap();
        assert_eq!(groups.events(), Events { out_of_memory: true, out_of_tasks: false });
        fs::remove_dir_all(&parent).unwrap();
    }
}
