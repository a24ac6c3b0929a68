//! The verdicts: every way in which a judgement can end.
use std::fmt;
use std::str::FromStr;

/// How an answer was judged. Written in kebab-case wherever it is read by people or programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Every layer passed.
    Pass,
    /// A `todo!()` is still there.
    NotStarted,
    /// The compiler refuses it.
    DoesNotCompile,
    /// It uses something the exercise forbids, leaves out something it asks for, or tampers with the judge.
    BreaksARule,
    /// It gives a wrong result, whatever the schedule.
    WrongResult,
    /// A change made by one thread was overwritten by another.
    LostUpdate,
    /// A thread read memory without being ordered after the write it needed.
    DataRace,
    /// Threads wait for each other for ever.
    Deadlock,
    /// A thread waits for a notification that came too early or went elsewhere.
    LostWakeup,
    /// Threads run for ever and get nowhere.
    Livelock,
    /// A thread never gets its turn.
    Starved,
    /// The parts run one after another where they should overlap.
    NotConcurrent,
    /// A lock is held while it is not needed, so nobody else can go on.
    OverLocked,
    /// A failure in a thread was not passed on.
    SwallowedFailure,
    /// Something was left behind: a running thread, a child process, a file.
    Leak,
    /// A future dropped half-way leaves things broken.
    NotCancelSafe,
    /// A task blocks the thread that all other tasks need.
    BlocksTheExecutor,
    /// It does much more work than the task needs.
    TooSlow,
    /// It did not end.
    Hangs,
    /// It panicked where it should not.
    Panics,
    /// It ended the whole process.
    Exits,
    /// The process was ended by the system: abort, stack overflow, signal.
    Crashes,
    /// The same schedule went differently the second time.
    Flaky,
    /// The judge itself could not do its work; no fault of the answer.
    CouldNotJudge,
}

use Verdict::*;

impl Verdict {
    /// Every verdict, in the order in which they are documented.
    pub const ALL: [Verdict; 24] = [
        Pass,
        NotStarted,
        DoesNotCompile,
        BreaksARule,
        WrongResult,
        LostUpdate,
        DataRace,
        Deadlock,
        LostWakeup,
        Livelock,
        Starved,
        NotConcurrent,
        OverLocked,
        SwallowedFailure,
        Leak,
        NotCancelSafe,
        BlocksTheExecutor,
        TooSlow,
        Hangs,
        Panics,
        Exits,
        Crashes,
        Flaky,
        CouldNotJudge,
    ];

    /// The name used in `lesson.toml`, in JSON and on the terminal.
    pub fn as_str(self) -> &'static str {
        match self {
            Pass => "pass",
            NotStarted => "not-started",
            DoesNotCompile => "does-not-compile",
            BreaksARule => "breaks-a-rule",
            WrongResult => "wrong-result",
            LostUpdate => "lost-update",
            DataRace => "data-race",
            Deadlock => "deadlock",
            LostWakeup => "lost-wakeup",
            Livelock => "livelock",
            Starved => "starved",
            NotConcurrent => "not-concurrent",
            OverLocked => "over-locked",
            SwallowedFailure => "swallowed-failure",
            Leak => "leak",
            NotCancelSafe => "not-cancel-safe",
            BlocksTheExecutor => "blocks-the-executor",
            TooSlow => "too-slow",
            Hangs => "hangs",
            Panics => "panics",
            Exits => "exits",
            Crashes => "crashes",
            Flaky => "flaky",
            CouldNotJudge => "could-not-judge",
        }
    }

    /// What the verdict means, in one plain line.
    pub fn meaning(self) -> &'static str {
        match self {
            Pass => "It does what the task asks in everything that was tried.",
            NotStarted => "A `todo!()` is still waiting for your code.",
            DoesNotCompile => "The compiler refuses it; start with its first message.",
            BreaksARule => "It uses something this exercise forbids, or leaves out something it asks for.",
            WrongResult => "It gives a wrong result.",
            LostUpdate => "One thread's change was overwritten by another thread.",
            DataRace => "A thread used memory without waiting for the thread that writes it.",
            Deadlock => "Threads wait for each other, and none of them can go on.",
            LostWakeup => "A thread sleeps on: its wake-up call came too early or woke another thread.",
            Livelock => "Threads are busy for ever and get nowhere.",
            Starved => "A thread never gets its turn.",
            NotConcurrent => "The work runs one piece after another where it should overlap.",
            OverLocked => "A lock is held too long, so others wait although they could go on.",
            SwallowedFailure => "A failure happened and nobody was told.",
            Leak => "Something was left behind: a running thread, a child process or a file.",
            NotCancelSafe => "Dropping a future half-way leaves something broken or lost.",
            BlocksTheExecutor => "A task blocks the thread on which all other tasks should run.",
            TooSlow => "It does much more work than the task needs.",
            Hangs => "It does not come to an end.",
            Panics => "It panicked where it should not.",
            Exits => "It ended the whole program before the judge was done.",
            Crashes => "The whole program was stopped by the system.",
            Flaky => "The same order of steps did not give the same result twice.",
            CouldNotJudge => "The judge could not do its work; this says nothing about the answer.",
        }
    }

    /// What helps against it whatever the exercise, where anything does: for an exercise that has no hint of its own.
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            LostUpdate => {
                "Between the reading and the writing somebody else came. Make the two one step, or keep all others out \
                 from before the first until after the second."
            }
            DataRace => {
                "Something has to order the two: a lock, a join, a message, or a `Release` store that an `Acquire` load \
                 reads."
            }
            Deadlock => {
                "Write down who holds what and who waits for what. Break the circle: take locks in the same order \
                 everywhere, or let go of one before you take the next."
            }
            LostWakeup => {
                "Look at the condition under the lock, in a loop around the wait; change it under the same lock; then \
                 wake all whom the change may concern."
            }
            Livelock => "Who waits should sleep until somebody wakes it, and not look again and again.",
            Starved => "See to it that nobody gets a second turn while another waits for the first.",
            NotConcurrent => {
                "What is waited for as soon as it is started runs alone. Start everything, then wait for it."
            }
            OverLocked => {
                "Hold the lock only while you touch what it protects; what takes long comes before or after."
            }
            SwallowedFailure => {
                "`join`, `send` and `recv` give a `Result`. Look at it, and pass the failure on to the caller."
            }
            Leak => {
                "Whatever was started or opened must be waited for or closed, on every way out, also after an error."
            }
            NotCancelSafe => "A future may be dropped at every `await`. Leave nothing half done across one.",
            BlocksTheExecutor => {
                "Do little between two awaits; what takes long or blocks belongs on a thread of its own."
            }
            TooSlow => "Count what is done for each piece of work, and do it once for many pieces.",
            Hangs => "Which line makes the loop's condition false, and can it still be reached?",
            Panics => {
                "The message names the line. A `Result` or `Option` that can be the bad one needs a look before \
                       `unwrap`."
            }
            Crashes => {
                "A recursion without end overflows the stack, and so does a very large array in a variable."
            }
            Pass | NotStarted | DoesNotCompile | BreaksARule | WrongResult | Exits | Flaky
            | CouldNotJudge => {
                return None;
            }
        })
    }

    /// Whether this is [`Verdict::Pass`].
    pub fn is_pass(self) -> bool {
        self == Pass
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(name: &str) -> Result<Self, UnknownVerdict> {
        Verdict::ALL.into_iter().find(|v| v.as_str() == name).ok_or_else(|| UnknownVerdict(name.to_string()))
    }
}

/// A name that is no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownVerdict(String);

impl fmt::Display for UnknownVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Verdict::ALL.iter().map(|v| v.as_str()).collect();
        write!(f, "`{}` is no verdict; known are {}", self.0.escape_debug(), names.join(", "))
    }
}

impl std::error::Error for UnknownVerdict {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back_and_are_kebab_case() {
        for verdict in Verdict::ALL {
            assert_eq!(verdict.to_string().parse(), Ok(verdict));
            assert!(verdict.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{verdict}");
            assert!(verdict.meaning().ends_with('.'), "{verdict}: a meaning is a sentence");
            assert!(verdict.advice().is_none_or(|a| a.ends_with(['.', '?'])), "{verdict}: so is advice");
        }
    }

    #[test]
    fn every_variant_is_listed_once() {
        let mut names: Vec<&str> = Verdict::ALL.iter().map(|v| v.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CouldNotJudge as usize + 1);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let error = "Deadlock".parse::<Verdict>().unwrap_err().to_string();
        assert!(error.starts_with("`Deadlock` is no verdict; known are pass, not-started,"), "{error}");
    }
}
