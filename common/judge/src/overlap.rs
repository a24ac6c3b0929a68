//! Why threads that should have met did not: the verdict of a failed `overlap` layer.
use crate::explain::{Finding, Sources};
use crate::rendezvous::never_together;
use crate::verdict::Verdict;
use interleave::{Blocked, Failure};

/// Explains a schedule that stands still because threads wait in a [`crate::Rendezvous`]; `None` if none does.
///
/// When one of the missing threads waits for a lock that a waiting one holds, the lock is held too long. Otherwise
/// the work was never meant to overlap.
pub(crate) fn explain(sources: &Sources, failure: &Failure) -> Option<Finding> {
    let meets = |b: &Blocked| b.wants == "others";
    let waiting = failure.blocked.iter().find(|b| meets(b))?;
    let is_at_work = |thread: usize| failure.blocked.iter().any(|b| b.thread == thread && meets(b));
    let kept_out = |b: &&Blocked| {
        !meets(b) && b.wants.ends_with("lock") && b.held_by.iter().any(|holder| is_at_work(*holder))
    };
    let in_answer = |b: &&Blocked| !meets(b) && sources.in_answer(&b.place.file, b.place.line).is_some();

    let (verdict, culprit) = match failure.blocked.iter().find(kept_out) {
        Some(blocked) => (Verdict::OverLocked, Some(blocked)),
        None => (Verdict::NotConcurrent, failure.blocked.iter().find(in_answer)),
    };
    let place = culprit.and_then(|b| sources.in_answer(&b.place.file, b.place.line));
    let mut sentence = never_together(&waiting.object);
    if let Some(blocked) = culprit {
        let at = place.as_ref().map_or(blocked.name.clone(), |place| format!("line {}", place.line));
        let object = &blocked.object;
        let why = match (verdict, blocked.wants.as_str()) {
            (Verdict::OverLocked, _) => format!("{at} waits for `{object}`, which is held during the work"),
            (_, "end of thread") => {
                format!("{at} waits for `{object}` to end before the next one is at work")
            }
            _ => format!("{at} waits before the next one is at work"),
        };
        sentence = format!("{}: {why}.", sentence.trim_end_matches('.'));
    }
    let mut story = failure.story();
    let what = if verdict == Verdict::OverLocked { "Held too long" } else { "One after another" };
    story.title = match story.title.split_once(':') {
        Some((_, rest)) => format!("{what}:{rest}"),
        None => what.to_string(),
    };
    let mut finding = Finding::new(verdict, sentence);
    finding.place = place;
    finding.story = Some(story);
    Some(finding)
}
