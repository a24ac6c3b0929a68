//! A failing schedule as plain data: every name and place resolved, ready to be drawn.

use crate::acts::{self, Act};
use crate::names::{Names, least_parts};
use crate::report::with_separators;
use crate::rounds::{self, Rounds};
use crate::sentences::say;
use crate::trace::{Event, Kind, Trace};
use crate::why::Focus;

/// A schedule, step by step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// What went wrong, in a few words.
    pub title: String,
    /// The file that the story is about: lines of other files are told with the file's name.
    pub home: String,
    /// The names of the threads; a step's `thread` is an index into these.
    pub threads: Vec<String>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// The lines around the steps, file by file, the home file first.
    pub sources: Vec<Excerpt>,
    /// How many steps are not told, because they do not matter here.
    pub left_out: usize,
    /// Why it went wrong, in sentences.
    pub because: Vec<String>,
    /// The token that replays this schedule.
    pub replay: String,
    /// In which run, counted from 1, it was found.
    pub schedule: usize,
    /// How many unlucky moments it took.
    pub cost: usize,
}

/// One thing a thread did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Index into [`Story::threads`].
    pub thread: usize,
    /// What it did.
    pub text: String,
    /// Where, if the step has a place of its own.
    pub place: Option<Place>,
    /// Whether this step is part of what went wrong.
    pub bad: bool,
    /// Whether the thread before could have gone on, and was interrupted.
    pub switched: bool,
    /// What it means for who holds what and who waits.
    pub act: Act,
    /// Index into [`Story::steps`] of the earlier step that made this one possible: the notification that woke it,
    /// the message's sender, whoever gave back the lock it waited for.
    pub from: Option<usize>,
}

/// Some lines of a source file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The file, as in [`Place::file`].
    pub file: String,
    /// The number of the first line, counted from 1.
    pub first_line: u32,
    /// The lines, as they are.
    pub lines: Vec<String>,
}

/// A line of source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, as the compiler was given it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The text of that line, trimmed; empty when it could not be read.
    pub code: String,
}

/// `e104_visits.rs:31`, `both/mod.rs:12`
impl ::std::fmt::Display for Place {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        let parts: Vec<&str> = self.file.rsplit('/').collect();
        let end: Vec<&str> = parts[..least_parts(&parts)].iter().rev().copied().collect();
        write!(f, "{}:{}", end.join("/"), self.line)
    }
}

/// A story longer than this is told without the steps that do not matter.
const SHORT: usize = 9;

/// Tells a trace. The steps that do not matter are left out, if there are many.
pub(crate) fn tell(trace: &Trace, names: &Names, focus: &Focus) -> Story {
    let worth = |e: &Event| {
        !matches!(
            e.kind,
            Kind::Start | Kind::Exit | Kind::DropReceiver | Kind::Meet | Kind::Switch | Kind::Woken
        )
    };
    let all: Vec<usize> = (0..trace.events.len()).filter(|i| worth(&trace.events[*i])).collect();
    let mut told = all.clone();
    if told.len() > SHORT && !focus.is_empty() {
        told.retain(|i| focus.has(*i, &trace.events[*i]));
    }
    if told.len() > SHORT && !focus.whole {
        // Starting and ending threads is the part of a story that everybody knows.
        let plain = |e: &Event| matches!(e.kind, Kind::Spawn | Kind::Join | Kind::DropSender);
        told.retain(|i| !plain(&trace.events[*i]) || focus.has(*i, &trace.events[*i]));
    }
    let mut rounds = Vec::new();
    if focus.longest.is_some() {
        acts::complete(trace, &mut told);
        told.retain(|i| focus.since.is_none_or(|since| *i >= since));
        (told, rounds) = rounds::fold(&told, |i| {
            let e = &trace.events[i];
            (e.thread, e.kind, e.object, ::std::ptr::from_ref(e.loc), focus.is_bad(i, e))
        });
    }
    if let Some(longest) = focus.longest
        && told.len() > longest
    {
        // Without rounds that are alike, a loop without end shows in its last ones.
        let last = told.split_off(told.len() - longest);
        told.retain(|i| focus.also.contains(i));
        told.extend(last);
    }
    rounds.retain(|round: &Rounds| told.first().is_some_and(|first| *first < round.last));
    acts::complete(trace, &mut told);
    told.retain(|i| focus.since.is_none_or(|since| *i >= since));
    let causes = acts::causes(trace, &told);
    let mut steps = Vec::with_capacity(told.len());
    let mut previous = 0;
    // The steps told for the events told.
    let mut told_as = Vec::with_capacity(told.len());
    let mut again = rounds.iter().peekable();
    for (index, from) in told.iter().zip(causes) {
        if let Some(rounds) = again.next_if(|rounds| rounds.last < *index) {
            steps.push(and_so_on(rounds, trace));
            previous = rounds.last;
        }
        told_as.push(steps.len());
        let event = &trace.events[*index];
        let switched = trace.events[previous..*index].iter().any(|e| e.kind == Kind::Switch);
        previous = *index;
        let place = match &focus.failing_place {
            Some((file, line)) if event.kind == Kind::Panic => Some(names.place_of(file, *line)),
            // A guard's drop has no place of its own.
            _ if matches!(event.kind, Kind::Unlock | Kind::ReadUnlock | Kind::WriteUnlock) => None,
            // Where in the standard library an iterator asks for its next item helps nobody.
            _ if event.loc.file().starts_with("/rustc/") => None,
            _ => Some(names.place(event.loc)),
        };
        steps.push(Step {
            thread: event.thread,
            text: say(event, trace, names),
            place,
            bad: focus.is_bad(*index, event),
            switched,
            act: acts::act(event, names),
            from: from.map(|from| told_as[from]),
        });
    }
    steps.extend(again.map(|rounds| and_so_on(rounds, trace)));
    let folded: usize = rounds.iter().map(|rounds| rounds.steps).sum();
    let home = most_frequent_file(&steps);
    Story {
        sources: excerpts(&steps, &home, names),
        home,
        threads: names.threads().to_vec(),
        // Of the rounds left out, the half of a lock that somebody must see may be told after all.
        left_out: all.len().saturating_sub(told.len() + folded),
        steps,
        ..Story::default()
    }
}

/// Stands for rounds like the ones before it.
fn and_so_on(rounds: &Rounds, trace: &Trace) -> Step {
    let times = with_separators(rounds.times);
    Step {
        thread: trace.events[rounds.last].thread,
        text: format!("and so on, {times} times"),
        ..Step::default()
    }
}

fn most_frequent_file(steps: &[Step]) -> String {
    let mut files: Vec<(&str, usize)> = Vec::new();
    for place in steps.iter().filter_map(|s| s.place.as_ref()) {
        match files.iter_mut().find(|(file, _)| *file == place.file) {
            Some((_, count)) => *count += 1,
            None => files.push((&place.file, 1)),
        }
    }
    // The first of the most frequent ones.
    let most = files.iter().map(|(_, count)| *count).max();
    let file = files.iter().find(|(_, count)| Some(*count) == most);
    file.map(|(file, _)| (*file).into()).unwrap_or_default()
}

/// How many lines are shown before and after a step's line.
const AROUND: usize = 3;
/// How far above a step's line the head of its function is looked for.
const HEAD: usize = 12;

/// The lines around the steps. Lines far apart in one file are excerpts of their own.
fn excerpts(steps: &[Step], home: &str, names: &Names) -> Vec<Excerpt> {
    let mut places: Vec<(&str, usize)> =
        steps.iter().filter_map(|s| s.place.as_ref()).map(|p| (p.file.as_str(), p.line as usize)).collect();
    places.sort_unstable_by_key(|(file, line)| (*file != home, *file, *line));
    places.dedup();
    let mut out: Vec<Excerpt> = Vec::new();
    for same_file in places.chunk_by(|a, b| a.0 == b.0) {
        let lines = names.lines(same_file[0].0);
        // First and last line, counted from 0, the last not included.
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (_, line) in same_file.iter().filter(|(_, line)| (1..=lines.len()).contains(line)) {
            let at = line - 1;
            let head = (at.saturating_sub(HEAD)..=at).rev().find(|i| lines.get(*i).is_some_and(is_head));
            let from = head.unwrap_or(at.saturating_sub(AROUND));
            // Not beyond the end of the function.
            let is_end = |i: &usize| lines.get(*i).is_some_and(|line| line.trim_end() == "}");
            let end = (at..lines.len()).take(AROUND + 1).find(is_end);
            let to = end.map_or((line + AROUND).min(lines.len()), |end| end + 1);
            match spans.last_mut() {
                Some(last) if from <= last.1 + AROUND => last.1 = last.1.max(to),
                _ => spans.push((from, to)),
            }
        }
        for (from, to) in spans {
            let filled = |i: &usize| lines.get(*i).is_some_and(|line| !line.trim().is_empty());
            let Some(first) = (from..to).find(filled) else { continue };
            let last = (from..to).rfind(filled).unwrap_or(first);
            out.push(Excerpt {
                file: same_file[0].0.into(),
                first_line: first as u32 + 1,
                lines: lines.within(first..last + 1).map(Into::into).collect(),
            });
        }
    }
    out
}

/// Whether a line looks like the head of a function.
pub(crate) fn is_head(line: &str) -> bool {
    line.trim_start().split(['(', '<']).next().is_some_and(|start| start.split(' ').any(|word| word == "fn"))
}

impl Story {
    /// The schedule as a picture in SVG: a lane per thread, time downwards. It stands alone.
    pub fn svg(&self) -> String {
        crate::svg::alone(self)
    }

    /// The schedule as one page of HTML to step through, beside the source. It needs nothing from any network.
    pub fn html(&self) -> String {
        crate::html::page(self)
    }

    /// A step's line, with the file's name where that is not the one the story is about.
    pub(crate) fn whereabouts(&self, step: &Step) -> String {
        match &step.place {
            None => String::new(),
            Some(place) if place.file == self.home => format!(":{}", place.line),
            Some(place) => place.to_string(),
        }
    }

    /// The schedule as a timeline for a terminal `width` columns wide: a lane per thread, time downwards.
    pub fn terminal(&self, width: usize, colour: bool) -> String {
        crate::timeline::draw(self, width, colour)
    }
}
