//! What a learner is told of a step: where it is on the way, what to read and to write, what helps after a failure.
use crate::files;
use crate::last::Last;
use crate::lessons::{Course, Demo, Exercise, Lesson, number};
use crate::path::{self, Next};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style, bar, count, harmless, visible};
use crate::workspace::Workspace;
use judge::{Judgement, Verdict};

/// So many steps that the lesson before has left are named.
const MOST_LEFT: usize = 3;

/// After so many equal failures in a row the next hint is offered.
const OFFER_AFTER: usize = 3;

/// Two lines: the lesson with its bar, the course with its own.
pub fn whereabouts(course: &Course, next: &Next, progress: &Progress, screen: &Screen) -> String {
    let lesson = next.lesson;
    let head = screen.paint(Style::Strong, &format!("Lesson {}, {}", lesson.number, lesson.title));
    let rows = [
        (
            format!("{head}: step {} of {}", next.step, lesson.steps.len()),
            path::done(lesson.exercises(), progress),
        ),
        (
            "The whole course".to_owned(),
            path::done(course.exercises().map(|(_, exercise)| exercise), progress),
        ),
    ];
    let widest = rows.iter().map(|(what, _)| visible(what)).max().unwrap_or(0);
    let mut out = String::new();
    for (what, (done, all)) in rows {
        let filled = screen.paint(Style::Good, &bar(done, all, 20));
        let sum = format!("{filled} {done} of {} done", count(all, "exercise"));
        // Where one line is too narrow, the bar stands alone.
        let wide = widest + 3 + visible(&sum) > screen.width;
        let gap = if wide { "\n".to_owned() } else { " ".repeat(widest - visible(&what) + 3) };
        out += &format!("{what}{gap}{sum}\n");
    }
    screen.fitted(&out)
}

/// `e101_spawn_join: A thread for every visitor (build, about 10 min)`
pub fn title(exercise: &Exercise, screen: &Screen) -> String {
    let title = screen.paint(Style::Strong, &format!("{}: {}", exercise.id, exercise.title));
    screen.wrapped(&format!("{title} ({}, about {} min)", exercise.kind.word(), exercise.minutes), 0)
}

/// What a learner does to have something done: type a command, or press a key in watch mode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    Command,
    Key,
}

/// What to run, read, predict and edit for an exercise.
pub fn instructions(
    workspace: &Workspace,
    next: &Next,
    found: &Judgement,
    by: By,
    screen: &Screen,
) -> String {
    let exercise = next.exercise;
    let mut out = String::new();
    let at = match &found.place {
        Some(place) => {
            let said = "It is not started, so it is red: this is how every exercise begins. Write what is missing \
                        where the `todo!` stands.";
            out += &screen.wrapped(said, 0);
            format!("{}:{}", place.file, place.line)
        }
        None => {
            // Not simply untouched: what is there is worth a word.
            out += &screen.wrapped("It is not started.", 0);
            out += &screen.wrapped(&harmless(&found.sentence), 2);
            workspace.short(&next.lesson.answer(&exercise.id))
        }
    };
    out.push('\n');
    let name = |text: &str| screen.paint(Style::Name, &text.replace(' ', "\u{a0}"));
    let mut row = |what: &str, text: String| {
        let text = screen.wrapped(&text, 10);
        out += &format!("  {what:<7} {}", text.trim_start());
    };
    let to_run = to_run(next);
    // Who ran all by cargo itself has them all left.
    let kept_back = next.left.len().saturating_sub(MOST_LEFT);
    for (index, (lesson, demo)) in to_run.iter().enumerate() {
        if (MOST_LEFT..next.left.len()).contains(&index) {
            continue;
        }
        let call = name(&run_call(&demo.id));
        // The key is for the first of them.
        let call = if by == By::Key && index == 0 { format!("{} or {call}", name("r")) } else { call };
        let of = if lesson.number == next.lesson.number {
            ""
        } else {
            &format!("; left in lesson {}", lesson.number)
        };
        row("run", format!("{call} ({}, {} min{of})", demo.title, demo.minutes));
    }
    if let (Some((lesson, _)), 1..) = (next.left.first(), kept_back) {
        let more = count(kept_back, "more demo");
        row("", format!("{more} left in lesson {}: {}", lesson.number, name("cargo xtask list")));
    }
    if !to_run.is_empty() {
        // The chapters show how cargo runs a demo, and that leaves no trace.
        row("", "Run like this it is marked as done; a `cargo run` of your own cannot be seen.".to_owned());
    }
    row("read", reading(workspace, next.lesson, exercise, screen));
    if !exercise.quiz.is_empty() {
        let call = format!("cargo xtask quiz {}", exercise.number());
        let questions = count(exercise.quiz.len(), "question");
        let call = if by == By::Key { "u" } else { &call };
        row("predict", format!("{} ({questions} before you write)", name(call)));
    }
    row("edit", name(&at));
    match by {
        By::Command => row("judge", name(&format!("cargo xtask check {}", exercise.number()))),
        By::Key => row("judge", "save the file".to_owned()),
    }
    out
}

/// What is to be run on the way, in order: first what the lesson before has left.
pub fn to_run<'a>(next: &Next<'a>) -> Vec<(&'a Lesson, &'a Demo)> {
    next.left.iter().copied().chain(next.demos.iter().map(|demo| (next.lesson, *demo))).collect()
}

/// `cargo xtask run d104`
fn run_call(id: &str) -> String {
    format!("cargo xtask run {}{}", &id[..1], number(id))
}

/// `lessons/1-threads/README.md:88, section "Many threads"`
pub fn reading(workspace: &Workspace, lesson: &Lesson, exercise: &Exercise, screen: &Screen) -> String {
    let chapter = lesson.folder.join("README.md");
    let text = files::read(&chapter).unwrap_or_default();
    let line = heading(&text, &exercise.section).map_or_else(String::new, |line| format!(":{line}"));
    let at = format!("{}{line}", workspace.short(&chapter)).replace(' ', "\u{a0}");
    format!("{}, section \"{}\"", screen.paint(Style::Name, &at), exercise.section)
}

/// The line of a heading, counted from 1; what stands in a code block is none.
fn heading(text: &str, wanted: &str) -> Option<usize> {
    let mut in_code = false;
    let found = text.lines().position(|line| {
        in_code ^= line.starts_with("```");
        !in_code && line.starts_with('#') && line.trim_start_matches('#').trim() == wanted
    });
    found.map(|index| index + 1)
}

/// What is said about a failure that is not the first of its kind, or of a program that came broken.
pub fn remark(
    next: &Next,
    last: &Last,
    untouched: bool,
    progress: &Progress,
    how: &str,
    screen: &Screen,
) -> String {
    let (exercise, verdict) = (next.exercise, last.judged.judgement.verdict);
    if verdict.is_pass() || matches!(verdict, Verdict::NotStarted | Verdict::CouldNotJudge) {
        return String::new();
    }
    if untouched {
        let said =
            "This program is yours to repair: it came like this, and red is how every exercise begins.";
        return format!("\n{}", screen.wrapped(said, 0));
    }
    let opened = progress.value(Fact::Hint, &exercise.id).and_then(|level| level.parse().ok()).unwrap_or(0);
    if last.times < OFFER_AFTER || opened >= exercise.hints.len() {
        return String::new();
    }
    let said = format!(
        "That is {verdict} for the {} time in a row. Perhaps hint {} of {} helps: {how}",
        nth(last.times),
        opened + 1,
        exercise.hints.len(),
    );
    format!("\n{}", screen.wrapped(&screen.paint(Style::Warn, &said), 0))
}

fn nth(number: usize) -> String {
    match number {
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        5 => "fifth".to_owned(),
        n => format!("{n}th"),
    }
}

/// What is said when nothing is left.
pub fn all_done(course: &Course, progress: &Progress, screen: &Screen) -> String {
    let all = course.exercises().count();
    if all == 0 && !course.broken.is_empty() {
        return "No lesson can be read.\n".to_owned();
    }
    if all == 0 {
        return "There are no exercises in `lessons` yet.\n".to_owned();
    }
    let text = format!("All {} are done.", count(all, "exercise"));
    let mut out = format!(
        "{}\n`cargo xtask list` shows them; `cargo xtask reset 104` opens one again.\n",
        screen.paint(Style::Good, &text)
    );
    let left: Vec<_> = course.lessons.iter().flat_map(|lesson| path::not_run(lesson, progress)).collect();
    if let Some(first) = left.iter().find(|demo| demo.id.starts_with('p')).or(left.first()) {
        let (all, id, title) = (left.len(), &first.id, &first.title);
        out += &format!("Demos and projects not run yet: {all}, like {id} ({title}): `{}`\n", run_call(id));
    }
    screen.fitted(&out)
}

/// What is said of an exercise that has just turned green.
pub fn green(exercise: &Exercise, how: &str, screen: &Screen) -> String {
    let done = screen.paint(Style::Good, "Done.");
    screen.wrapped(&format!("{done} {} is green. Compare with the answer: {how}", exercise.id), 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_found_by_its_line_and_not_in_code() {
        let text = "# Lesson\n```rust\n# Many threads\n```\n\n## Many threads\n";
        assert_eq!(heading(text, "Many threads"), Some(6));
        assert_eq!(heading(text, "Few threads"), None);
    }
}
