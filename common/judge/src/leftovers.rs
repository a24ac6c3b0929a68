//! What an answer leaves behind: threads, child processes, descriptors, shared memory.
use crate::record;
use crate::say::fail;
use crate::verdict::Verdict;
use interleave::model;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

/// How long a real thread that has done its work is given to end, and with it what it holds.
const END_WITHIN: Duration = Duration::from_secs(5);

/// What there was before a layer began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Before {
    tasks: BTreeSet<String>,
    children: BTreeSet<u32>,
    descriptors: BTreeMap<String, String>,
    mappings: BTreeMap<String, usize>,
}

impl Before {
    pub(crate) fn now() -> Self {
        Before {
            tasks: tasks(),
            children: children(),
            descriptors: descriptors(),
            mappings: shared_mappings(),
        }
    }
}

/// Fails with `leak` if a thread that `what` started has not ended.
///
/// Inside a check that is a fact. On real threads a thread that has just done its work is given time to end.
///
/// # Panics
/// When a thread is left.
#[track_caller]
pub fn no_threads_left(what: &str) {
    let left =
        if model::in_model() { model::live_threads() } else { until_gone(threads_since_begin, |n| *n == 0) };
    if left > 0 {
        let threads = if left == 1 { "a thread is".to_string() } else { format!("{left} threads are") };
        fail(Verdict::Leak, format!("{what} has returned, but {threads} still running."));
    }
}

/// Fails with `leak` if `what` left a child process: one that still runs, or a zombie that nobody has waited for. Says
/// nothing where the system does not tell of children, nor inside a check.
///
/// # Panics
/// When a child is left.
#[track_caller]
pub fn no_children_left(what: &str) {
    if model::in_model() {
        return;
    }
    let before = record::before().children;
    let left: Vec<u32> = children().into_iter().filter(|child| !before.contains(child)).collect();
    let Some(first) = left.first() else { return };
    let (name, state) = stat_of(*first).unwrap_or_else(|| ("a program".into(), 'Z'));
    let how = if state == 'Z' { "has ended and nobody has waited for it: a zombie" } else { "still runs" };
    let more = if left.len() == 1 { String::new() } else { format!(" So with {} more.", left.len() - 1) };
    fail(Verdict::Leak, format!("{what} has returned, but its child `{name}` {how}.{more}"));
}

/// Fails with `leak` if `what` left a descriptor open: a file, a pipe, a socket. Says nothing inside a check.
///
/// # Panics
/// When one is left.
#[track_caller]
pub fn no_descriptors_left(what: &str) {
    if model::in_model() {
        return;
    }
    let before = record::before().descriptors;
    let new = || {
        let now = descriptors();
        now.into_iter().filter(|(fd, target)| before.get(fd) != Some(target)).collect::<Vec<_>>()
    };
    let left = until_gone(new, Vec::is_empty);
    let Some((_, target)) = left.first() else { return };
    let kind = match target.split(':').next().unwrap_or_default() {
        "pipe" => "the end of a pipe".to_string(),
        "socket" => "a socket".to_string(),
        "" => "a descriptor".to_string(),
        _ => format!("`{target}`"),
    };
    let more = if left.len() == 1 { String::new() } else { format!(", and {} more", left.len() - 1) };
    fail(Verdict::Leak, format!("{what} has returned, and left open {kind}{more}."));
}

/// Fails with `leak` if `what` left shared memory: mapped still, or a file in `/dev/shm` whose name begins with `prefix`.
/// Says nothing where the system does not tell, nor inside a check.
///
/// # Panics
/// When some is left.
#[track_caller]
pub fn no_shared_memory_left(what: &str, prefix: &str) {
    if model::in_model() {
        return;
    }
    let before = record::before().mappings;
    let mapped = || {
        let more = |(name, count): &(String, usize)| *count > before.get(name).copied().unwrap_or(0);
        shared_mappings().into_iter().filter(more).collect::<Vec<_>>()
    };
    if let Some((name, _)) = until_gone(mapped, Vec::is_empty).first() {
        fail(Verdict::Leak, format!("{what} has returned, and the shared memory `{name}` is still mapped."));
    }
    // Without such a prefix somebody else's would be seen, too.
    let names = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    let named = |entry: fs::DirEntry| entry.file_name().into_string().ok();
    let mine = names.filter_map(named).find(|name| !prefix.is_empty() && name.starts_with(prefix));
    if let Some(name) = mine {
        fail(Verdict::Leak, format!("{what} has returned, and left the shared memory `/dev/shm/{name}`."));
    }
}

/// Fails with `leak` if `what` left anything: a thread, a child process, a descriptor, mapped shared memory.
///
/// # Panics
/// When something is left.
#[track_caller]
pub fn nothing_left(what: &str) {
    no_threads_left(what);
    no_children_left(what);
    no_descriptors_left(what);
    no_shared_memory_left(what, "");
}

/// Looks again and again until what is left is gone, or will not go.
fn until_gone<T>(look: impl Fn() -> T, gone: impl Fn(&T) -> bool) -> T {
    let until = Instant::now() + END_WITHIN;
    loop {
        let left = look();
        if gone(&left) || Instant::now() > until {
            return left;
        }
        // Waiting for the system to take note of an end that no handle tells of.
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The system's threads that were not there when the layer began, other than the caller.
fn threads_since_begin() -> usize {
    let me = my_task();
    let before = record::before().tasks;
    tasks().iter().filter(|task| !before.contains(*task) && Some(*task) != me.as_ref()).count()
}

/// The numbers of this process's threads, as the system counts them; empty where it does not tell.
fn tasks() -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir("/proc/self/task") else { return BTreeSet::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn my_task() -> Option<String> {
    let link = fs::read_link("/proc/thread-self").ok()?;
    Some(link.file_name()?.to_string_lossy().into_owned())
}

/// The children of this process, zombies too; none where the system does not tell.
fn children() -> BTreeSet<u32> {
    let of =
        |task: &String| fs::read_to_string(format!("/proc/self/task/{task}/children")).unwrap_or_default();
    tasks().iter().flat_map(|task| numbers(&of(task))).collect()
}

fn numbers(text: &str) -> Vec<u32> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// The name of a process, and the letter of its state.
fn stat_of(process: u32) -> Option<(String, char)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name is in brackets and may have brackets in it.
    let (name, rest) = (stat.get(stat.find('(')? + 1..stat.rfind(')')?)?, &stat[stat.rfind(')')? + 1..]);
    Some((name.to_string(), rest.trim_start().chars().next()?))
}

/// The open descriptors, each with what it leads to where the system tells.
fn descriptors() -> BTreeMap<String, String> {
    let folder = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let with_target = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let target = fs::read_link(entry.path()).map(|path| path.to_string_lossy().into_owned());
        Some((name, target.unwrap_or_default()))
    };
    let all: BTreeMap<String, String> = entries.flatten().filter_map(with_target).collect();
    // The folder itself was open while it was read. Where no targets are told it is the one that is closed by now.
    let still_open = |fd: &String, target: &String| {
        if target.is_empty() {
            fs::metadata(format!("{folder}/{fd}")).is_ok()
        } else {
            !target.ends_with("/fd")
        }
    };
    all.into_iter().filter(|(fd, target)| still_open(fd, target)).collect()
}

/// The shared memory that is mapped, and how often.
fn shared_mappings() -> BTreeMap<String, usize> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let mut found = BTreeMap::new();
    for line in maps.lines() {
        let path = line.split_whitespace().nth(5).unwrap_or_default();
        if path.starts_with("/dev/shm/") || path.starts_with("/memfd:") || path.starts_with("/dev/zero") {
            *found.entry(path.to_string()).or_default() += 1;
        }
    }
    found
}
