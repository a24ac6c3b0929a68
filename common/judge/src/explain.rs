//! From what went wrong to a verdict with one plain sentence.
use crate::record::{self, Panicked, Said};
use crate::verdict::Verdict;
use crate::{held, overlap, text};
use interleave::{Cause, Failure, FailureKind, Place, Story};
use std::path::Path;

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
    pub fn in_answer(&self, file: &str, line: u32) -> Option<Place> {
        text::same_file(file, &self.answer).then(|| text::place(file, line as usize, &self.text))
    }

    /// Whether `file` is the judge's, or one of the modules beside and below it.
    fn is_judges(&self, file: &str) -> bool {
        let folder = Path::new(&self.judge).parent().map(text::tidy_path).unwrap_or_default();
        let file = text::tidy_path(Path::new(file));
        if folder.as_os_str().is_empty() {
            text::same_file(&self.judge, &file.to_string_lossy())
        } else {
            file.starts_with(folder)
        }
    }

    /// Whether a learner has something to look for in `file`: it is neither the judge's nor of this crate.
    pub(crate) fn concerns_the_answer(&self, file: &str) -> bool {
        text::same_file(file, &self.answer) || !(self.is_judges(file) || is_of_this_crate(file))
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
        return Some(as_said(sources, said));
    }
    message.map(|message| from_panic(sources, message, &record::panics()))
}

/// Explains a panic that came out of a check itself: of code it could not run under its control.
pub(crate) fn explorer_failed(sources: &Sources, message: &str) -> Finding {
    real_failure(sources, None).unwrap_or_else(|| from_panic(sources, message, &record::panics()))
}

/// What a schedule that stands still means: it depends on what the model asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// That it goes well, whatever the schedule.
    NoSchedule,
    /// That threads meet in their work.
    Overlap,
    /// That something is possible while something else is under way.
    NoOverLocking,
}

/// Explains a failing schedule of a model that asks for `asks`.
pub(crate) fn failed_schedule(sources: &Sources, failure: &Failure, asks: Asks) -> Finding {
    let said = match failure.kind {
        FailureKind::Panic => record::said_in(&failure.message).or_else(record::said),
        _ => record::said(),
    };
    let told_in_full =
        said.as_ref().is_some_and(|said| !said.yields_to_cause && said.verdict != Verdict::Leak);
    let mut finding = match said {
        Some(said) if !(said.yields_to_cause && is_explained(failure)) => as_said(sources, said),
        said => {
            let mut finding = by_kind(sources, failure, asks);
            if let Some(said) = said {
                // What came of it, below why it came.
                finding.details =
                    [said.sentence].into_iter().chain(said.details).map(|t| text::clean(&t)).collect();
            }
            if let Some(place) = &finding.place
                && !finding.sentence.contains(&format!("ine {}", place.line))
            {
                finding.sentence += &format!(" Look at line {}.", place.line);
            }
            finding
        }
    };
    // Where nobody was interrupted and the judge tells what is wrong, no update was lost, whatever it looks like.
    let is_wrong_by_itself = told_in_full && is_first(failure) && finding.verdict != Verdict::LostUpdate;
    let excused = |file: &str| !sources.concerns_the_answer(file);
    let told = || failure.story_for(&excused, !is_wrong_by_itself);
    let story = text::tidy_story(finding.story.take().unwrap_or_else(told));
    let is_sequential = is_first(failure)
        && (is_wrong_by_itself || failure.cause == Cause::Unexplained)
        && is_about_a_result(finding.verdict);
    let is_sequential = failure.kind == FailureKind::Panic && is_sequential;
    if is_sequential && !failure.takes_time() {
        // No schedule is to blame, so there is none to show; nor is its last step where to look.
        if finding.verdict != Verdict::NotStarted {
            finding.details.push(
                "It happens even when the threads run one after another, so it is not about timing.".into(),
            );
        }
        return finding;
    }
    if seems_empty(sources, &story) {
        return finding;
    }
    let judged = finding.details.first().unwrap_or(&finding.sentence).clone();
    let unexplained = is_wrong_by_itself || failure.cause == Cause::Unexplained;
    let title = (failure.kind == FailureKind::Panic && unexplained).then_some(finding.verdict);
    let story = for_learners(sources, story, title, &judged);
    // Where a judge says what is wrong in its own words, or it is a matter of time, the last step has nothing to do with it.
    if !told_in_full && !is_sequential {
        finding.place = finding.place.or_else(|| sources.last_step(&story));
    }
    finding.story = (!story.steps.is_empty()).then_some(story);
    finding
}

/// Whether the story is of one thread in the judge's own code: nothing that a learner could learn from.
fn seems_empty(sources: &Sources, story: &Story) -> bool {
    let one_thread = story.steps.iter().all(|s| s.thread == story.steps[0].thread);
    one_thread && sources.last_step(story).is_none()
}

/// The story as it is about the answer: with a title that says what the verdict says, if it has no better one, and
/// without the judge's own lines. `judged` is what the judge found.
fn for_learners(sources: &Sources, mut story: Story, title: Option<Verdict>, judged: &str) -> Story {
    if let Some(verdict) = title {
        let what = text::capitalised(&verdict.to_string().replace('-', " "));
        if let Some((_, found)) = story.title.split_once(':') {
            story.title = format!("{what}:{found}");
        }
    }
    for step in &mut story.steps {
        if step.place.as_ref().is_none_or(|place| sources.concerns_the_answer(&place.file)) {
            continue;
        }
        // Where in the judge says nothing to a learner.
        if let Some(place) = step.place.take() {
            story.because.iter_mut().for_each(|sentence| *sentence = without_place(sentence, &place));
        }
        if step.text == "panics" && !judged.is_empty() {
            // Its assertion: what it found says more.
            step.text = format!("is judged: {}", judged.trim_end_matches('.'));
            story.because.retain(|sentence| !sentence.contains(judged));
        }
    }
    story.home = sources.last_step(&story).map_or_else(|| sources.answer.clone(), |place| place.file);
    story.sources.retain(|e| e.file == story.home || !sources.is_judges(&e.file));
    story.sources.sort_by_key(|e| e.file != story.home);
    story
}

/// A sentence without ` at both/mod.rs:12`, however much of the path it names.
fn without_place(sentence: &str, place: &Place) -> String {
    let parts: Vec<&str> = place.file.rsplit('/').collect();
    let named = (1..=parts.len()).rev().map(|enough| {
        let end: Vec<&str> = parts[..enough].iter().rev().copied().collect();
        format!(" at {}:{}", end.join("/"), place.line)
    });
    let followed_by_a_digit = |rest: &str| rest.starts_with(|next: char| next.is_ascii_digit());
    named.fold(sentence.to_owned(), |sentence, named| match sentence.split_once(&named) {
        Some((before, rest)) if !followed_by_a_digit(rest) => format!("{before}{rest}"),
        _ => sentence,
    })
}

/// A game's story, told as that of a verdict: places of the answer only, by their lines. `judged` is what was found, if
/// anything was.
pub(crate) fn in_a_game(sources: &Sources, story: Story, judged: &str) -> Story {
    for_learners(sources, text::tidy_story(story), None, judged)
}

/// Whether `file` is of this crate, which holds and meets threads for a judge.
fn is_of_this_crate(file: &str) -> bool {
    let mine = Path::new(file!()).parent().map(text::tidy_path).unwrap_or_default();
    !mine.as_os_str().is_empty() && text::tidy_path(Path::new(file)).starts_with(mine)
}

/// Whether the very first schedule failed, the one in which nobody is interrupted.
fn is_first(failure: &Failure) -> bool {
    failure.cost == 0 && failure.executions <= 1
}

fn is_about_a_result(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::WrongResult | Verdict::Panics | Verdict::NotStarted)
}

fn is_explained(failure: &Failure) -> bool {
    failure.kind == FailureKind::Panic && failure.cause != Cause::Unexplained
}

fn as_said(sources: &Sources, said: Said) -> Finding {
    let mut finding = Finding::new(said.verdict, text::clean(&said.sentence));
    finding.place = said.at.and_then(|(file, line)| sources.in_answer(&file, line));
    finding.details = said.details.iter().map(|line| text::clean(line)).collect();
    finding
}

fn by_kind(sources: &Sources, failure: &Failure, asks: Asks) -> Finding {
    let stands_still =
        matches!(failure.kind, FailureKind::Deadlock | FailureKind::Livelock | FailureKind::TooManySteps);
    let by_what_is_asked = match asks {
        Asks::Overlap if stands_still => overlap::explain(sources, failure),
        Asks::NoOverLocking if stands_still => held::explain(sources, failure),
        _ => None,
    };
    if let Some(finding) = by_what_is_asked {
        return finding;
    }
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
        (FailureKind::Deadlock, Cause::LostWakeup) => (
            Verdict::LostWakeup,
            "A thread sleeps and nobody will wake it: its wake-up call came too early, or woke another thread.",
        ),
        (FailureKind::Deadlock, Cause::NeverNotified) => (
            Verdict::LostWakeup,
            "A thread sleeps and nobody will wake it: nobody ever notifies what it waits on.",
        ),
        (FailureKind::Deadlock, Cause::SelfDeadlock) => {
            (Verdict::Deadlock, "A thread waits for a lock that it holds itself.")
        }
        (FailureKind::Deadlock, Cause::LockOrder) => (
            Verdict::Deadlock,
            "Threads take the same locks in different orders, and each waits for a lock that another holds.",
        ),
        (FailureKind::Deadlock, _) => {
            (Verdict::Deadlock, "The threads wait for each other, and none of them can go on.")
        }
        (FailureKind::Starved, _) => {
            (Verdict::Starved, "A thread waits and never gets its turn, while others go on and on.")
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
        (FailureKind::Stuck, _) => (
            Verdict::Hangs,
            "A thread does not come to its next step: it is busy for ever, or waits for something that the judge does \
             not see, such as `stdout().lock()` held over a step, or a file.",
        ),
        (FailureKind::LeftBehind, _) => (
            Verdict::Leak,
            "It has returned, but a thread that it started is still there and waits for ever.",
        ),
        (FailureKind::Vacuous, _) => (
            Verdict::NotConcurrent,
            "Nothing happens at the same time here: one thread does it all, or the threads share nothing.",
        ),
        (FailureKind::NotRepeatable, _) => (
            Verdict::Flaky,
            "The same order of steps went differently the second time: something outside the threads decides, such \
             as a clock, an address, a global variable, or the order of a `HashMap` (a `BTreeMap` or a `Vec` has one).",
        ),
        (FailureKind::Exits, _) => {
            (Verdict::Exits, "It ends the whole program; return, or panic, and let the caller decide.")
        }
        _ => (Verdict::CouldNotJudge, "The explorer found something that this judge does not know."),
    };
    let mut finding = Finding::new(verdict, sentence);
    // Where it waits says more of who never gets its turn than where the others are by now.
    let waits = || failure.blocked.iter().find_map(|b| sources.in_answer(&b.place.file, b.place.line));
    // Who waits for a lock of its own is the one to look at, whoever else waits for it.
    let on_itself = || {
        let mut own = failure.blocked.iter().filter(|b| b.held_by.contains(&b.thread));
        own.find_map(|b| sources.in_answer(&b.place.file, b.place.line))
    };
    finding.place = match failure.kind {
        FailureKind::LeftBehind => waits(),
        FailureKind::Deadlock if failure.cause == Cause::NeverNotified => waits(),
        FailureKind::Stuck => {
            let at = failure.place.as_ref().and_then(|place| sources.in_answer(&place.file, place.line));
            if let (Some(at), Some(thread)) = (&at, &failure.thread) {
                finding.sentence = format!(
                    "{} does not come to its next step after line {}: it is busy for ever, or waits for something that \
                     the judge does not see, such as `stdout().lock()` held over a step, or a file.",
                    text::clean(thread),
                    at.line
                );
            }
            at
        }
        FailureKind::Starved if waits().is_some() => waits(),
        FailureKind::Deadlock if on_itself().is_some() => on_itself(),
        _ => sources.last_step(&text::tidy_story(failure.story())),
    };
    let message = text::clean(failure.message.trim());
    // What the explorer says of a panic is the panic's own message; the rest the sentence says better.
    if failure.kind == FailureKind::Panic && !message.is_empty() {
        finding.details.push(message);
    }
    finding
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
        let verdict = unfinished(message).unwrap_or(Verdict::Panics);
        return Finding::new(verdict, format!("It panicked: {}", text::clean(message)));
    };
    let message = text::clean(&root.message);
    let place = sources.in_answer(&root.file, root.line);
    if let Some(verdict) = unfinished(&root.message) {
        let at = place.as_ref().map(|p| format!(" on line {}", p.line)).unwrap_or_default();
        let sentence = format!("There is still a `todo!()`{at}: your code goes there.");
        let mut finding = Finding::new(verdict, sentence);
        finding.place = place;
        return finding;
    }
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let mut finding = if place.is_none() && sources.is_judges(&root.file) {
        // The judge's own assertion: what the answer gave was not what the task asks for.
        Finding::new(Verdict::WrongResult, first)
    } else {
        let at = place.as_ref().map_or("It".to_string(), |place| format!("Line {}", place.line));
        let thread = match root.thread.as_str() {
            // The explorer's threads all have one name; its story tells them apart.
            "main" | "model" | "" => String::new(),
            name => format!(" in the thread `{}`", text::clean(name)),
        };
        Finding::new(Verdict::Panics, format!("{at} panicked{thread}: {first}"))
    };
    finding.details = lines.map(str::to_string).collect();
    finding.place = place;
    finding
}

fn unfinished(message: &str) -> Option<Verdict> {
    let todo = message.starts_with("not yet implemented") || message.starts_with("not implemented");
    todo.then_some(Verdict::NotStarted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_goes_without_the_judges_place() {
        let at = |line| Place { file: "lessons/3-sync/tests/both/mod.rs".into(), line, code: String::new() };
        let told = "main waits at both/mod.rs:12 for the end of one.";
        assert_eq!(without_place(told, &at(12)), "main waits for the end of one.");
        for other in [1, 2, 120] {
            assert_eq!(without_place(told, &at(other)), told);
        }
    }
}
