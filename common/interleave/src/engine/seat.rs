//! Where the threads of a check run: all on one core, for only one of them runs at a time, and a hand-over to another
//! core costs several times as much.
//!
//! Which core is found out by trying: a check that takes longer than a moment looks now and then whether it would go
//! faster on another one, so that a busy neighbour cannot starve it. On other systems than Linux threads run where
//! the system puts them.

use ::std::time::{Duration, Instant};

/// The core to run on; `None` where the system puts a thread.
pub(super) type Core = Option<usize>;

/// How long one core is tried.
const TRIAL: Duration = Duration::from_millis(10);
/// No more cores than this are tried.
const CANDIDATES: usize = 4;
/// After so many trials in one place the others are tried again.
const SETTLED: usize = 50;

/// The place of a check.
#[derive(Debug)]
pub(super) struct Seat {
    core: Core,
    /// Cores to try, and the speed that each had, in steps per microsecond.
    candidates: Vec<(usize, f64)>,
    /// Which candidate is being tried, or how long the best has been kept.
    trying: usize,
    settled: usize,
    since: Instant,
    steps: usize,
}

impl Seat {
    /// A place on one core, the least used by other checks; or, if not wanted or not possible, anywhere.
    pub(super) fn new(wanted: bool) -> Self {
        let mut seat = Seat {
            core: None,
            candidates: Vec::new(),
            trying: 0,
            settled: 0,
            since: Instant::now(),
            steps: 0,
        };
        if wanted {
            // The calling thread's own core comes first of those that are equally good.
            seat.candidates = system::cores().into_iter().take(CANDIDATES).map(|core| (core, 0.0)).collect();
            seat.core = seat.candidates.first().map(|(core, _)| *core);
        }
        users(seat.core, 1);
        seat
    }

    pub(super) fn core(&self) -> Core {
        self.core
    }

    /// So many steps were taken. Now and then the check moves.
    pub(super) fn worked(&mut self, steps: usize) {
        self.steps += steps;
        // Looking at the clock costs little, but not nothing.
        if self.candidates.len() < 2 || self.steps < 1_000 {
            return;
        }
        let elapsed = self.since.elapsed();
        if elapsed < TRIAL {
            return;
        }
        let speed = self.steps as f64 / elapsed.as_secs_f64() / 1e6;
        self.steps = 0;
        self.since = Instant::now();
        let Some(tried) = self.candidates.get_mut(self.trying) else { return };
        let slower = speed < tried.1 * 0.6;
        tried.1 = speed;
        if self.settled > 0 {
            self.settled = if slower { 0 } else { self.settled - 1 };
            if self.settled == 0 {
                // All are tried again.
                self.trying = 0;
                self.sit();
            }
            return;
        }
        self.trying += 1;
        if self.trying == self.candidates.len() {
            // All have been tried: the fastest it is, for a while.
            let best = (0..self.candidates.len())
                .max_by(|a, b| self.candidates[*a].1.total_cmp(&self.candidates[*b].1));
            self.trying = best.unwrap_or(0);
            self.settled = SETTLED;
        }
        self.sit();
    }

    fn sit(&mut self) {
        users(self.core, -1);
        self.core = self.candidates.get(self.trying).map(|(core, _)| *core);
        users(self.core, 1);
        take(self.core);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        users(self.core, -1);
    }
}

/// The calling thread, one of the engine's own, runs there from now on.
pub(super) fn take(core: Core) {
    system::take(core);
}

/// How many checks use a core changes by this.
fn users(core: Core, change: i32) {
    if let Some(count) = core.and_then(|core| system::USERS.get(core)) {
        count.fetch_add(change, ::std::sync::atomic::Ordering::Relaxed);
    }
}

#[cfg(target_os = "linux")]
mod system {
    #![expect(unsafe_code, reason = "std has no way to say on which core a thread runs")]

    use super::Core;
    use ::std::cell::Cell;
    use ::std::sync::OnceLock;
    use ::std::sync::atomic::{AtomicI32, Ordering};

    /// As many cores as a set of the C library has.
    const MOST: usize = 1_024;
    type Set = [u64; MOST / 64];

    unsafe extern "C" {
        // As in the C library that std is linked with; thread 0 is the calling one.
        fn sched_getaffinity(thread: i32, size: usize, set: *mut Set) -> i32;
        fn sched_setaffinity(thread: i32, size: usize, set: *const Set) -> i32;
        fn sched_getcpu() -> i32;
    }

    /// How many checks run on each core.
    pub(super) static USERS: [AtomicI32; MOST] = [const { AtomicI32::new(0) }; MOST];

    thread_local! {
        static TAKEN: Cell<Core> = const { Cell::new(None) };
    }

    /// The cores that this process may use, as the first caller saw it; the engine's threads ask later.
    fn allowed() -> Option<&'static Set> {
        static ALLOWED: OnceLock<Option<Set>> = OnceLock::new();
        let ask = || {
            let mut set: Set = [0; MOST / 64];
            // SAFETY: the set is as large as said, and may be written.
            let answer = unsafe { sched_getaffinity(0, size_of::<Set>(), &raw mut set) };
            (answer >= 0).then_some(set)
        };
        ALLOWED.get_or_init(ask).as_ref()
    }

    /// The cores to choose from, the best first: the least used by checks, beginning with the caller's own.
    pub(super) fn cores() -> Vec<usize> {
        let Some(set) = allowed() else { return Vec::new() };
        // SAFETY: it takes nothing and only answers.
        let mine = usize::try_from(unsafe { sched_getcpu() }).unwrap_or(0);
        let mut cores: Vec<usize> = (0..MOST).filter(|c| set[c / 64] >> (c % 64) & 1 == 1).collect();
        let first = cores.iter().position(|core| *core == mine).unwrap_or(0);
        cores.rotate_left(first);
        cores.sort_by_key(|core| USERS[*core].load(Ordering::Relaxed));
        cores
    }

    pub(super) fn take(core: Core) {
        if TAKEN.get() == core {
            return;
        }
        TAKEN.set(core);
        let Some(all) = allowed() else { return };
        let mut set: Set = *all;
        if let Some(core) = core {
            set = [0; MOST / 64];
            set[core / 64] = 1 << (core % 64);
        }
        // SAFETY: the set is as large as said. If the system does not want it, the thread stays where it is.
        unsafe { sched_setaffinity(0, size_of::<Set>(), &raw const set) };
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Core;
    use ::std::sync::atomic::AtomicI32;

    pub(super) static USERS: [AtomicI32; 0] = [];

    pub(super) fn cores() -> Vec<usize> {
        Vec::new()
    }

    pub(super) fn take(_: Core) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_to_the_fastest_core_and_stays() {
        let mut seat = Seat::new(false);
        seat.candidates = vec![(0, 0.0), (1, 0.0)];
        let pass = |seat: &mut Seat, steps: usize| {
            seat.since = Instant::now().checked_sub(TRIAL).unwrap();
            seat.worked(steps);
            seat.trying
        };
        assert_eq!(pass(&mut seat, 2_000), 1, "the other is tried");
        assert_eq!(pass(&mut seat, 9_000), 1, "and was faster");
        assert_eq!(pass(&mut seat, 9_000), 1);
        assert_eq!(pass(&mut seat, 1_000), 0, "when it is slow all of a sudden, all are tried again");
    }
}
