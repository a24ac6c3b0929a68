//! Why threads that should have met did not: the verdict of a failed `overlap` layer.
use crate::explain::{Finding, Sources};
use crate::record::Meetings;
use crate::rendezvous::never_together;
use crate::verdict::Verdict;
use interleave::{Blocked, Failure, Story};

/// Explains a schedule that stands still because threads wait in a [`crate::Rendezvous`]; `None` if none does.
///
/// When one of the missing threads waits for a lock that a waiting one holds, the lock is held too long. Otherwise
/// the work was never meant to overlap.
pub(crate) fn explain(sources: &Sources, failure: &Failure, meetings: &Meetings) -> Option<Finding> {
    let (wanted, arrived) = meetings.waiting?;
    let meets = |b: &Blocked| meetings.places.contains(&(b.place.file.clone(), b.place.line));
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
    let mut sentence = never_together(wanted, arrived);
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
    retell(&mut story, verdict, failure, meetings);
    let mut finding = Finding::new(verdict, sentence);
    finding.place = place;
    finding.story = Some(story);
    Some(finding)
}

/// Tells the story without the insides of the meeting point, which are none of the answer's.
fn retell(story: &mut Story, verdict: Verdict, failure: &Failure, meetings: &Meetings) {
    let what = if verdict == Verdict::OverLocked { "Held too long" } else { "One after another" };
    story.title = match story.title.split_once(':') {
        Some((_, rest)) => format!("{what}:{rest}"),
        None => what.to_string(),
    };
    let at_meeting = |place: &Option<interleave::Place>| {
        place.as_ref().is_some_and(|p| meetings.places.contains(&(p.file.clone(), p.line)))
    };
    story.steps.retain(|step| !at_meeting(&step.place) || step.text.starts_with("waits"));
    for step in story.steps.iter_mut().filter(|step| at_meeting(&step.place)) {
        step.text = "is at work, waits for the others".to_string();
    }
    let who = |blocked: &Blocked| {
        let Blocked { name, wants, object, place, .. } = blocked;
        if at_meeting(&Some(place.clone())) {
            return format!("{name} is at work and waits there for the others.");
        }
        let held_by: Vec<&str> = blocked
            .held_by
            .iter()
            .filter_map(|holder| failure.blocked.iter().find(|b| b.thread == *holder))
            .map(|b| b.name.as_str())
            .collect();
        let by =
            if held_by.is_empty() { String::new() } else { format!(", held by {}", held_by.join(" and ")) };
        match wants.as_str() {
            "end of thread" => format!("{name} waits at {place} for the end of {object}."),
            lock if lock.ends_with("lock") => format!("{name} waits at {place} for {object}{by}."),
            wants => format!("{name} waits at {place} for a {wants}."),
        }
    };
    if !failure.blocked.is_empty() {
        story.because = failure.blocked.iter().map(who).collect();
    }
}
