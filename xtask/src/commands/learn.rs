//! `learn`: where you are, what is next, and the verdict on what you wrote; at a terminal again at every save.
use super::Command;
use super::check::next_command;
use super::{hint, list, solution};
use crate::args::{Args, Spec};
use crate::checking::OnSave;
use crate::compile::state;
use crate::exit::Exit;
use crate::lessons::{Course, number};
use crate::path::{self, Next};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style, bar, count, harmless, visible};
use crate::view::{self, Length};
use crate::workspace::Workspace;
use crate::{checking, last, process};
use anyhow::Result;
use judge::{Judgement, Verdict};
use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

pub const COMMAND: Command = Command {
    name: "learn",
    takes: "",
    summary: "Go on where you are: what is next, and a verdict at every save",
    help: "\
At a terminal it stays and judges the current exercise whenever you save it. Without a terminal, or with --once, it
judges once and ends. It exits with 0 when it could tell where you are, whatever the verdict; `check` exits with 1
when the work fails.

  --once    do not stay

Example: cargo xtask learn
",
    run,
};

/// How often the file is looked at. Short enough to feel immediate, long enough to cost nothing.
const GLANCE: Duration = Duration::from_millis(250);

fn run(raw: Vec<OsString>) -> Result<Exit> {
    let args =
        Args::parse("learn", raw, &Spec { switches: &["once"], values: &[], words: 0, passes_on: false })?;
    let workspace = Workspace::find()?;
    let course = Course::load_and_warn(&workspace)?;
    let stays = !args.has("once") && io::stdin().is_terminal() && io::stdout().is_terminal();
    let session = Session { workspace: &workspace, course: &course, stays };
    if stays { session.stay() } else { session.once() }
}

struct Session<'a> {
    workspace: &'a Workspace,
    course: &'a Course,
    /// Whether the next save will be judged too.
    stays: bool,
}

/// What a learner types in watch mode.
enum Event {
    Line(String),
    Closed,
}

impl Session<'_> {
    /// Judges once and says what is next.
    fn once(&self) -> Result<Exit> {
        let screen = Screen::stdout();
        let (text, _) = self.look(&screen)?;
        print!("{text}{}", self.course.warning(&screen));
        Ok(Exit::Fine)
    }

    /// Judges at every save until the learner leaves.
    fn stay(&self) -> Result<Exit> {
        let events = lines();
        loop {
            let screen = Screen::stdout();
            let (text, current) = self.look(&screen)?;
            // Clears what is seen, not what can be scrolled back to.
            print!("\x1b[H\x1b[2J{text}{}", self.course.warning(&screen));
            let Some((current, seen)) = current else { return Ok(Exit::Fine) };
            println!("\n{}", keys(&screen));
            if self.wait(&events, &current, &seen, &screen)? == Then::Leave {
                return Ok(Exit::Fine);
            }
        }
    }

    /// Judges the current exercise if it was begun; gives all that is to be shown, and the exercise to go on with,
    /// with the state of its file before it was looked at: what is saved meanwhile must not be missed.
    fn look(&self, screen: &Screen) -> Result<(String, Option<(Next<'_>, String)>)> {
        let mut out = String::new();
        loop {
            let progress = Progress::load(self.workspace)?;
            let Some(next) = path::next(self.course, &progress) else {
                out += &all_done(self.course, screen);
                return Ok((out, None));
            };
            let seen = state(&next.lesson.answer(&next.exercise.id));
            let untouched = checking::not_started(self.workspace, next.lesson, next.exercise)?;
            if let Some(judgement) = untouched {
                out += &self.whereabouts(&next, &progress, screen);
                out += &instructions(self.workspace, &next, &judgement, screen);
                return Ok((out, Some((next, seen))));
            }
            let on_save = if self.stays { OnSave::LeaveOff } else { OnSave::GoOn };
            let judged = checking::check(self.workspace, next.lesson, next.exercise, screen, on_save)?;
            let verdict = judged.judgement.verdict;
            if verdict.is_pass() {
                out += &view::verdict(&judged, next.exercise, screen, Length::Screen);
                let call = format!("cargo xtask solution {}", next.exercise.number());
                let done = screen.paint(Style::Good, "Done.");
                let call = screen.paint(Style::Name, &call.replace(' ', "\u{a0}"));
                out += &screen.wrapped(&format!("{done} Compare with the answer: {call}"), 2);
                out.push('\n');
                continue;
            }
            out += &self.whereabouts(&next, &progress, screen);
            if verdict == Verdict::NotStarted {
                out += &instructions(self.workspace, &next, &judged.judgement, screen);
            } else {
                out += &view::verdict(&judged, next.exercise, screen, Length::Screen);
                if !self.stays {
                    out += &format!("\n{}", next_command(next.exercise, verdict, screen));
                }
            }
            return Ok((out, Some((next, seen))));
        }
    }

    /// `Lesson 1, Threads: step 7 of 7   [####····] 2 of 5 exercises`
    fn whereabouts(&self, next: &Next, progress: &Progress, screen: &Screen) -> String {
        let lesson = next.lesson;
        let (done, all) = path::done(self.course.exercises().map(|(_, exercise)| exercise), progress);
        let head = format!("Lesson {}, {}", lesson.number, lesson.title);
        let filled = screen.paint(Style::Good, &bar(done, all, 20));
        let step =
            format!("{}: step {} of {}", screen.paint(Style::Strong, &head), next.step, lesson.steps.len());
        let all = format!("{filled} {done} of {} done", count(all, "exercise"));
        // Where one line is too narrow, the bar stands alone.
        let gap = if visible(&step) + 3 + visible(&all) > screen.width { "\n" } else { "   " };
        screen.fitted(&format!("{step}{gap}{all}\n\n"))
    }

    /// Waits for a save or a command that changes what is to be seen.
    fn wait(&self, events: &Receiver<Event>, current: &Next, seen: &str, screen: &Screen) -> Result<Then> {
        let file = current.lesson.answer(&current.exercise.id);
        loop {
            match events.recv_timeout(GLANCE) {
                Ok(Event::Line(line)) => match self.obey(line.trim(), current, screen)? {
                    Then::Wait => {}
                    then => return Ok(then),
                },
                Ok(Event::Closed) | Err(RecvTimeoutError::Disconnected) => return Ok(Then::Leave),
                Err(RecvTimeoutError::Timeout) if state(&file) != seen => return Ok(Then::LookAgain),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn obey(&self, command: &str, current: &Next, screen: &Screen) -> Result<Then> {
        let (lesson, exercise) = (current.lesson, current.exercise);
        match command {
            "q" => return Ok(Then::Leave),
            "" => return Ok(Then::LookAgain),
            "h" => print!("{}", hint::open(self.workspace, lesson, exercise, None, screen)?),
            "w" => match last::recall(self.workspace, &lesson.answer(&exercise.id), &exercise.id)? {
                Some(last) => print!("{}", view::verdict(&last.judged, exercise, screen, Length::Whole)),
                None => {
                    let text = format!("{} was not judged yet: write something and save it", exercise.id);
                    print!("{}", screen.wrapped(&text, 0));
                }
            },
            "s" => match solution::text(self.workspace, lesson, exercise, false)? {
                Some(text) => print!("{text}"),
                None => print!("{}", screen.wrapped(&solution::refusal(exercise), 0)),
            },
            "n" => {
                Progress::update(self.workspace, |progress| progress.set_today(Fact::Skipped, &exercise.id))?;
                return Ok(Then::LookAgain);
            }
            "l" => print!("{}", list::as_text(self.course, &Progress::load(self.workspace)?, screen)),
            "r" => match current.demos.first() {
                Some(demo) => {
                    let mut call = self.workspace.cargo();
                    call.args(["run", "--quiet", "-p", &lesson.name, "--bin", &demo.id]);
                    println!("$ {}", process::shown(&call));
                    if call.status()?.success() {
                        Progress::update(self.workspace, |progress| {
                            progress.set_today(Fact::Seen, &demo.id)
                        })?;
                    }
                }
                None => println!("no demo is waiting; `cargo xtask run d101` runs any"),
            },
            other => println!("`{other}` is none of the commands"),
        }
        println!("\n{}", keys(screen));
        Ok(Then::Wait)
    }
}

/// What follows an event.
#[derive(PartialEq, Eq)]
enum Then {
    Wait,
    LookAgain,
    Leave,
}

/// What to read, run and edit for an exercise that was not begun.
fn instructions(workspace: &Workspace, next: &Next, found: &Judgement, screen: &Screen) -> String {
    let exercise = next.exercise;
    let title = screen.paint(Style::Strong, &format!("{}: {}", exercise.id, exercise.title));
    let about = format!("({}, about {} min) is not started.", exercise.kind.word(), exercise.minutes);
    let mut out = screen.wrapped(&format!("{title} {about}"), 0);
    let at = match &found.place {
        Some(place) => format!("{}:{}", place.file, place.line),
        None => {
            // Not simply untouched: what is there is worth a word.
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
    for demo in &next.demos {
        let call = format!("cargo xtask run {}{}", &demo.id[..1], number(&demo.id));
        row("run", format!("{} ({}, {} min)", name(&call), demo.title, demo.minutes));
    }
    let chapter = workspace.short(&next.lesson.folder.join("README.md"));
    row("read", format!("{}, section \"{}\"", name(&chapter), exercise.section));
    if !exercise.quiz.is_empty() {
        let call = format!("cargo xtask quiz {}", exercise.number());
        let questions = count(exercise.quiz.len(), "question");
        row("predict", format!("{} ({questions} before you write)", name(&call)));
    }
    row("edit", name(&at));
    row("judge", name(&format!("cargo xtask check {}", exercise.number())));
    out
}

fn all_done(course: &Course, screen: &Screen) -> String {
    let all = course.exercises().count();
    if all == 0 && !course.broken.is_empty() {
        return "No lesson can be read.\n".to_owned();
    }
    if all == 0 {
        return "There are no exercises in `lessons` yet.\n".to_owned();
    }
    let text = format!("All {} are done.", count(all, "exercise"));
    screen.fitted(&format!(
        "{}\n`cargo xtask list` shows them; `cargo xtask reset 104` opens one again.\n",
        screen.paint(Style::Good, &text)
    ))
}

fn keys(screen: &Screen) -> String {
    let all = ["h hint", "w why", "s solution", "r run demo", "n next", "l list", "q quit"];
    // A letter stays with its word.
    let all = all.map(|key| key.replace(' ', "\u{a0}")).join(" · ");
    let keys = screen.wrapped(&format!("Save the file to judge it. A letter and Enter: {all}"), 0);
    screen.paint(Style::Faint, keys.trim_end())
}

/// The lines that the learner types, as they come.
fn lines() -> Receiver<Event> {
    let (send, receive) = channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            if send.send(Event::Line(line)).is_err() {
                return;
            }
        }
        // Nobody listens any more once the session is over.
        let _ = send.send(Event::Closed);
    });
    // A prompt that is not flushed would appear only after the first line.
    let _ = io::stdout().flush();
    receive
}
