//! Something under way, and what must be possible meanwhile: the layer `over-locking`.
use crate::explain::{Finding, Sources};
use crate::rendezvous::Rendezvous;
use crate::say::fail;
use crate::verdict::Verdict;
use interleave::model::Notes;
use interleave::{Act, Blocked, Failure, FailureKind, thread};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// A call that is held where it calls back, and the moment in which something else must be possible.
///
/// In the answer's callback, [`Held::here`] stops the call under way; what is given to [`Held::meanwhile`] runs while it
/// stands there, and then lets it go on. In a check nothing of this takes time: if the answer makes the second one wait
/// for the first, the schedule is a deadlock, which the layer [`Exercise::no_over_locking`] tells as `over-locked`. On
/// real threads it is given up after ten seconds, as with a [`Rendezvous`]. Clones are the same moment.
///
/// [`Exercise::no_over_locking`]: crate::Exercise::no_over_locking
#[derive(Clone, Debug)]
pub struct Held {
    inside: Rendezvous,
    done: Rendezvous,
    /// Whether somebody has been held already: the first call is, and no other.
    entered: Arc<Notes<bool>>,
}

impl Held {
    /// A moment that has not come yet.
    #[track_caller]
    pub fn new() -> Self {
        Held { inside: Rendezvous::new(2), done: Rendezvous::new(2), entered: Arc::new(Notes::new(false)) }
    }

    /// Stops here until [`Held::meanwhile`] is done. Whoever comes second goes straight on.
    ///
    /// # Panics
    /// On real threads, when that takes too long.
    #[track_caller]
    pub fn here(&self) {
        if !self.entered.with(|entered| std::mem::replace(entered, true)) {
            self.inside.meet();
            self.done.meet();
        }
    }

    /// Waits until somebody is held, runs `f`, and lets them go on.
    ///
    /// # Panics
    /// On real threads, when nobody comes.
    #[track_caller]
    pub fn meanwhile<R>(&self, f: impl FnOnce() -> R) -> R {
        self.inside.meet();
        let result = f();
        self.done.meet();
        result
    }

    fn was_entered(&self) -> bool {
        self.entered.with(|entered| *entered)
    }
}

impl Default for Held {
    #[track_caller]
    fn default() -> Self {
        Held::new()
    }
}

/// Runs `a` on a thread of its own until it is held, then `b`, which must be done before `a` goes on. Gives both results.
///
/// ```no_run
/// # mod exercise { pub struct Bank; impl Bank { pub fn new(_: &[i64]) -> Self { Bank }
/// # pub fn transfer(&self, _: usize, _: usize, _: i64, audit: impl FnOnce()) { audit() }
/// # pub fn deposit(&self, _: usize, _: i64) {} } }
/// # judge::Exercise::new("e302_bank", "", "")
/// .no_over_locking("a deposit elsewhere, while a transfer is under way", || {
///     let bank = exercise::Bank::new(&[100, 100, 100]);
///     judge::while_held(|held| bank.transfer(0, 1, 30, || held.here()), || bank.deposit(2, 5));
/// })
/// # ;
/// ```
///
/// # Panics
/// With `wrong-result`, when `a` ends without having been held; and as `a` and `b` do.
#[track_caller]
pub fn while_held<A: Send, B>(a: impl FnOnce(&Held) -> A + Send, b: impl FnOnce() -> B) -> (A, B) {
    let held = Held::new();
    thread::scope(|scope| {
        let under_way = scope.spawn(|| {
            let result = catch_unwind(AssertUnwindSafe(|| a(&held)));
            let missed = !held.was_entered();
            if missed {
                // Whoever waits for it must not wait for ever: the failure is this call's.
                held.here();
            }
            match result {
                Ok(_) if missed => fail(
                    Verdict::WrongResult,
                    "The call that should have been under way came to its end, and never called back.",
                ),
                Ok(result) => result,
                Err(payload) => resume_unwind(payload),
            }
        });
        let b = held.meanwhile(b);
        (under_way.join().unwrap(), b)
    })
}

/// Explains a schedule that stands still because somebody waits for the end of what is held.
pub(crate) fn explain(sources: &Sources, failure: &Failure) -> Option<Finding> {
    let is_held = |b: &Blocked| b.wants == "others";
    let in_answer = |b: &&Blocked| !is_held(b) && sources.in_answer(&b.place.file, b.place.line).is_some();
    let held: Vec<usize> = failure.blocked.iter().filter(|b| is_held(b)).map(|b| b.thread).collect();
    if failure.kind != FailureKind::Deadlock {
        // Somebody asks again and again for what is not given back; nobody else can move.
        let sentence = "One call waits for the end of another, by trying again and again: what it needs is held during \
                        the whole of that one.";
        return Some(Finding::new(Verdict::OverLocked, sentence));
    }
    if held.is_empty() {
        return None;
    }
    let behind = |b: &&Blocked| {
        !is_held(b) && b.wants.ends_with("lock") && b.held_by.iter().any(|holder| held.contains(holder))
    };
    let (verdict, blocked) = match failure.blocked.iter().find(behind) {
        Some(blocked) => (Verdict::OverLocked, blocked),
        None => (Verdict::NotConcurrent, failure.blocked.iter().find(in_answer)?),
    };
    let waits = sources.in_answer(&blocked.place.file, blocked.place.line);
    let who = waits.as_ref().map_or(blocked.name.clone(), |place| format!("line {}", place.line));
    let object = &blocked.object;
    let mut story = failure.story();
    let took = story.steps.iter().rev().find(|step| {
        blocked.held_by.contains(&step.thread) && matches!(&step.act, Act::Takes(taken) if taken == object)
    });
    let took = took.and_then(|step| step.place.as_ref()).and_then(|p| sources.in_answer(&p.file, p.line));
    let holds = match (&took, verdict) {
        (Some(place), _) => format!(", which line {} took and holds meanwhile", place.line),
        (None, Verdict::OverLocked) => ", which the other call holds meanwhile".to_string(),
        (None, _) => String::new(),
    };
    let sentence = format!(
        "Something that should be possible meanwhile has to wait: {who} waits for `{object}`{holds}."
    );
    story.title = match story.title.split_once(':') {
        Some((_, rest)) => format!("Held too long:{rest}"),
        None => "Held too long".to_string(),
    };
    let mut finding = Finding::new(verdict, sentence);
    // Whoever takes the lock is to blame, not whoever waits for it.
    finding.place = took.or(waits);
    finding.story = Some(story);
    Some(finding)
}
