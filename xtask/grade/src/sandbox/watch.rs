//! Running a box to its end, and ending it when it uses more than it may.
use super::spec::Spec;
use super::threads::{self, Sample};
use super::{Sandbox, cpu, inside};
use anyhow::{Context, Result, bail};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};
use xtask::capture::{ANSWER_BYTES, Drain};
use xtask::interrupt::Group;
use xtask::process::{LAST_WORDS, has_ended};

/// How often the box is looked at from outside.
const LOOK: Duration = Duration::from_millis(100);

/// How long nothing may happen before it is called a standstill. Every thread waits without an end then, so that time
/// changes nothing: it is only there to tell a standstill from a short meeting of waits.
///
/// Who runs beside the box and knows what runs in it notices most standstills earlier, and can explain them.
const STANDSTILL: Duration = Duration::from_secs(2);

/// How long nothing may have happened, where the system does not tell what threads wait for, when the time is over.
const IDLE: Duration = Duration::from_secs(4);

/// Why a box was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It used up its processor time.
    Processor,
    /// It used up its time on the clock, most of it waiting.
    Clock,
    /// It wanted to run nearly all the time and was not let: the host is too busy to say anything of it.
    Starved,
    /// It used up its memory.
    Memory,
    /// It printed too much.
    Output,
    /// All its threads wait for each other; who waits for what.
    Standstill(Vec<String>),
}

/// How a box ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The exit code; 128 and a signal's number if that ended it.
    pub code: i32,
    /// Why it was ended, if it was.
    pub stopped: Option<Stopped>,
    /// Whether it wanted more tasks than it may have.
    pub out_of_tasks: bool,
    /// Standard output, shortened.
    pub stdout: String,
    /// Standard error, shortened.
    pub stderr: String,
    /// The most threads that were seen at once.
    pub threads_peak: usize,
    /// The most memory that was seen in use.
    pub memory_peak: u64,
    /// How long it took.
    pub wall: Duration,
    /// The processor time of all its processes; only known while no other box of this process runs.
    pub cpu: Duration,
}

impl Ended {
    /// The signal that ended the program, if one did.
    pub fn signal(&self) -> Option<i32> {
        (self.code > 128 && self.code < 128 + 65).then(|| self.code - 128)
    }
}

/// What happens beside a box while it runs; called all the time, and may wait a few milliseconds.
pub trait Companion {
    /// Does a little. `program` is the number of the process for which the box was made, once it is there.
    fn turn(&mut self, program: Option<u32>) -> Result<Turn>;

    /// The box is ended now because it takes too long.
    fn last_look(&mut self) {}
}

/// What came of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It waited a little by itself.
    Waited,
    /// It had nothing to do.
    Idle,
    /// Nothing in the box can go on any more.
    Standstill,
}

/// Nothing happens beside it.
pub struct Alone;

impl Companion for Alone {
    fn turn(&mut self, _program: Option<u32>) -> Result<Turn> {
        Ok(Turn::Idle)
    }
}

/// Runs a box. `stdin` is what it reads; `keep` is how much of each stream is kept.
///
/// The calling thread must stay until the box has ended, and does: a box ends with the thread that started it.
///
/// # Errors
/// The box could not be built: nothing can be said of what should have run in it.
pub fn run(
    sandbox: &Sandbox,
    spec: &Spec,
    stdin: Stdio,
    keep: usize,
    beside: &mut dyn Companion,
) -> Result<Ended> {
    if sandbox.shares_processes() {
        wait_for_room(spec.limits.tasks);
    }
    let begin = Instant::now();
    let cpu = cpu::of_children()?;
    let (mut command, groups) = sandbox.command(spec)?;
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::start(&mut command).context("cannot start a box")?;
    // The command holds the child's end of the channel; its end shall be seen when the child's is closed.
    drop(command);
    let streams = (group.child.stdout.take(), group.child.stderr.take());
    let (Some(stdout), Some(stderr)) = streams else { bail!("a box without streams") };
    let (stdout, stderr) = (Drain::start(stdout, keep), Drain::start(stderr, keep));

    let mut ended = Ended {
        code: 0,
        stopped: None,
        out_of_tasks: false,
        stdout: String::new(),
        stderr: String::new(),
        threads_peak: 0,
        memory_peak: 0,
        wall: Duration::ZERO,
        cpu: Duration::ZERO,
    };
    let mut watch = Watch {
        outer: group.child.id().cast_signed(),
        builders: sandbox.builders(),
        still: None,
        idle: None,
        looks: 0,
        busy: 0,
    };
    let mut next_look = begin + LOOK;
    let mut program = None;
    while !has_ended(&mut group) {
        let now = Instant::now();
        if stdout.bytes() + stderr.bytes() > spec.limits.output_bytes {
            ended.stopped = Some(Stopped::Output);
            break;
        }
        if now >= next_look {
            next_look = now + LOOK;
            ended.stopped = watch.look(spec, &mut ended);
            if ended.stopped.is_none() {
                ended.stopped = watch.out_of_time(begin.elapsed(), Duration::from_secs(spec.limits.wall_s));
            }
            if ended.stopped.is_some() {
                break;
            }
        }
        program = program.or_else(|| threads::program(watch.outer, watch.builders));
        match beside.turn(program)? {
            Turn::Waited => {}
            Turn::Idle => thread::sleep(Duration::from_millis(2)),
            Turn::Standstill => {
                ended.stopped = Some(Stopped::Standstill(Sample::below(watch.outer, watch.builders).told()));
                break;
            }
        }
    }
    if matches!(ended.stopped, Some(Stopped::Standstill(_) | Stopped::Clock)) {
        beside.last_look();
    }
    // Where all of a user's threads count together, the last one may be refused before the box has them all.
    let full =
        sandbox.shares_processes() && ended.stopped.is_some() && users_threads() + 8 >= spec.limits.tasks;
    group.kill();
    let status = group.child.wait()?;
    use std::os::unix::process::ExitStatusExt;
    ended.code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    let events = groups.events();
    ended.out_of_tasks = events.out_of_tasks || full || ended.threads_peak as u64 + 8 >= spec.limits.tasks;
    if events.out_of_memory {
        ended.stopped = Some(Stopped::Memory);
    }
    // The kernel's own end of a program that asked for too much processor time.
    if ended.stopped.is_none() && matches!(ended.signal(), Some(libc::SIGXCPU)) {
        ended.stopped = Some(Stopped::Processor);
    }
    ended.stdout = stdout.text(LAST_WORDS);
    ended.stderr = stderr.text(LAST_WORDS);
    if ended.stopped.is_none() && stdout.bytes() + stderr.bytes() > spec.limits.output_bytes {
        ended.stopped = Some(Stopped::Output);
    }
    ended.wall = begin.elapsed();
    ended.cpu = cpu::of_children()?.saturating_sub(cpu);
    cpu::note(spec.purpose, ended.cpu);
    if ended.code == inside::NOT_BUILT && ended.stderr.contains("grade box:") {
        bail!("the box could not be built: {}", ended.stderr.trim());
    }
    if ended.code != 0 && ended.stderr.starts_with("bwrap:") {
        bail!("bubblewrap could not build the box: {}", ended.stderr.trim());
    }
    Ok(ended)
}

/// Waits until the boxes before have gone, which the kernel ends in its own time: this user's threads count together.
fn wait_for_room(wanted: u64) {
    let patience = Instant::now() + Duration::from_secs(10);
    while users_threads() * 4 > wanted && Instant::now() < patience {
        thread::sleep(Duration::from_millis(20));
    }
}

fn users_threads() -> u64 {
    threads::of_user(nix::unistd::Uid::effective().as_raw())
}

/// Looks at a box from outside, again and again.
struct Watch {
    outer: i32,
    builders: usize,
    /// Since when nothing can happen, and what was seen then.
    still: Option<(Instant, Sample)>,
    /// Since when nothing has happened, as far as may be seen.
    idle: Option<(Instant, Sample)>,
    /// How often it was looked at, and how often one of its threads wanted to run then.
    looks: u64,
    busy: u64,
}

/// A box that wants to run is given this many times its time on the clock: its processor time is what limits it.
const PATIENCE: u32 = 10;

impl Watch {
    fn look(&mut self, spec: &Spec, ended: &mut Ended) -> Option<Stopped> {
        let sample = Sample::below(self.outer, self.builders);
        ended.threads_peak = ended.threads_peak.max(sample.threads.len());
        ended.memory_peak = ended.memory_peak.max(sample.memory_bytes);
        if sample.memory_bytes > spec.limits.memory_bytes {
            return Some(Stopped::Memory);
        }
        self.looks += 1;
        self.busy += u64::from(sample.threads.iter().any(|thread| !thread.sleeps));
        if sample.ticks > spec.limits.cpu_s.saturating_mul(ticks_per_second()) {
            return Some(Stopped::Processor);
        }
        let since = |known: &Option<(Instant, Sample)>, holds: bool| match known {
            Some((since, _)) if holds => *since,
            _ => Instant::now(),
        };
        let still = self.still.as_ref().is_some_and(|(_, before)| sample.stands_still(before) == Some(true));
        let idle = self.idle.as_ref().is_some_and(|(_, before)| sample.is_idle(before));
        let (still_since, idle_since) = (since(&self.still, still), since(&self.idle, idle));
        if still && still_since.elapsed() >= STANDSTILL {
            return Some(Stopped::Standstill(sample.told()));
        }
        self.still = Some((still_since, sample.clone()));
        self.idle = Some((idle_since, sample));
        None
    }

    /// Whether its time on the clock is over, and what to call that.
    fn out_of_time(&self, so_far: Duration, limit: Duration) -> Option<Stopped> {
        if so_far <= limit {
            return None;
        }
        if self.busy * 2 > self.looks {
            // It wanted to run: a busy host is no fault of the answer.
            return (so_far > limit * PATIENCE).then_some(Stopped::Starved);
        }
        match &self.idle {
            // Where the threads' waits are hidden from us, one that has been idle for long is a standstill all the same.
            Some((since, sample))
                if since.elapsed() >= IDLE && sample.threads.iter().all(|t| t.waits.is_none()) =>
            {
                Some(Stopped::Standstill(sample.told()))
            }
            _ => Some(Stopped::Clock),
        }
    }
}

fn ticks_per_second() -> u64 {
    // Fixed at 100 in every kernel's interface to programs.
    100
}

/// How much of each stream of an answer is kept.
pub const KEEP: usize = ANSWER_BYTES / 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(looks: u64, busy: u64) -> Watch {
        Watch { outer: 0, builders: 0, still: None, idle: None, looks, busy }
    }

    #[test]
    fn a_busy_host_is_no_fault_of_the_answer() {
        let limit = Duration::from_secs(10);
        let after = |watch: &Watch, seconds| watch.out_of_time(Duration::from_secs(seconds), limit);
        let (sleeper, runner) = (watch(100, 3), watch(100, 97));
        assert_eq!((after(&sleeper, 9), after(&runner, 9)), (None, None));
        assert_eq!((after(&sleeper, 11), after(&runner, 11)), (Some(Stopped::Clock), None));
        assert_eq!(after(&runner, 101), Some(Stopped::Starved));
    }
}
