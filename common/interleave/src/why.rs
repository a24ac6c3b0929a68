//! Why a schedule failed: the pattern in its trace, in sentences.

mod deadlock;
mod overwritten;
mod race;
mod slept_through;

use crate::engine::FailureNote;
use crate::failure::{Blocked, FailureKind};
use crate::names::Names;
use crate::trace::{Event, Kind, NONE, Trace};

/// What a failing schedule shows as its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// A change was overwritten by a thread that had read before it.
    LostUpdate,
    /// A lock was let go between looking and acting, and the data changed in between.
    CheckThenAct,
    /// A load that nothing orders after the store it needed.
    StaleRead,
    /// A notification that came too early, or went to the wrong waiter.
    LostWakeup,
    /// A wait for a notification that nobody ever sends.
    NeverNotified,
    /// The result was looked at before a thread had ended.
    NotJoined,
    /// Locks taken in a circle.
    LockOrder,
    /// A thread that waits for a lock it holds.
    SelfDeadlock,
    /// None of these.
    Unexplained,
}

/// Which steps of a trace matter.
#[derive(Debug, Default)]
pub(crate) struct Focus {
    objects: Vec<u32>,
    /// The first and last event of what happened to the objects.
    window: Option<(usize, usize)>,
    /// Events that are part of what went wrong.
    bad: Vec<usize>,
    /// Events that matter whatever their object.
    pub(crate) also: Vec<usize>,
    /// Events of these kinds matter, too.
    kinds: Option<fn(&Event) -> bool>,
    /// Nothing that came before this event is told.
    pub(crate) since: Option<usize>,
    /// No more steps than these, the last ones, are told, and of rounds that are alike only two.
    pub(crate) longest: Option<usize>,
    /// The file and line of the panic.
    pub(crate) failing_place: Option<(String, u32)>,
    /// Every step is told, even those that everybody knows.
    pub(crate) whole: bool,
}

impl Focus {
    /// Everything that happened.
    pub(crate) fn whole() -> Self {
        Focus { whole: true, ..Focus::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.bad.is_empty() && self.kinds.is_none()
    }

    pub(crate) fn has(&self, index: usize, event: &Event) -> bool {
        let about_thread = matches!(event.kind, Kind::Spawn | Kind::Join | Kind::WantJoin | Kind::Unpark);
        let about_object = !about_thread && event.object != NONE && self.objects.contains(&event.object);
        let in_window = self.window.is_none_or(|(first, last)| (first..=last).contains(&index));
        let of_kind = self.kinds.is_some_and(|matters| matters(event));
        self.is_bad(index, event) || self.also.contains(&index) || of_kind || (about_object && in_window)
    }

    pub(crate) fn is_bad(&self, index: usize, event: &Event) -> bool {
        let always = matches!(
            event.kind,
            Kind::Panic
                | Kind::StaleLoad
                | Kind::SpuriousWake
                | Kind::TimedOut
                | Kind::ExitProcess
                | Kind::Stuck
        );
        always || self.bad.contains(&index)
    }
}

/// More steps than this nobody reads.
const LONGEST: usize = 40;
/// Of threads that go on and on while another one waits, so many steps are enough.
const LAST_ROUNDS: usize = 20;

/// What a trace tells about its failure.
pub(crate) struct Told {
    pub(crate) cause: Cause,
    pub(crate) because: Vec<String>,
    pub(crate) blocked: Vec<Blocked>,
    pub(crate) focus: Focus,
}

/// How a failure is told.
#[derive(Clone, Copy)]
pub(crate) struct Telling<'a> {
    /// Whether a change that was overwritten is looked for.
    pub(crate) overwritten: bool,
    /// The files whose sleeps and time-outs are nobody's mistake.
    pub(crate) excused: &'a dyn Fn(&str) -> bool,
}

pub(crate) fn explain(note: &FailureNote, trace: &Trace, names: &Names, telling: Telling<'_>) -> Told {
    let mut told = Told {
        cause: Cause::Unexplained,
        because: Vec::new(),
        blocked: Vec::new(),
        focus: Focus { failing_place: note.place.clone(), longest: Some(LONGEST), ..Focus::default() },
    };
    match note.kind {
        FailureKind::Deadlock | FailureKind::LeftBehind => deadlock::explain(note, trace, names, &mut told),
        FailureKind::Panic => {
            told.because.push(panic_sentence(note, names));
            let overwritten = telling.overwritten && overwritten::explain(trace, names, &mut told);
            if !overwritten && !woken_for_no_reason(trace, &mut told.focus) {
                stale_or_not_joined(note, trace, names, &mut told);
                if told.cause == Cause::Unexplained {
                    time_goes_by(trace, &mut told.focus);
                }
            }
        }
        FailureKind::DataRace => race::explain(note, trace, names, &mut told),
        FailureKind::Starved if !note.waiting.is_empty() => passed_over(note, trace, names, &mut told),
        _ => told.because.push(note.message.clone()),
    }
    if !matches!(told.cause, Cause::LostUpdate | Cause::CheckThenAct) {
        bad_luck(trace, names, telling, &mut told);
    }
    told.because.extend(note.earlier.iter().cloned());
    told
}

/// Who waits all the time, and who goes on all the time. The story begins with the wait and ends with the last rounds.
fn passed_over(note: &FailureNote, trace: &Trace, names: &Names, told: &mut Told) {
    for waiting in &note.waiting {
        let since = trace.events.iter().rposition(|e| e.thread == waiting.thread).unwrap_or(0);
        let goes_on = |t: &usize| trace.events[since + 1..].iter().any(|e| e.thread == *t);
        let others: Vec<&str> =
            (0..names.threads().len()).filter(goes_on).map(|thread| names.thread(thread)).collect();
        told.because.push(deadlock::sentence(waiting, trace, names));
        told.because.push(format!("Since then {} went on and on, and would for ever.", others.join(" and ")));
        told.blocked.push(deadlock::blocked(waiting, names));
        told.focus.also.push(since);
        told.focus.since = Some(told.focus.since.map_or(since, |first| first.min(since)));
    }
    told.focus.longest = Some(LAST_ROUNDS);
}

fn panic_sentence(note: &FailureNote, names: &Names) -> String {
    let who = note.thread.map_or("a thread", |t| names.thread(t));
    // An assertion that failed says "assertion `left == right` failed: what\n  left: 1\n right: 2".
    let message = note.message.split_whitespace().collect::<Vec<_>>().join(" ");
    match &note.place {
        Some((file, line)) => format!("{who} panicked at {}: {message}", names.at_line(file, *line)),
        None => format!("{who} panicked: {message}"),
    }
}

fn stale_or_not_joined(note: &FailureNote, trace: &Trace, names: &Names, told: &mut Told) {
    if trace.events.iter().any(|e| e.kind == Kind::StaleLoad) {
        told.cause = Cause::StaleRead;
        return;
    }
    let running: Vec<&str> = note.unfinished.iter().filter(|t| **t != 0).map(|t| names.thread(*t)).collect();
    if note.thread == Some(0) && !running.is_empty() {
        told.cause = Cause::NotJoined;
        let (have, it) = if running.len() == 1 { ("has", "it") } else { ("have", "them") };
        told.because.push(format!(
            "{} {have} not ended at that moment: nothing waited for {it}.",
            running.join(" and ")
        ));
    }
}

/// When a wake-up for no reason is all the bad luck there was, it is what the story is about: the wait, the wake-up, and
/// what the thread did next under its lock. Else `false`.
fn woken_for_no_reason(trace: &Trace, focus: &mut Focus) -> bool {
    let events = &trace.events;
    let is_luck = |e: &Event| {
        matches!(e.kind, Kind::SpuriousWake | Kind::Switch | Kind::StaleLoad | Kind::TimedOut | Kind::Sleep)
    };
    let mut luck = events.iter().enumerate().filter(|(_, e)| is_luck(e));
    let (Some((wake, event)), None) = (luck.next(), luck.next()) else { return false };
    let mine = |e: &Event| e.thread == event.thread;
    let wait = events[..wake].iter().rposition(|e| mine(e) && e.kind == Kind::Wait);
    let (Some(wait), Kind::SpuriousWake) = (wait, event.kind) else { return false };
    let mutex = events[wait].value as u32;
    let lets_go = |e: &Event| {
        mine(e)
            && (e.kind == Kind::Unlock && e.object == mutex
                || e.kind == Kind::Wait && e.value as u32 == mutex)
    };
    let end = (wake..events.len()).find(|i| lets_go(&events[*i])).unwrap_or(wake);
    focus.objects = vec![event.object, mutex];
    focus.window = Some((wait, end));
    true
}

/// Of a long schedule in which time goes by, who waited, until when, and who told whom is what matters.
fn time_goes_by(trace: &Trace, focus: &mut Focus) {
    let passes = |e: &Event| matches!(e.kind, Kind::Sleep | Kind::TimedOut);
    let tells = |e: &Event| {
        e.kind == Kind::Unlock && e.value == 1
            || matches!(
                e.kind,
                Kind::Sleep
                    | Kind::TimedOut
                    | Kind::Wait
                    | Kind::Wake
                    | Kind::NotifyOne
                    | Kind::NotifyAll
                    | Kind::Parked
                    | Kind::Unpark
                    | Kind::Send
                    | Kind::Recv
                    | Kind::Store
                    | Kind::Update
            )
    };
    if trace.events.iter().any(passes) {
        focus.kinds = Some(tells);
    }
}

/// What else happened that ordinary runs seldom show, and what it means.
fn bad_luck(trace: &Trace, names: &Names, telling: Telling<'_>, told: &mut Told) {
    for (index, event) in trace.events.iter().enumerate() {
        let who = names.thread(event.thread);
        let at = names.at(event.loc);
        let excused = (telling.excused)(event.loc.file());
        let sentence = match event.kind {
            Kind::SpuriousWake => format!(
                "{who} woke at {at} without a reason. That is allowed: look at the condition again, in a loop."
            ),
            Kind::TimedOut | Kind::Sleep if excused => continue,
            Kind::TimedOut => match slept_through::explain(trace, names, index) {
                Some(sentence) => sentence,
                None => format!("{who}'s time was up at {at}. That says nothing about the condition."),
            },
            Kind::Sleep => format!(
                "{who} slept at {at}. Sleeping gives the others time; it is no promise that they used it."
            ),
            Kind::StaleLoad => format!(
                "{who} read an old value of {} at {at}: nothing orders that load after the newer store. A \
                 release store, and an acquire load that sees it, would.",
                names.object(event.object)
            ),
            _ => continue,
        };
        // What happens in every round of a loop is said once.
        if !told.because.contains(&sentence) {
            told.because.push(sentence);
        }
    }
}
