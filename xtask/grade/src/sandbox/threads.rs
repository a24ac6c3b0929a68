//! What the threads of a boxed program do, seen from outside through `/proc`.
use judge::Stat;
use std::fs;

/// One thread of a boxed program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its process, as the host counts.
    pub process: i32,
    /// Its own number.
    pub id: i32,
    /// Its name; chosen by the program, so it says nothing for certain.
    pub name: String,
    /// Processor time so far, in clock ticks.
    pub ticks: u64,
    /// Whether it sleeps in the kernel.
    pub sleeps: bool,
    /// How often it went to sleep so far.
    pub switches: u64,
    /// What it waits in, where this user may look.
    pub waits: Option<Wait>,
}

/// The system call that a sleeping thread is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// For the value at this address to change, with or without an end.
    Futex {
        /// The address of the lock, condition or thread that it waits for.
        address: u64,
        /// Whether a time-out ends the wait.
        timed: bool,
    },
    /// Some other call.
    Call(i64),
}

/// What a box uses, all its processes together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Its threads.
    pub threads: Vec<Thread>,
    /// Processor time of all that is and was in the box, in clock ticks: what has ended is counted by its parent, and what
    /// has lost that, by the box's first process.
    pub ticks: u64,
    /// Memory in use, in bytes.
    pub memory_bytes: u64,
}

impl Sample {
    /// Looks at everything below the process `outer`, the one the grader started; that one and the first one inside
    /// belong to the box and are not counted.
    pub fn below(outer: i32, builders: usize) -> Sample {
        let mut sample = Sample::default();
        let mut level = vec![outer];
        for depth in 0..64 {
            if level.is_empty() {
                break;
            }
            sample.ticks += level.iter().map(|process| spent(*process)).sum::<u64>();
            let next = level.iter().flat_map(|process| children(*process)).collect();
            if depth >= builders {
                for process in &level {
                    sample.threads.extend(threads(*process));
                    sample.memory_bytes += resident(*process);
                }
            }
            level = next;
        }
        sample
    }

    /// Whether nothing can happen any more: every thread waits without an end for another one, none has run since
    /// `before`, and all that was there is still there. `None` where the system does not let us look.
    pub fn stands_still(&self, before: &Sample) -> Option<bool> {
        let workers = |sample: &Sample| -> Vec<(i32, u64, u64)> {
            sample.threads.iter().filter(|t| !is_watch(t)).map(|t| (t.id, t.ticks, t.switches)).collect()
        };
        if self.threads.is_empty() || workers(self) != workers(before) {
            return Some(false);
        }
        if self.threads.iter().filter(|thread| is_watch(thread)).count() > 1 {
            return Some(false);
        }
        for thread in self.threads.iter().filter(|thread| !is_watch(thread)) {
            match &thread.waits {
                _ if !thread.sleeps => return Some(false),
                None => return None,
                Some(Wait::Futex { timed: false, .. }) => {}
                Some(_) => return Some(false),
            }
        }
        Some(true)
    }

    /// Whether nothing has happened since `before`, as far as everybody may see: a long sleep looks the same.
    pub fn is_idle(&self, before: &Sample) -> bool {
        let state = |sample: &Sample| -> Vec<(i32, u64, u64)> {
            sample.threads.iter().filter(|t| !is_watch(t)).map(|t| (t.id, t.ticks, t.switches)).collect()
        };
        !self.threads.is_empty() && self.threads.iter().all(|t| t.sleeps) && state(self) == state(before)
    }

    /// Who waits for what, in lines; threads that wait for the same thing stand together.
    pub fn told(&self) -> Vec<String> {
        let mut places: Vec<u64> = Vec::new();
        let mut lines = Vec::new();
        for thread in self.threads.iter().filter(|thread| !is_watch(thread)) {
            let name = thread.name.escape_default();
            lines.push(match &thread.waits {
                Some(Wait::Futex { address, timed }) => {
                    let at = places.iter().position(|known| known == address).unwrap_or_else(|| {
                        places.push(*address);
                        places.len() - 1
                    });
                    let letter = char::from(b'A' + u8::try_from(at.min(25)).unwrap_or(25));
                    let how = if *timed { "for a time" } else { "without an end" };
                    format!("thread `{name}` waits {how} for {letter}, a lock, a condition or another thread's end")
                }
                Some(Wait::Call(call)) => format!("thread `{name}` waits in system call {call}"),
                None if thread.sleeps => format!("thread `{name}` waits"),
                None => format!("thread `{name}` runs"),
            });
        }
        if lines.len() > MOST_TOLD {
            let more = lines.len() - MOST_TOLD;
            lines.truncate(MOST_TOLD);
            lines.push(format!("and {more} threads more"));
        }
        lines
    }
}

/// Nobody reads on about hundreds of threads.
const MOST_TOLD: usize = 24;

/// The process for which a box was made, as the host counts; none while the box is still being built.
pub fn program(outer: i32, builders: usize) -> Option<u32> {
    let inner = (0..builders).try_fold(outer, |process, _| children(process).first().copied())?;
    u32::try_from(inner).ok()
}

/// The judge's own thread that notices the runner's end.
fn is_watch(thread: &Thread) -> bool {
    thread.name == "runner-watch"
}

fn children(process: i32) -> Vec<i32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// How many threads a user has, in all processes.
pub fn of_user(user: u32) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    let own = |entry: &fs::DirEntry| entry.metadata().is_ok_and(|meta| meta.uid() == user);
    let ids =
        entries.flatten().filter(own).filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.map(|id| fs::read_dir(format!("/proc/{id}/task")).map_or(0, |tasks| tasks.count() as u64)).sum()
}

fn threads(process: i32) -> Vec<Thread> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    tasks.filter_map(|task| thread(process, task.ok()?.file_name().to_str()?.parse().ok()?)).collect()
}

fn thread(process: i32, id: i32) -> Option<Thread> {
    let folder = format!("/proc/{process}/task/{id}");
    let stat = Stat::read(&format!("{folder}/stat"))?;
    let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
    let switches = status
        .lines()
        .filter(|line| line.contains("ctxt_switches:"))
        .filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok())
        .sum();
    let call = fs::read_to_string(format!("{folder}/syscall")).ok();
    Some(Thread {
        process,
        id,
        name: stat.name,
        ticks: stat.ticks,
        sleeps: matches!(stat.state, 'S' | 'T'),
        switches,
        waits: call.and_then(|call| wait(&call)),
    })
}

/// Reads a line of `/proc/…/syscall`: the call's number and its arguments, in hexadecimal.
fn wait(line: &str) -> Option<Wait> {
    let mut words = line.split_whitespace();
    let call: i64 = words.next()?.parse().ok()?;
    let arguments: Vec<u64> =
        words.map_while(|w| u64::from_str_radix(w.strip_prefix("0x")?, 16).ok()).collect();
    if call == libc::SYS_futex {
        return Some(Wait::Futex { address: *arguments.first()?, timed: *arguments.get(3)? != 0 });
    }
    Some(Wait::Call(call))
}

/// Processor time of a process and of its children that have ended.
fn spent(process: i32) -> u64 {
    Stat::read(&format!("/proc/{process}/stat")).map_or(0, |stat| stat.ticks + stat.ticks_of_children)
}

fn resident(process: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(id: i32, waits: Wait) -> Thread {
        Thread {
            process: 1,
            id,
            name: format!("t{id}"),
            ticks: 3,
            sleeps: true,
            switches: 2,
            waits: Some(waits),
        }
    }

    fn sample(threads: Vec<Thread>) -> Sample {
        Sample { threads, ..Sample::default() }
    }

    #[test]
    fn only_waits_without_an_end_are_a_standstill() {
        let futex = |timed| Wait::Futex { address: 0x10, timed };
        let stuck = sample(vec![waiting(1, futex(false)), waiting(2, futex(false))]);
        assert_eq!(stuck.stands_still(&stuck), Some(true));
        let timed = sample(vec![waiting(1, futex(false)), waiting(2, futex(true))]);
        assert_eq!(timed.stands_still(&timed), Some(false));
        let mut ran = stuck.clone();
        ran.threads[1].switches += 1;
        assert_eq!(ran.stands_still(&stuck), Some(false));
        let reading = sample(vec![waiting(1, Wait::Call(libc::SYS_read))]);
        assert_eq!(reading.stands_still(&reading), Some(false));
        let mut hidden = stuck.clone();
        hidden.threads[0].waits = None;
        assert_eq!(hidden.stands_still(&hidden), None);
        assert!(hidden.is_idle(&hidden));
        assert_eq!(Sample::default().stands_still(&Sample::default()), Some(false));
    }

    #[test]
    fn the_judges_own_watch_neither_hides_nor_makes_a_standstill() {
        let mut watch = waiting(9, Wait::Call(libc::SYS_clock_nanosleep));
        watch.name = "runner-watch".into();
        let stuck = |switches| {
            let mut watch = watch.clone();
            watch.switches = switches;
            sample(vec![waiting(1, Wait::Futex { address: 1, timed: false }), watch])
        };
        assert_eq!(stuck(5).stands_still(&stuck(4)), Some(true));
        let two =
            sample(vec![watch.clone(), watch.clone(), waiting(1, Wait::Futex { address: 1, timed: false })]);
        assert_eq!(two.stands_still(&two), Some(false), "an answer's thread may take the name");
    }

    #[test]
    fn who_waits_together_is_told_together() {
        let futex = |address| Wait::Futex { address, timed: false };
        let lines = sample(vec![waiting(1, futex(7)), waiting(2, futex(8)), waiting(3, futex(7))]).told();
        assert!(
            lines[0].contains("for A") && lines[1].contains("for B") && lines[2].contains("for A"),
            "{lines:?}"
        );
    }

    #[test]
    fn the_line_of_the_kernel_is_read() {
        let line = format!("{} 0x7f00 0x80 0x2 0x0 0x0 0xffffffff 0x7ffc 0x7f12", libc::SYS_futex);
        assert_eq!(wait(&line), Some(Wait::Futex { address: 0x7f00, timed: false }));
        assert_eq!(wait("running"), None);
    }

    #[test]
    fn this_process_is_seen() {
        let me = std::process::id().cast_signed();
        assert!(threads(me).iter().any(|thread| thread.id == me));
        assert!(resident(me) > 0);
        // Somebody must compute until a tick is counted; the kernel's hundredth of a second is soon over.
        while spent(me) == 0 {
            std::hint::black_box((0..100_000u64).sum::<u64>());
        }
    }
}
