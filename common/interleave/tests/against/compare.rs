//! Running a program to exhaustion under two explorers, and comparing what they saw.

use crate::oracle::{self, Stores};
use crate::program::{Family, Program, program};
use crate::{by_loom, by_shuttle, run};
use interleave::{Checker, FailureKind};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

type Outcomes = BTreeSet<Vec<usize>>;

/// What an explorer says of a program.
#[derive(Default)]
struct Says {
    outcomes: Outcomes,
    deadlock: bool,
    schedules: usize,
    complete: bool,
}

/// How a family of programs went.
#[derive(Default)]
pub struct Sum {
    pub agreed: u64,
    deadlocks: u64,
    /// Too big for one of the two.
    skipped: u64,
    /// Schedules of ours and of theirs, over the programs that were compared.
    schedules: (usize, usize),
    pub disagreements: Vec<String>,
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} agree ({} can deadlock), {} disagree, {} too big; {} schedules against {}",
            self.agreed,
            self.deadlocks,
            self.disagreements.len(),
            self.skipped,
            self.schedules.0,
            self.schedules.1
        )
    }
}

/// Schedules after which a program counts as too big.
const MOST: usize = 10_000;

/// A shared set of outcomes, and what adds to it.
fn collector(
    program: &Program,
    run: fn(&Program) -> Vec<usize>,
) -> (Arc<Mutex<Outcomes>>, impl Fn() + use<>) {
    let all = Arc::new(Mutex::new(Outcomes::new()));
    let (seen, program) = (Arc::clone(&all), program.clone());
    // The real lock, taken when the program is over: collecting is no part of it.
    let body = move || {
        let outcome = run(&program);
        seen.lock().unwrap().insert(outcome);
    };
    (all, body)
}

fn taken(outcomes: &Mutex<Outcomes>) -> Outcomes {
    std::mem::take(&mut outcomes.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn ours(program: &Program, weak: bool) -> Says {
    let (outcomes, body) = collector(program, run::run);
    let checker = Checker::new()
        .bound(0)
        .luck(0)
        .weak_memory(weak)
        .runs_beyond_bound(MOST)
        .steps_per_round(1 << 30, 1 << 30);
    match checker.check(body) {
        Ok(report) => Says {
            outcomes: taken(&outcomes),
            deadlock: false,
            schedules: report.executions,
            complete: report.complete,
        },
        Err(failure) => {
            assert_eq!(failure.kind, FailureKind::Deadlock, "{program:?}: {failure}");
            Says { outcomes: taken(&outcomes), deadlock: true, schedules: failure.executions, complete: true }
        }
    }
}

fn shuttles(program: &Program) -> Says {
    let (outcomes, body) = collector(program, by_shuttle::run);
    let count = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    let mut config = shuttle::Config::new();
    config.silence_warnings = true;
    config.failure_persistence = shuttle::FailurePersistence::None;
    let scheduler = shuttle::scheduler::DfsScheduler::new(Some(MOST), false);
    let search = AssertUnwindSafe(|| {
        shuttle::Runner::new(scheduler, config).run(move || {
            counting.fetch_add(1, Relaxed);
            body();
        });
    });
    let result = quiet(|| catch_unwind(search));
    let schedules = count.load(Relaxed);
    let deadlock = result.is_err();
    Says { outcomes: taken(&outcomes), deadlock, schedules, complete: deadlock || schedules < MOST }
}

fn looms(program: &Program) -> Says {
    let (outcomes, body) = collector(program, by_loom::run);
    let count = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    let mut builder = loom::model::Builder::new();
    builder.max_permutations = Some(MOST);
    builder.max_duration = Some(Duration::from_secs(2));
    let start = std::time::Instant::now();
    builder.check(move || {
        counting.fetch_add(1, Relaxed);
        body();
    });
    let schedules = count.load(Relaxed);
    let complete = schedules < MOST && start.elapsed() < Duration::from_secs(2);
    Says { outcomes: taken(&outcomes), deadlock: false, schedules, complete }
}

/// Sequentially consistent programs: the same outcomes, and the same answer to "can it deadlock?".
pub fn with_shuttle(family: Family, many: u64) -> Sum {
    compare(
        family,
        many,
        |program| (ours(program, false), shuttles(program)),
        |ours, theirs| {
            // A deadlock ends both searches at once: what they had seen until then proves nothing.
            ours.deadlock == theirs.deadlock && (ours.deadlock || ours.outcomes == theirs.outcomes)
        },
    )
}

/// Weak orderings with locks: nothing that sequential consistency shows may be missing.
pub fn with_shuttle_or_more(family: Family, many: u64) -> Sum {
    compare(
        family,
        many,
        |program| (ours(program, true), shuttles(program)),
        |ours, theirs| ours.deadlock == theirs.deadlock && ours.outcomes.is_superset(&theirs.outcomes),
    )
}

/// Weak orderings: exactly what the axioms allow, where stores take effect in the order of execution.
pub fn with_axioms(family: Family, many: u64) -> Sum {
    let axioms = |program: &Program| {
        let outcomes = oracle::outcomes(program, Stores::AsExecuted);
        Says { outcomes, deadlock: false, schedules: 0, complete: true }
    };
    compare(
        family,
        many,
        |program| (ours(program, true), axioms(program)),
        |ours, axioms| !ours.deadlock && ours.outcomes == axioms.outcomes,
    )
}

/// Weak orderings: every outcome of loom's that the axioms allow is ours too. Says how often loom shows what C++20
/// forbids, and misses what it allows: it is no oracle.
pub fn with_loom(family: Family, many: u64) -> (Sum, String) {
    let (mut wrong, mut short) = (0, 0);
    let sum = compare(
        family,
        many,
        |program| {
            let mut theirs = looms(program);
            let free = oracle::outcomes(program, Stores::Free);
            let executed = oracle::outcomes(program, Stores::AsExecuted);
            wrong += usize::from(!theirs.outcomes.is_subset(&free));
            short += usize::from(!theirs.outcomes.is_superset(&executed));
            theirs.outcomes = theirs.outcomes.intersection(&executed).cloned().collect();
            (ours(program, true), theirs)
        },
        |ours, theirs| !ours.deadlock && ours.outcomes.is_superset(&theirs.outcomes),
    );
    let words =
        format!("loom shows what is forbidden in {wrong} programs, and misses what is allowed in {short}");
    (sum, words)
}

fn compare(
    family: Family,
    many: u64,
    mut both: impl FnMut(&Program) -> (Says, Says),
    agree: impl Fn(&Says, &Says) -> bool,
) -> Sum {
    let mut sum = Sum::default();
    for seed in 0..many {
        let program = program(family, seed);
        let (ours, theirs) = both(&program);
        if !ours.complete || !theirs.complete {
            sum.skipped += 1;
            continue;
        }
        sum.schedules.0 += ours.schedules;
        sum.schedules.1 += theirs.schedules;
        if agree(&ours, &theirs) {
            sum.agreed += 1;
            sum.deadlocks += u64::from(ours.deadlock);
        } else {
            sum.disagreements.push(told(family, seed, &program, &ours, &theirs));
        }
    }
    sum
}

/// A disagreement, as short as it can be told.
fn told(family: Family, seed: u64, program: &Program, ours: &Says, theirs: &Says) -> String {
    let only = |a: &Outcomes, b: &Outcomes| a.difference(b).take(3).cloned().collect::<Vec<_>>();
    format!(
        "{family:?} {seed}: {program:?}\n  deadlock: ours {}, theirs {}; outcomes: ours {}, theirs {}\n  only ours: {:?}\n  only theirs: {:?}",
        ours.deadlock,
        theirs.deadlock,
        ours.outcomes.len(),
        theirs.outcomes.len(),
        only(&ours.outcomes, &theirs.outcomes),
        only(&theirs.outcomes, &ours.outcomes)
    )
}

thread_local! {
    static COMPARING: Cell<bool> = const { Cell::new(false) };
}

/// Shuttle panics at every deadlock, on the thread that compares; the panic comes back as a result.
fn quiet<R>(work: impl FnOnce() -> R) -> R {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !COMPARING.get() {
                usual(info);
            }
        }));
    });
    COMPARING.set(true);
    let result = work();
    COMPARING.set(false);
    result
}
