//! From what went wrong to a verdict with one plain sentence.
use crate::record::{self, Meetings, Panicked, Said};
use crate::rendezvous::never_together;
use crate::text;
use crate::verdict::Verdict;
use interleave::{Cause, Failure, FailureKind, Place, Story};

/// What a failed layer found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    pub verdict: Verdict,
    pub sentence: String,
    pub details: Vec<String>,
    pub place: Option<Place>,
    pub story: Option<Story>,
}

impl Finding {
    /// A finding that says only this much.
    pub fn new(verdict: Verdict, sentence: impl Into<String>) -> Self {
        Finding { verdict, sentence: sentence.into(), details: Vec::new(), place: None, story: None }
    }
}

/// The files a failure may point into.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    /// The answer's file, and its text.
    pub answer: String,
    pub text: String,
    /// The file of the judge of this exercise.
    pub judge: String,
}

impl Sources {
    /// The place in the answer, if `file` is the answer's.
    fn in_answer(&self, file: &str, line: u32) -> Option<Place> {
        text::same_file(file, &self.answer).then(|| text::place(file, line as usize, &self.text))
    }

    /// The last step of the story that lies in the answer.
    fn last_step(&self, story: &Story) -> Option<Place> {
        let mut places = story.steps.iter().rev().filter_map(|step| step.place.as_ref());
        places.find(|place| text::same_file(&place.file, &self.answer)).cloned()
    }
}

/// Explains why real threads, or code without any, failed: `message` is the panic that came out, if one did.
pub(crate) fn real_failure(sources: &Sources, message: Option<&str>) -> Option<Finding> {
    if let Some(said) = record::said() {
        return Some(as_said(said));
    }
    message.map(|message| from_panic(sources, message, &record::panics()))
}

/// Explains a panic that came out of a check itself: of code it could not run under its control.
pub(crate) fn explorer_failed(sources: &Sources, message: &str) -> Finding {
    real_failure(sources, None).unwrap_or_else(|| from_panic(sources, message, &record::panics()))
}

/// Explains a failing schedule.
pub(crate) fn failed_schedule(sources: &Sources, failure: &Failure, overlap: bool) -> Finding {
    let story = text::tidy_story(failure.story());
    let place = sources.last_step(&story);
    let said = if failure.kind == FailureKind::Panic {
        record::said_in(&failure.message).or_else(record::said)
    } else {
        record::said()
    };
    let mut finding = match said {
        Some(said) if !(said.yields_to_cause && is_explained(failure)) => as_said(said),
        said => {
            let mut finding = by_kind(sources, failure, place.as_ref(), overlap);
            finding.details.extend(said.into_iter().flat_map(|said| said.details));
            finding
        }
    };
    finding.place = finding.place.or(place);
    finding.story = Some(story);
    if failure.kind == FailureKind::Panic && is_sequential(failure) {
        finding.details.push("It happens even when the threads run one after another.".into());
        finding.story = None;
    }
    finding
}

/// Whether the very first schedule failed, the one in which nobody is interrupted, for no reason of concurrency.
fn is_sequential(failure: &Failure) -> bool {
    failure.cost == 0 && failure.executions <= 1 && failure.cause == Cause::Unexplained
}

fn is_explained(failure: &Failure) -> bool {
    failure.kind == FailureKind::Panic && failure.cause != Cause::Unexplained
}

fn as_said(said: Said) -> Finding {
    let details = said.details.iter().map(|line| text::clean(line)).collect();
    Finding {
        verdict: said.verdict,
        sentence: text::clean(&said.sentence),
        details,
        place: None,
        story: None,
    }
}

fn by_kind(sources: &Sources, failure: &Failure, place: Option<&Place>, overlap: bool) -> Finding {
    let line = place.map(|place| format!(" Look at line {}.", place.line)).unwrap_or_default();
    let (verdict, sentence) = match (failure.kind, failure.cause) {
        (FailureKind::Panic, Cause::LostUpdate) => {
            (Verdict::LostUpdate, "One thread overwrote what another had just written.")
        }
        (FailureKind::Panic, Cause::CheckThenAct) => (
            Verdict::LostUpdate,
            "Between looking at a value and acting on it, another thread changed that value.",
        ),
        (FailureKind::Panic, Cause::StaleRead) => (
            Verdict::DataRace,
            "A thread read an old value, because nothing made it wait for the new one to be visible.",
        ),
        (FailureKind::Panic, Cause::NotJoined) => {
            (Verdict::WrongResult, "The result was used before a thread that works on it had ended.")
        }
        (FailureKind::Panic, _) => return from_panic(sources, &failure.message, &record::panics()),
        (FailureKind::Deadlock, cause) => {
            let meetings = record::meetings();
            if overlap && let Some((wanted, arrived)) = meetings.waiting {
                return not_together(sources, failure, &meetings, wanted, arrived);
            }
            match cause {
                Cause::LostWakeup => (
                    Verdict::LostWakeup,
                    "A thread sleeps and nobody will wake it: its wake-up call came too early, or woke another thread.",
                ),
                Cause::SelfDeadlock => (Verdict::Deadlock, "A thread waits for a lock that it holds itself."),
                Cause::LockOrder => (
                    Verdict::Deadlock,
                    "Two threads take the same locks in opposite orders, and each waits for the other's.",
                ),
                _ => (Verdict::Deadlock, "The threads wait for each other, and none of them can go on."),
            }
        }
        (FailureKind::Livelock, _) => {
            (Verdict::Livelock, "A thread goes round and round, waiting for something nobody will change.")
        }
        (FailureKind::DataRace, _) => (
            Verdict::DataRace,
            "Two threads use the same memory at the same time, and one of them writes to it.",
        ),
        (FailureKind::TooManySteps, _) => {
            (Verdict::Hangs, "It does not come to an end: a loop goes on and on.")
        }
        (FailureKind::Stuck, _) => {
            (Verdict::Hangs, "A thread is busy for ever without doing anything another thread could see.")
        }
        (FailureKind::LeftBehind, _) => {
            (Verdict::Leak, "It has returned, but a thread it started is still running.")
        }
        (FailureKind::Vacuous, _) => (
            Verdict::NotConcurrent,
            "Nothing happens at the same time here: one thread does it all, or the threads share nothing.",
        ),
        (FailureKind::NotRepeatable, _) => (
            Verdict::Flaky,
            "The same order of steps went differently the second time: something outside the threads decides, such \
             as a clock, an address or a global variable.",
        ),
    };
    let mut details = Vec::new();
    let message = text::clean(failure.message.trim());
    // A message of several lines is the explorer's own telling of what the story shows better.
    if !message.is_empty() && !sentence.contains(&message) {
        details.push(message);
    }
    Finding { verdict, sentence: format!("{sentence}{line}"), details, place: None, story: None }
}

/// A deadlock while some threads wait for the others to come.
fn not_together(
    sources: &Sources,
    _failure: &Failure,
    _meetings: &Meetings,
    wanted: usize,
    arrived: usize,
) -> Finding {
    let _ = sources;
    Finding {
        verdict: Verdict::NotConcurrent,
        sentence: never_together(wanted, arrived),
        details: Vec::new(),
        place: None,
        story: None,
    }
}

/// Messages of panics that only pass on what happened in another thread.
const PASSED_ON: [&str; 4] =
    ["Any { .. }", "a scoped thread panicked", "PoisonError", "joined thread panicked"];

/// A panic that nobody handled.
fn from_panic(sources: &Sources, message: &str, panics: &[Panicked]) -> Finding {
    let last = panics.iter().rev().find(|p| message.contains(&p.message)).or(panics.last());
    let second_hand = PASSED_ON.iter().any(|words| message.contains(words));
    let root = if second_hand { panics.first().or(last) } else { last };
    let Some(root) = root else {
        return Finding {
            verdict: unfinished(message).unwrap_or(Verdict::Panics),
            sentence: format!("It panicked: {}", text::clean(message)),
            details: Vec::new(),
            place: None,
            story: None,
        };
    };
    let message = text::clean(&root.message);
    let place = sources.in_answer(&root.file, root.line);
    if let Some(verdict) = unfinished(&root.message) {
        let at = place.as_ref().map(|p| format!(" in line {}", p.line)).unwrap_or_default();
        let sentence = format!("There is still a `todo!()`{at}: your code goes there.");
        return Finding { verdict, sentence, details: Vec::new(), place, story: None };
    }
    if text::same_file(&root.file, &sources.judge) {
        // The judge's own assertion: what the answer gave was not what the task asks for.
        let details = message.lines().skip(1).map(str::to_string).collect();
        let sentence = message.lines().next().unwrap_or_default().to_string();
        return Finding { verdict: Verdict::WrongResult, sentence, details, place, story: None };
    }
    let first = message.lines().next().unwrap_or_default();
    let at = place.as_ref().map(|p| format!("Line {}", p.line)).unwrap_or("It".into());
    let thread =
        if root.thread == "main" { String::new() } else { format!(" in the thread `{}`", root.thread) };
    let details = message.lines().skip(1).map(str::to_string).collect();
    Finding {
        verdict: Verdict::Panics,
        sentence: format!("{at} panicked{thread}: {first}"),
        details,
        place,
        story: None,
    }
}

fn unfinished(message: &str) -> Option<Verdict> {
    let todo = message.starts_with("not yet implemented") || message.starts_with("not implemented");
    todo.then_some(Verdict::NotStarted)
}
