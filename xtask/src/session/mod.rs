//! `learn` at a terminal: it stays, judges at every save, and every key does something at once.
//!
//! One thread owns the terminal. Judgements run on threads of their own, signals come on another; both put their news
//! into a channel and ring the bell that ends the wait for a key. So a key is never late, and nothing draws at the
//! same time as something else.
mod file;
mod job;
mod page;
mod panel;
mod pressed;

use crate::checking;
use crate::exit::Exit;
use crate::files;
use crate::judging::Judged;
use crate::keys::{Keyboard, Wait};
use crate::last::{self, Last};
use crate::lessons::{Course, Exercise, Lesson};
use crate::path::{self, Next};
use crate::progress::{Fact, Progress};
use crate::screen::{Screen, Style};
use crate::terminal::{self, KeyMode};
use crate::workspace::Workspace;
use anyhow::{Result, anyhow};
use file::Watched;
use job::{Job, Outcome};
use judge::{Judgement, Verdict};
use panel::Panel;
use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// How often the file is looked at, and for how long a save goes unnoticed at most.
const GLANCE: Duration = Duration::from_millis(50);

/// How often the time that a judgement takes is written anew.
const TICK: Duration = Duration::from_millis(200);

/// What other threads have to say.
enum News {
    /// The terminal was resized, or is ours again.
    Redraw,
    /// What the judgement with that number is at.
    AtWork(usize, String),
    /// What came of it.
    Judged(usize, Box<Outcome>),
}

/// What is known of the exercise that is worked on.
enum Found {
    /// Nothing yet: it is being judged for the first time.
    Nothing,
    /// It is the starter.
    Untouched(Box<Judgement>),
    /// It was judged.
    Judged(Box<Last>),
    /// The judgement was called off.
    CalledOff,
    /// Every exercise is done.
    AllDone,
}

/// The state of a session; what is on the screen follows from it.
struct Session {
    workspace: &'static Workspace,
    course: &'static Course,
    keyboard: Keyboard,
    mode: KeyMode,
    news: Receiver<News>,
    tell: Sender<News>,
    /// The exercise that is worked on.
    lesson: &'static Lesson,
    exercise: &'static Exercise,
    file: Watched,
    found: Found,
    /// The exercise that has just turned green, to be praised above the next one.
    praised: Option<(&'static Exercise, Judged)>,
    panel: Panel,
    job: Option<Job>,
    jobs: usize,
    ticked: Instant,
    redraw: bool,
}

/// Whether the session goes on.
#[derive(PartialEq, Eq)]
enum Then {
    Stay,
    Leave,
}

/// Stays until the learner leaves. Begins with the given exercise, or with the next one.
pub fn run(workspace: Workspace, course: Course, begin: Option<&str>) -> Result<Exit> {
    // Judgements on other threads use them to the end of the program.
    let (workspace, course): (&'static Workspace, &'static Course) =
        (Box::leak(Box::new(workspace)), Box::leak(Box::new(course)));
    let progress = Progress::load(workspace)?;
    let named = begin.and_then(|id| course.exercises().find(|(_, exercise)| exercise.id == id));
    let next = path::next(course, &progress).map(|next| (next.lesson, next.exercise));
    let Some((lesson, exercise)) = named.or(next).or_else(|| course.exercises().last()) else {
        print!("{}", crate::step::all_done(course, &progress, &Screen::stdout()));
        return Ok(Exit::Fine);
    };
    let all_done = named.is_none() && next.is_none();
    let keyboard = Keyboard::new()?;
    let (tell, news) = channel();
    let (says, bell) = (tell.clone(), keyboard.bell());
    terminal::listen(move || {
        // After the session nobody listens.
        let _ = says.send(News::Redraw);
        bell.ring();
    })?;
    let mut session = Session {
        workspace,
        course,
        keyboard,
        mode: KeyMode::begin()?,
        news,
        tell,
        lesson,
        exercise,
        file: Watched::new(lesson.answer(&exercise.id)),
        found: Found::AllDone,
        praised: None,
        panel: Panel::None,
        job: None,
        jobs: 0,
        ticked: Instant::now(),
        redraw: true,
    };
    if !all_done {
        session.look()?;
    }
    let result = session.stay();
    session.call_off();
    // The thread of a judgement that was called off must not be caught with half a file.
    mem::forget(files::nobody_writes());
    result
}

impl Session {
    fn stay(&mut self) -> Result<Exit> {
        loop {
            if mem::take(&mut self.redraw) {
                self.draw()?;
            }
            match self.keyboard.wait(GLANCE)? {
                Wait::Keys(keys) => {
                    for key in keys {
                        if self.press(key)? == Then::Leave {
                            return self.leave();
                        }
                    }
                }
                Wait::Gone => return Ok(Exit::Fine),
                Wait::Other => {}
            }
            while let Ok(news) = self.news.try_recv() {
                self.hear(news)?;
            }
            if self.file.was_saved() {
                // What is being read stays open until there is something new to read.
                if !matches!(self.panel, Panel::Why | Panel::Hint(_)) {
                    self.panel = Panel::None;
                }
                self.look()?;
                if self.job.is_none() {
                    self.panel = Panel::None;
                }
            }
            self.tick()?;
        }
    }

    fn leave(&mut self) -> Result<Exit> {
        println!("\r\x1b[KUntil next time: cargo xtask learn");
        Ok(Exit::Fine)
    }

    /// Looks at the file anew, from the beginning: whether it is the starter, and if not, what the judge says of it.
    fn look(&mut self) -> Result<()> {
        self.call_off();
        self.redraw = true;
        if let Some(judgement) = checking::not_started(self.workspace, self.lesson, self.exercise)? {
            self.found = Found::Untouched(Box::new(judgement));
            return Ok(());
        }
        // What was found before stays on the screen until there is something new to be said.
        if matches!(self.found, Found::Untouched(_) | Found::CalledOff | Found::AllDone) {
            self.found = Found::Nothing;
        }
        self.jobs += 1;
        let (tell, bell) = (self.tell.clone(), self.keyboard.bell());
        let was_done = Progress::load(self.workspace)?.has(Fact::Done, &self.exercise.id);
        let job = Job::start(self.jobs, self.workspace, (self.lesson, self.exercise), was_done, tell, bell)?;
        self.job = Some(job);
        Ok(())
    }

    /// Goes to an exercise.
    fn open(&mut self, lesson: &'static Lesson, exercise: &'static Exercise) -> Result<()> {
        self.call_off();
        (self.lesson, self.exercise) = (lesson, exercise);
        self.file = Watched::new(lesson.answer(&exercise.id));
        self.found = Found::Nothing;
        self.praised = None;
        self.panel = Panel::None;
        self.look()
    }

    /// Ends the judgement that is going on, if one is.
    fn call_off(&mut self) {
        if let Some(job) = self.job.take() {
            job.call_off();
        }
    }

    fn hear(&mut self, news: News) -> Result<()> {
        let current = self.job.as_ref().map(|job| job.number);
        match news {
            News::Redraw => self.redraw = true,
            News::AtWork(number, doing) if current == Some(number) => {
                if let Some(job) = &mut self.job {
                    job.doing = format!("judging: {doing}");
                }
            }
            News::Judged(number, outcome) if current == Some(number) => {
                let was_done = self.job.take().is_some_and(|job| job.was_done);
                self.redraw = true;
                self.judged((*outcome)?, was_done)?;
            }
            // The last words of one that was called off.
            News::AtWork(..) | News::Judged(..) => {}
        }
        Ok(())
    }

    /// Takes a verdict in. `was_done` is whether the exercise had been green before.
    fn judged(&mut self, judged: Judged, was_done: bool) -> Result<()> {
        let verdict = judged.judgement.verdict;
        if matches!(self.panel, Panel::Why | Panel::Hint(_)) {
            self.panel = Panel::None;
        }
        if verdict.is_pass() && !was_done {
            let exercise = self.exercise;
            let progress = Progress::load(self.workspace)?;
            match path::next(self.course, &progress) {
                Some(Next { lesson, exercise, .. }) => self.open(lesson, exercise)?,
                None => {
                    self.found = Found::AllDone;
                    self.panel = Panel::None;
                }
            }
            self.praised = Some((exercise, judged));
            return Ok(());
        }
        self.praised = None;
        if verdict == Verdict::NotStarted {
            self.found = Found::Untouched(Box::new(judged.judgement));
            return Ok(());
        }
        let path = self.lesson.answer(&self.exercise.id);
        let times = last::recall(self.workspace, &path, &self.exercise.id)?.map_or(1, |last| last.times);
        self.found = Found::Judged(Box::new(Last { judged, outdated: false, times }));
        Ok(())
    }

    /// Writes the time that a judgement has taken so far.
    fn tick(&mut self) -> Result<()> {
        let Some(job) = &self.job else { return Ok(()) };
        if job.is_over() {
            // Its last word was sent before it ended, so it is there; or it never will be.
            let last = self.news.try_recv();
            return self.hear(last.map_err(|_| anyhow!("the thread of a judgement ended without a word"))?);
        }
        if self.ticked.elapsed() >= TICK {
            self.ticked = Instant::now();
            let screen = Screen::stdout();
            print!("\r\x1b[K{}", status(job, &screen));
            io::stdout().flush()?;
        }
        Ok(())
    }

    /// Whether the file is just the starter of a program to repair.
    fn is_untouched(&self) -> Result<bool> {
        let starter = self.lesson.starter(&self.exercise.id)?;
        Ok(starter.is_some()
            && files::read_if_there(&self.lesson.answer(&self.exercise.id)).ok() == Some(starter))
    }
}

/// `judging: 3 of 8, two gates, one arrival each, 4 s`
fn status(job: &Job, screen: &Screen) -> String {
    let seconds = job.began.elapsed().as_secs();
    let time = if seconds < 2 { String::new() } else { format!("  {seconds} s, Esc stops it") };
    let line = format!("{}{time}", job.doing);
    // A line that runs on could not be taken back.
    let line: String = line.chars().take(screen.columns.saturating_sub(1)).collect();
    screen.paint(Style::Faint, &line)
}
