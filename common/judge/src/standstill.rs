//! A run that does not come to its end, explained from outside: who waits for what, since when.
//!
//! The runner looks at the judge's process, its threads and its children every tenth of a second. When all of them wait
//! for each other and none has moved in any of ten looks, it stands still for ever. A thread that can run, however long
//! the machine lets it wait for its turn, is in another state; so is one that sleeps, or waits with a limit. So a slow
//! machine is never taken for a standstill.
//!
//! What the system shows are numbers; whose lock it is and on which line, the judge tells: it watches the facade
//! ([`interleave::watch`]) and sends a board now and then. On systems that show no threads the board alone explains what
//! was seen when the limit was reached.
mod board;
#[cfg(target_os = "linux")]
mod processes;
mod tell;

use crate::protocol::Runner;
pub(crate) use board::Board;
#[cfg(target_os = "linux")]
pub use processes::Stat;
use std::time::{Duration, Instant};

/// How often to look.
const EVERY: Duration = Duration::from_millis(100);

/// How long a layer may take before anybody looks: most have long ended by then.
const BEGIN_AFTER: Duration = Duration::from_millis(300);

/// Looks in which nothing moved, one after another, that make a standstill.
const STILL: usize = 10;

/// Looks at a judge's process, and says when it stands still.
#[derive(Debug)]
pub struct Observer {
    process: u32,
    /// Whether it lives in a box with processes of its own, and is told of without what differs from run to run.
    boxed: bool,
    /// The layer that is looked at, and since when it runs.
    layer: Option<(String, Instant)>,
    last_look: Option<Instant>,
    last_wish: Option<Instant>,
    #[cfg(target_os = "linux")]
    before: Vec<processes::Task>,
    /// How long the process has wanted the processor, as far as it was seen.
    wanted: Duration,
    /// How many looks in a row showed no movement.
    still: usize,
    /// What was seen last.
    seen: Option<Sight>,
}

/// What was seen at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    board: Option<Board>,
    #[cfg(target_os = "linux")]
    tasks: Vec<processes::Task>,
    boxed: bool,
    #[cfg(target_os = "linux")]
    process: u32,
    /// Which of them have used the processor since the look before.
    #[cfg(target_os = "linux")]
    busy: Vec<u32>,
}

impl Observer {
    /// An observer of the process with this number, and of what it starts.
    pub fn of(process: u32) -> Observer {
        Observer {
            process,
            boxed: false,
            layer: None,
            last_look: None,
            last_wish: None,
            #[cfg(target_os = "linux")]
            before: Vec::new(),
            wanted: Duration::ZERO,
            still: 0,
            seen: None,
        }
    }

    /// The same for a process that lives in a box, as the child of the box's first process. What is told of it are names
    /// and lines only, no times and no numbers of processes: equal runs are told in equal words.
    pub fn of_boxed(process: u32) -> Observer {
        Observer { boxed: true, ..Observer::of(process) }
    }

    /// How long the process was kept waiting for the processor: on a busy machine most of the time, and no fault of its
    /// own. Zero where the system does not tell.
    pub fn starved(&self) -> Duration {
        self.wanted.saturating_sub(cpu_of(self.process))
    }

    /// Notes whether the process wants the processor now.
    fn note_wish(&mut self) {
        let now = Instant::now();
        let since = self.last_wish.replace(now).map_or(Duration::ZERO, |last| now - last);
        if wants_the_processor(self.process) {
            self.wanted += since;
        }
    }

    /// Looks, if it is time to. Says whether everything has stood still for a second: then it will for ever.
    pub fn look(&mut self, runner: &Runner) -> bool {
        if self.last_wish.is_none_or(|last| last.elapsed() >= EVERY) {
            self.note_wish();
        }
        let Some(layer) = runner.running().filter(|layer| is_real(layer)) else {
            self.layer = None;
            return false;
        };
        let now = Instant::now();
        if self.layer.as_ref().is_none_or(|(known, _)| known != layer) {
            self.layer = Some((layer.to_string(), now));
            self.still = 0;
        }
        let begun = self.layer.as_ref().map_or(now, |(_, begun)| *begun);
        if now - begun < BEGIN_AFTER || self.last_look.is_some_and(|last| now - last < EVERY) {
            return false;
        }
        self.last_look = Some(now);
        // Without a board it is not known which thread only watches; it never stands still.
        let board = board_now(runner);
        self.still = if self.is_still(board.as_ref(), false) && board.is_some() { self.still + 1 } else { 0 };
        self.still > STILL
    }

    /// Looks once more, before the process is ended because it took too long.
    pub fn look_at_last(&mut self, runner: &Runner) {
        self.is_still(board_now(runner).as_ref(), true);
    }

    /// Whether nothing has moved since the last look. As long as the process itself moves, nobody looks at others,
    /// unless `all` of them are to be seen.
    #[cfg(target_os = "linux")]
    fn is_still(&mut self, board: Option<&Board>, all: bool) -> bool {
        let watcher = board.map_or(0, |board| board.watcher);
        let mut tasks = processes::own_tasks(self.process);
        tasks.retain(|task| u64::from(task.own) != watcher);
        if all || tasks.iter().all(processes::Task::is_still) {
            tasks.extend(processes::other_tasks(self.process, self.boxed));
        }
        let moved = |task: &processes::Task| {
            let before =
                self.before.iter().find(|known| known.task == task.task && known.process == task.process);
            before.is_none_or(|before| before.done != task.done)
        };
        let still = !tasks.is_empty() && tasks.iter().all(|task| task.is_still() && !moved(task));
        let busy = |task: &&processes::Task| {
            let before = self.before.iter().find(|known| known.task == task.task);
            task.state == 'R' || before.is_some_and(|before| before.done.0 != task.done.0)
        };
        let busy = tasks.iter().filter(busy).map(|task| task.own).collect();
        let (process, boxed) = (self.process, self.boxed);
        self.seen = Some(Sight { board: board.cloned(), tasks: tasks.clone(), process, boxed, busy });
        self.before = tasks;
        still
    }

    #[cfg(not(target_os = "linux"))]
    fn is_still(&mut self, board: Option<&Board>, _all: bool) -> bool {
        self.seen = Some(Sight { board: board.cloned(), boxed: self.boxed });
        false
    }

    /// What was seen last.
    pub(crate) fn sight(&self) -> Option<&Sight> {
        self.seen.as_ref()
    }
}

/// The CPU time that a process has used, with all threads that it ever had.
#[cfg(target_os = "linux")]
fn cpu_of(process: u32) -> Duration {
    let stat = Stat::read(&format!("/proc/{process}/stat"));
    stat.map_or(Duration::ZERO, |stat| Duration::from_millis(10 * stat.ticks))
}

/// Whether a thread of the process could run now.
#[cfg(target_os = "linux")]
fn wants_the_processor(process: u32) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let stat = |task: std::fs::DirEntry| Stat::read(task.path().join("stat").to_str()?);
    tasks.filter_map(stat).any(|stat| stat.state == 'R')
}

/// The system does not tell.
#[cfg(not(target_os = "linux"))]
fn cpu_of(_process: u32) -> Duration {
    Duration::ZERO
}

/// The system does not tell.
#[cfg(not(target_os = "linux"))]
fn wants_the_processor(_process: u32) -> bool {
    false
}

/// The newest board, with what has passed since.
fn board_now(runner: &Runner) -> Option<Board> {
    let (board, age) = runner.board()?;
    let mut board = board.clone();
    let age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
    for waits in board.threads.iter_mut().filter_map(|seen| seen.waits.as_mut()) {
        waits.millis = waits.millis.saturating_add(age);
    }
    Some(board)
}

/// Whether a layer runs on real threads.
fn is_real(layer: &str) -> bool {
    matches!(crate::exercise::kind_of(layer), "spec" | "cost")
}
