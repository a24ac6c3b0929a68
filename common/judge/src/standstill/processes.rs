//! Threads and processes as the system shows them, on Linux: what each waits for, and whether it can go on by itself.
use std::collections::BTreeMap;
use std::fs;

/// A thread at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub process: u32,
    pub task: u32,
    /// Its number as it sees itself: another one where it lives in a namespace of its own.
    pub own: u32,
    /// The name of the thread, or of its program.
    pub name: String,
    /// The letter of its state: R, S, D, Z, T.
    pub state: char,
    /// CPU time in ticks, and how often it was switched to and from: as long as both stay, it did nothing.
    pub done: (u64, u64),
    pub wait: Wait,
}

/// What a thread waits for in the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// For another thread: a lock, a condition, the end of a thread.
    Thread,
    /// For something to read from a pipe.
    PipeToRead,
    /// For room in a pipe.
    PipeToWrite,
    /// For the end of a child.
    Child,
    /// For something on one of several descriptors, without a limit.
    Events,
    /// For a file lock.
    FileLock,
    /// For a time, or for at most a time: it will go on by itself.
    Time,
    /// For something of which it cannot be said who would end it: a socket, a terminal.
    Elsewhere,
    /// It does not wait, or the system does not tell.
    Unknown,
}

impl Wait {
    /// Whether only another thread or process of those that are looked at can end it.
    fn needs_another(self) -> bool {
        use Wait::{Child, Events, FileLock, PipeToRead, PipeToWrite, Thread};
        matches!(self, Thread | PipeToRead | PipeToWrite | Child | Events | FileLock)
    }

    /// For a sentence that begins with a name.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Wait::Thread => "waits for another of its threads",
            Wait::PipeToRead => "waits for something to come through a pipe",
            Wait::PipeToWrite => "waits for room in a pipe that is full",
            Wait::Child => "waits for a child process to end",
            Wait::Events => "waits for something to happen on its descriptors",
            Wait::FileLock => "waits for the lock of a file",
            Wait::Time => "sleeps, or waits for a limited time",
            Wait::Elsewhere => "waits for something from outside",
            Wait::Unknown => "runs",
        }
    }
}

impl Task {
    /// Whether it stands still until another one moves. A zombie will not move at all.
    pub(crate) fn is_still(&self) -> bool {
        self.state == 'Z' || self.state == 'S' && self.wait.needs_another()
    }
}

/// Every thread of the process.
pub(crate) fn own_tasks(root: u32) -> Vec<Task> {
    threads_of(root, &outlets(root))
}

/// Every thread of its descendants, and of all others in its process group. In a box: of all others in the box, whose
/// first process only collects orphans.
pub(crate) fn other_tasks(root: u32, boxed: bool) -> Vec<Task> {
    let outlets = outlets(root);
    let first = if boxed { parent_of(root) } else { None };
    let others = family(first.unwrap_or(root));
    let others = others.into_iter().filter(|process| *process != root && Some(*process) != first);
    others.flat_map(|process| threads_of(process, &outlets)).collect()
}

fn parent_of(process: u32) -> Option<u32> {
    Some(Stat::read(&format!("/proc/{process}/stat"))?.parent)
}

/// Where the process's output goes: to the runner, which stands outside of what is looked at and makes room by itself.
fn outlets(root: u32) -> [String; 2] {
    [1, 2].map(|fd| descriptor(root, fd))
}

/// The process, its descendants and its group.
fn family(root: u32) -> Vec<u32> {
    let mut parents = BTreeMap::new();
    let mut family = vec![root];
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Some(stat) = Stat::read(&format!("/proc/{process}/stat")) else { continue };
        if stat.group == root && process != root {
            family.push(process);
        }
        parents.insert(process, stat.parent);
    }
    // Numbers grow mostly from parent to child, but they come round: until nothing changes.
    loop {
        let before = family.len();
        for (process, parent) in &parents {
            if family.contains(parent) && !family.contains(process) {
                family.push(*process);
            }
        }
        if family.len() == before {
            return family;
        }
    }
}

/// What Linux tells of a process or a thread in its file `stat` below `/proc`; see proc_pid_stat(5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The name of the thread, or of its program.
    pub name: String,
    /// The letter of its state: R, S, D, Z, T.
    pub state: char,
    /// The number of the process that started it.
    pub parent: u32,
    /// The number of its process group.
    pub group: u32,
    /// The processor time that it has used, in hundredths of a second; of a process with all threads that it ever had.
    pub ticks: u64,
    /// The same of all children that it has waited for.
    pub ticks_of_children: u64,
}

impl Stat {
    /// Reads `path`, such as `/proc/1/stat`; nothing if there is no such process any more.
    pub fn read(path: &str) -> Option<Stat> {
        Stat::parse(&fs::read_to_string(path).ok()?)
    }

    /// The name stands in brackets and may have brackets in it.
    fn parse(text: &str) -> Option<Stat> {
        let name = text.get(text.find('(')? + 1..text.rfind(')')?)?.to_string();
        let rest: Vec<&str> = text[text.rfind(')')? + 1..].split_whitespace().collect();
        let number = |at: usize| rest.get(at)?.parse::<u64>().ok();
        Some(Stat {
            name,
            state: rest.first()?.chars().next()?,
            parent: u32::try_from(number(1)?).ok()?,
            group: u32::try_from(number(2)?).ok()?,
            // Hundredths of a second, whatever the kernel was built with.
            ticks: number(11)? + number(12)?,
            ticks_of_children: number(13)? + number(14)?,
        })
    }
}

fn threads_of(process: u32, outlets: &[String]) -> Vec<Task> {
    let entries = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers.filter_map(|task| look_at(process, task, outlets)).collect()
}

fn look_at(process: u32, task: u32, outlets: &[String]) -> Option<Task> {
    let folder = format!("/proc/{process}/task/{task}");
    let stat = Stat::read(&format!("{folder}/stat"))?;
    let status = fs::read_to_string(format!("{folder}/status")).ok()?;
    let switches = status.lines().filter(|line| line.contains("ctxt_switches"));
    let switches = switches.filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok()).sum();
    let call = fs::read_to_string(format!("{folder}/syscall")).unwrap_or_default();
    let wait =
        if stat.state == 'S' { wait_of(&call, |fd| descriptor(process, fd), outlets) } else { Wait::Unknown };
    // One number for each namespace, the innermost last.
    let own =
        status.lines().find_map(|line| line.strip_prefix("NSpid:")?.split_whitespace().last()?.parse().ok());
    let (own, done) = (own.unwrap_or(task), (stat.ticks, switches));
    Some(Task { process, task, own, name: stat.name, state: stat.state, done, wait })
}

fn descriptor(process: u32, fd: u64) -> String {
    let link = fs::read_link(format!("/proc/{process}/fd/{fd}"));
    link.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The numbers of the system calls that matter here.
#[cfg(target_arch = "x86_64")]
mod call {
    pub const READ: &[u64] = &[0, 17, 19, 295];
    pub const WRITE: &[u64] = &[1, 18, 20, 296];
    pub const FUTEX: u64 = 202;
    pub const WAIT: &[u64] = &[61, 247];
    pub const POLL: u64 = 7;
    pub const EPOLL: &[u64] = &[232, 281];
    pub const PPOLL: u64 = 271;
    pub const SELECT: &[u64] = &[23, 270];
    pub const FCNTL: &[u64] = &[72, 73];
    pub const SLEEP: &[u64] = &[35, 230];
}

/// The numbers of the system calls that matter here.
#[cfg(target_arch = "aarch64")]
mod call {
    pub const READ: &[u64] = &[63, 65, 67, 69];
    pub const WRITE: &[u64] = &[64, 66, 68, 70];
    pub const FUTEX: u64 = 98;
    pub const WAIT: &[u64] = &[260, 95];
    pub const POLL: u64 = u64::MAX;
    pub const EPOLL: &[u64] = &[22];
    pub const PPOLL: u64 = 73;
    pub const SELECT: &[u64] = &[72];
    pub const FCNTL: &[u64] = &[25, 32];
    pub const SLEEP: &[u64] = &[101, 115];
}

/// What a line of `/proc/…/syscall` says: the number of the call and its arguments in hexadecimal.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn wait_of(line: &str, descriptor: impl Fn(u64) -> String, outlets: &[String]) -> Wait {
    let mut words = line.split_whitespace();
    let Some(number) = words.next().and_then(|word| word.parse::<u64>().ok()) else { return Wait::Unknown };
    let hex = |word: &str| u64::from_str_radix(word.trim_start_matches("0x"), 16).unwrap_or(u64::MAX);
    let arguments: Vec<u64> = words.map(hex).collect();
    let argument = |at: usize| arguments.get(at).copied().unwrap_or(u64::MAX);
    let unless_limited = |limited: bool, wait: Wait| if limited { Wait::Time } else { wait };
    // A time-out as a C `int`: negative is none.
    let endless = |milliseconds: u64| (milliseconds as u32).cast_signed() < 0;
    let through_a_pipe = |wait: Wait| {
        let target = descriptor(argument(0));
        let between_them = target.starts_with("pipe:") && !outlets.contains(&target);
        if between_them { wait } else { Wait::Elsewhere }
    };
    match number {
        call::FUTEX => unless_limited(argument(3) != 0, Wait::Thread),
        n if call::READ.contains(&n) => through_a_pipe(Wait::PipeToRead),
        n if call::WRITE.contains(&n) => through_a_pipe(Wait::PipeToWrite),
        n if call::WAIT.contains(&n) => Wait::Child,
        call::POLL => unless_limited(!endless(argument(2)), Wait::Events),
        call::PPOLL => unless_limited(argument(2) != 0, Wait::Events),
        n if call::EPOLL.contains(&n) => unless_limited(!endless(argument(3)), Wait::Events),
        n if call::SELECT.contains(&n) => unless_limited(argument(4) != 0, Wait::Events),
        n if call::FCNTL.contains(&n) => Wait::FileLock,
        n if call::SLEEP.contains(&n) => Wait::Time,
        _ => Wait::Elsewhere,
    }
}

/// The numbers of calls are not known here.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn wait_of(_line: &str, _descriptor: impl Fn(u64) -> String, _outlets: &[String]) -> Wait {
    Wait::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_do_not_confuse() {
        let stat = Stat::parse("12 (a) b (c) S 3 4 5 0 -1 0 1 2 3 4 70 8 4 5 20 0 1").unwrap();
        assert_eq!(
            (stat.name.as_str(), stat.state, stat.parent, stat.group, stat.ticks, stat.ticks_of_children),
            ("a) b (c", 'S', 3, 4, 78, 9)
        );
        assert!(Stat::parse("12 (a").is_none());
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_wait_with_a_limit_goes_on_by_itself() {
        let pipe = |_| "pipe:[7]".to_string();
        let socket = |_| "socket:[7]".to_string();
        let table = [
            ("202 0x55 0x189 0x0 0x0 0x0 0xffffffff 0x7ff 0x7fe", Wait::Thread),
            ("202 0x55 0x189 0x0 0x7f00 0x0 0xffffffff 0x7ff 0x7fe", Wait::Time),
            ("230 0x0 0x0 0x7f 0x0 0x0 0x0 0x7ff 0x7fe", Wait::Time),
            ("0 0x3 0x7f 0x10 0x0 0x0 0x0 0x7ff 0x7fe", Wait::PipeToRead),
            ("1 0x3 0x7f 0x10 0x0 0x0 0x0 0x7ff 0x7fe", Wait::PipeToWrite),
            ("61 0xffffffffffffffff 0x7f 0x0 0x0 0x0 0x0 0x7ff 0x7fe", Wait::Child),
            ("7 0x7f 0x2 0xffffffff 0x0 0x0 0x0 0x7ff 0x7fe", Wait::Events),
            ("7 0x7f 0x2 0x3e8 0x0 0x0 0x0 0x7ff 0x7fe", Wait::Time),
            ("232 0x3 0x7f 0x400 0xffffffff 0x0 0x0 0x7ff 0x7fe", Wait::Events),
            ("232 0x3 0x7f 0x400 0x64 0x0 0x0 0x7ff 0x7fe", Wait::Time),
            ("999 0x0 0x0 0x0 0x0 0x0 0x0 0x7ff 0x7fe", Wait::Elsewhere),
            ("running", Wait::Unknown),
            ("", Wait::Unknown),
        ];
        for (line, wait) in table {
            assert_eq!(wait_of(line, pipe, &[]), wait, "{line}");
        }
        assert_eq!(wait_of(table[3].0, socket, &[]), Wait::Elsewhere);
        let output = [String::from("pipe:[7]")];
        assert_eq!(wait_of(table[4].0, pipe, &output), Wait::Elsewhere, "the runner reads what it prints");
    }
}
