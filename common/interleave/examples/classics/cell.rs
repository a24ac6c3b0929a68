//! One cell of the table: one engine, one program, one process.

use crate::LIMIT;
use crate::table::{Pair, Twin};
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Who searches, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Interleave,
    /// At most three pre-emptions.
    LoomBounded,
    Loom,
    ShuttleDfs,
    /// Random schedules, then as many by PCT with depth 3.
    ShuttleRandom,
}

/// Schedules of each kind of random search.
const RANDOM: usize = 10_000;

impl Engine {
    pub const ALL: [Engine; 5] =
        [Engine::Interleave, Engine::LoomBounded, Engine::Loom, Engine::ShuttleDfs, Engine::ShuttleRandom];

    fn name(self) -> String {
        format!("{self:?}")
    }

    fn pairs(self) -> Vec<Pair> {
        match self {
            Engine::Interleave => crate::with_interleave::pairs(),
            Engine::LoomBounded | Engine::Loom => crate::with_loom::pairs(),
            Engine::ShuttleDfs | Engine::ShuttleRandom => crate::with_shuttle::pairs(),
        }
    }
}

/// What came of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// A failure, and for interleave the expected kind of failure.
    Failed,
    /// Nothing found, and nothing left out (for a bounded search: up to its bound).
    Proved,
    /// Nothing found in what was tried.
    Tried,
    /// Not done within the limit.
    Unfinished,
    /// The library has no such types.
    Inexpressible,
}

#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub engine: Engine,
    pub outcome: Outcome,
    pub schedules: usize,
    pub time: Duration,
}

/// Runs one cell, three times if it is quick: the fastest counts, for the others only tell what else the machine did.
pub fn measure(engine: Engine, name: &str, twin: Twin) -> Cell {
    let mut best = measure_once(engine, name, twin);
    if best.outcome != Outcome::Inexpressible && best.time < Duration::from_millis(300) {
        for _ in 0..2 {
            let again = measure_once(engine, name, twin);
            assert_eq!((again.outcome, engine, name), (best.outcome, engine, name), "the same every time");
            if again.time < best.time {
                best = again;
            }
        }
    }
    best
}

/// Runs one cell in a child process.
fn measure_once(engine: Engine, name: &str, twin: Twin) -> Cell {
    let cell = |outcome, schedules, time| Cell { engine, outcome, schedules, time };
    if !engine.pairs().iter().any(|pair| pair.name == name) {
        return cell(Outcome::Inexpressible, 0, Duration::ZERO);
    }
    let mut child = Command::new(std::env::current_exe().expect("a program knows its path"))
        .args(["--cell", &engine.name(), name, &format!("{twin:?}")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this program can be started again");
    let mut output = child.stdout.take().expect("it was piped");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = output.read_to_string(&mut text);
        text
    });
    let deadline = Instant::now() + LIMIT + Duration::from_secs(1);
    while child.try_wait().expect("a child can be waited for").is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
    let late = Instant::now() >= deadline;
    let _ = child.kill();
    let status = child.wait().expect("a killed child ends");
    let text = reader.join().expect("reading does not panic");
    let fields: Vec<&str> = text.lines().last().unwrap_or_default().split(' ').collect();
    let number = |n: usize| fields.get(n).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
    let (schedules, time) =
        (usize::try_from(number(1)).unwrap_or(usize::MAX), Duration::from_micros(number(2)));
    match fields[0] {
        "failed" => cell(Outcome::Failed, schedules, time),
        "proved" => cell(Outcome::Proved, schedules, time),
        "tried" => cell(Outcome::Tried, schedules, time),
        // Loom panics while it unwinds from a deadlock, which aborts; what it says at the end is lost.
        _ if status.code().is_none() && !late => cell(Outcome::Failed, schedules, time),
        _ => cell(Outcome::Unfinished, schedules, LIMIT),
    }
}

/// What the child does: one line when it begins a schedule that might be its last, one at the end.
pub fn run_here(engine: &str, name: &str, twin: &str) {
    let engine = Engine::ALL.into_iter().find(|e| e.name() == engine).expect("an engine's name");
    let pair = engine.pairs().into_iter().find(|pair| pair.name == name).expect("a pair's name");
    let twin = if twin == "Wrong" { Twin::Wrong } else { Twin::Right };
    std::panic::set_hook(Box::new(|_| ()));
    let count = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let say = |what: &str, n: usize| println!("{what} {n} {}", start.elapsed().as_micros());
    let (counting, program) = (Arc::clone(&count), pair.program);
    let loud = matches!(engine, Engine::Loom | Engine::LoomBounded) && twin == Twin::Wrong;
    let body = move || {
        let n = counting.fetch_add(1, Relaxed) + 1;
        if loud {
            // It may be the last: loom ends the process at a deadlock.
            println!("running {n} {}", start.elapsed().as_micros());
        }
        program(twin);
    };
    match engine {
        Engine::Interleave => match interleave::Checker::new().max_time(LIMIT).check(body) {
            Err(failure) if twin == Twin::Right || failure.kind == pair.kind => {
                say("failed", failure.executions)
            }
            Err(failure) => say("tried", failure.executions),
            Ok(report) => say(if report.complete { "proved" } else { "tried" }, report.executions),
        },
        Engine::Loom | Engine::LoomBounded => {
            let mut builder = loom::model::Builder::new();
            builder.preemption_bound = (engine == Engine::LoomBounded).then_some(3);
            builder.max_duration = Some(LIMIT);
            builder.max_branches = 10_000;
            let result = catch_unwind(AssertUnwindSafe(|| builder.check(body)));
            let n = count.load(Relaxed);
            // It does not say that it stopped for want of time.
            let done = if start.elapsed() < LIMIT { "proved" } else { "unfinished" };
            say(if result.is_err() { "failed" } else { done }, n);
        }
        Engine::ShuttleDfs => {
            let scheduler = shuttle::scheduler::DfsScheduler::new(None, false);
            let result = catch_unwind(AssertUnwindSafe(|| {
                shuttle::Runner::new(scheduler, shuttle_config(LIMIT)).run(body);
            }));
            let done = if start.elapsed() < LIMIT { "proved" } else { "unfinished" };
            say(if result.is_err() { "failed" } else { done }, count.load(Relaxed));
        }
        Engine::ShuttleRandom => {
            let body = Arc::new(body);
            let random = shuttle::scheduler::RandomScheduler::new_from_seed(7, RANDOM);
            let pct = shuttle::scheduler::PctScheduler::new_from_seed(7, 3, RANDOM);
            let (first, second) = (Arc::clone(&body), body);
            let search = AssertUnwindSafe(|| {
                shuttle::Runner::new(random, shuttle_config(LIMIT / 2)).run(move || first());
            });
            let result = catch_unwind(search).and_then(|()| {
                let search = AssertUnwindSafe(|| {
                    shuttle::Runner::new(pct, shuttle_config(LIMIT / 2)).run(move || second());
                });
                catch_unwind(search).or_else(|payload| {
                    // That there is nothing to choose says nothing about the program.
                    let words = payload.downcast_ref::<&str>().copied().unwrap_or_default();
                    if words.contains("did not exercise any concurrency") { Ok(()) } else { Err(payload) }
                })
            });
            say(if result.is_err() { "failed" } else { "tried" }, count.load(Relaxed));
        }
    }
}

fn shuttle_config(limit: Duration) -> shuttle::Config {
    let mut config = shuttle::Config::new();
    config.silence_warnings = true;
    config.failure_persistence = shuttle::FailurePersistence::None;
    config.max_time = Some(limit);
    config
}
