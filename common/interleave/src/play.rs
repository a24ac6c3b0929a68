//! Being the scheduler: somebody else chooses what happens next, step by step, until the code breaks or ends.

use crate::engine::asking::{Answers, Player, Question, RawStanding, RawWay};
use crate::engine::driver::{Driver, Program, drive};
use crate::engine::{Doing, Features, Op, Why, in_model, search::Search};
use crate::failure::Failure;
use crate::names::Names;
use crate::sentences::value;
use crate::story::{Place, Story, tell};
use crate::trace::Trace;
use crate::why::Focus;
use crate::{Checker, FailureKind};
use ::std::any::Any;
use ::std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use ::std::sync::Arc;
use ::std::sync::mpsc::{Receiver, Sender, channel};

/// A moment at which more than one thing can happen next.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Moment {
    /// How many choices came before this one.
    pub choices: usize,
    /// How many of them were unlucky moments, by what they cost.
    pub cost: usize,
    /// What has happened so far, every step of it.
    pub story: Story,
    /// How each thread stands, in the order of [`Story::threads`].
    pub threads: Vec<Standing>,
    /// What can happen next: the plainest first, then what takes an unlucky moment. Never fewer than two.
    pub ways: Vec<Way>,
}

/// How a thread stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// What it is about to do, or what it waits for, as after its name: `locks vault`, `waits for a message on jobs`.
    pub next: String,
    /// Where; `None` when it has not begun or has ended.
    pub place: Option<Place>,
    /// Whether it can go on without an unlucky moment of its own (a wake-up for no reason, a time-out that comes early).
    pub ready: bool,
    /// Whether it has ended.
    pub ended: bool,
}

/// One of the ways to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Way {
    /// Whose step it is: an index into [`Story::threads`].
    pub thread: usize,
    /// What happens, as after the thread's name: `locks vault`, `reads old ready = false`.
    pub text: String,
    /// Where.
    pub place: Option<Place>,
    /// Whether it takes an unlucky moment: an interruption, a wake-up for no reason, an old value.
    pub unlucky: bool,
}

/// How a game went.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Game {
    /// How it ended.
    pub ending: Ending,
    /// What happened: the failure's story, if it failed, and otherwise every step.
    pub story: Story,
    /// Runs the same schedule again, as far as it was played: [`Checker::replay`].
    pub replay: String,
    /// How many choices there were.
    pub choices: usize,
    /// How many of them were unlucky moments, by what they cost.
    pub cost: usize,
}

/// How a game ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Every thread ended, and nothing went wrong.
    Fine,
    /// The code broke.
    Broken(Box<Failure>),
    /// The player had enough.
    Stopped,
}

impl Checker {
    /// Runs `f` once, and lets `player` choose wherever a check would try every way: which thread goes on, which value
    /// a load finds, which waiter a notification wakes. The answer is an index into [`Moment::ways`]; `None`
    /// stops the game. `player` runs on the calling thread, outside the model, and may take as long as it likes.
    ///
    /// The plainest schedule runs once before, unseen, because what the code uses decides which moments matter.
    /// Limits of the checker hold: [`Checker::luck`], [`Checker::max_steps`], [`Checker::weak_memory`].
    ///
    /// ```
    /// extern crate interleave as std;
    /// # fn main() {
    /// use std::play::Ending;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// use std::thread;
    ///
    /// let visits = || {
    ///     let count = Arc::new(AtomicUsize::new(0));
    ///     let other = Arc::clone(&count);
    ///     let clerk = thread::spawn(move || other.store(other.load(Ordering::SeqCst) + 1, Ordering::SeqCst));
    ///     count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
    ///     clerk.join().unwrap();
    ///     assert_eq!(count.load(Ordering::SeqCst), 2);
    /// };
    /// // Whoever can be interrupted is.
    /// let game = std::Checker::new().play(visits, |moment| Some(moment.ways.len() - 1));
    /// let Ending::Broken(failure) = game.ending else { panic!("both counted: {game:?}") };
    /// assert!(std::Checker::new().replay(&game.replay).check(visits).is_err());
    /// # }
    /// ```
    ///
    /// # Panics
    /// If called inside a check, or when `player` panics.
    pub fn play<F>(&self, f: F, mut player: impl FnMut(&Moment) -> Option<usize>) -> Game
    where
        F: Fn() + Send + Sync + 'static,
    {
        assert!(!in_model(), "a game cannot be played inside a check");
        let program: Program = Arc::new(f);
        let settings = Arc::new(self.settings().clone());
        let (ask, asked) = channel();
        let (answer, answered) = channel();
        let search = Search::played_by(Player::new(ask, answered));
        let mut answers = Table { asked, answer, player: &mut player, choices: 0, panicked: None };
        let game = move |driver: &mut Driver| {
            driver.start_afresh();
            // Known by their last run, as in a check.
            let mut features = Features::default();
            loop {
                let plainest = driver.run(&program, Search::plainest(), features);
                if plainest.features == features {
                    break;
                }
                features = plainest.features;
            }
            (driver.run(&program, search, features), features)
        };
        let (mut outcome, features) = drive(&settings, &mut answers, game).unwrap_or_else(|stuck| {
            let features = stuck.features;
            (*stuck, features)
        });
        if let Some(payload) = answers.panicked {
            resume_unwind(payload);
        }
        let choices = answers.choices;
        let replay = features.mark(&outcome.search.token());
        let cost = outcome.search.spent();
        let stopped = outcome.search.stopped();
        let (ending, story) = match outcome.failure.take() {
            Some(note) => {
                let failure = Failure::played(note, &outcome, &replay);
                let story = failure.story();
                (Ending::Broken(Box::new(failure)), story)
            }
            None => {
                let (title, ending) =
                    if stopped { ("Stopped", Ending::Stopped) } else { ("Nothing went wrong", Ending::Fine) };
                let told = tell(&outcome.trace, &Names::new(&outcome.trace), &Focus::whole());
                let (title, replay) = (title.to_string(), replay.clone());
                (ending, Story { title, replay, schedule: 1, cost, ..told })
            }
        };
        Game { ending, story, replay, choices, cost }
    }
}

/// Where questions come in and answers go out.
struct Table<'a> {
    asked: Receiver<Question>,
    answer: Sender<Option<usize>>,
    player: &'a mut dyn FnMut(&Moment) -> Option<usize>,
    choices: usize,
    panicked: Option<Box<dyn Any + Send>>,
}

impl Answers for Table<'_> {
    fn answer(&mut self) -> bool {
        let Ok(question) = self.asked.try_recv() else { return false };
        let moment = describe(&question, self.choices);
        self.choices += 1;
        // The threads of the game must end before a panic goes on.
        let answer = catch_unwind(AssertUnwindSafe(|| (self.player)(&moment))).unwrap_or_else(|payload| {
            self.panicked = Some(payload);
            None
        });
        // Whoever asked waits for it.
        let _ = self.answer.send(answer);
        true
    }
}

fn describe(question: &Question, choices: usize) -> Moment {
    let Question { trace, standing, asker, ways, costs, spent } = question;
    let names = Names::new(trace);
    let way = |(way, cost): (&RawWay, &u8)| {
        let thread = if let RawWay::Runs { thread, .. } = way { *thread } else { *asker };
        let place = place(&standing[thread], &names);
        Way { thread, text: way_in_words(*way, trace, standing, &names), place, unlucky: *cost > 0 }
    };
    Moment {
        choices,
        cost: *spent,
        ways: ways.iter().zip(costs).map(way).collect(),
        threads: standing.iter().enumerate().map(|(thread, s)| stand(thread, s, &names)).collect(),
        story: Story { title: "So far".into(), cost: *spent, ..tell(trace, &names, &Focus::whole()) },
    }
}

fn place(standing: &RawStanding, names: &Names) -> Option<Place> {
    (standing.started && !standing.finished).then(|| names.place(standing.at))
}

fn stand(thread: usize, standing: &RawStanding, names: &Names) -> Standing {
    let next = match (standing.finished, standing.op) {
        (true, _) => "has ended".into(),
        (false, None) => "is at work".into(),
        (false, Some(op)) => match standing.reason {
            Some(why @ Why::Normal) => step(op, why, names),
            _ => wait(op, standing.notified, names),
        },
    };
    Standing {
        name: names.thread(thread).into(),
        next,
        place: place(standing, names),
        ready: standing.reason == Some(Why::Normal),
        ended: standing.finished,
    }
}

fn way_in_words(way: RawWay, trace: &Trace, standing: &[RawStanding], names: &Names) -> String {
    match way {
        RawWay::Runs { thread, why } => match standing[thread].op {
            Some(op) => step(op, why, names),
            None => "goes on".into(),
        },
        RawWay::Reads { object, value: bits, age: 0 } => {
            format!("reads {} = {}", names.object(object), value(trace, object, bits))
        }
        RawWay::Reads { object, value: bits, .. } => {
            format!("reads old {} = {}", names.object(object), value(trace, object, bits))
        }
        RawWay::Wakes(thread) => format!("wakes {}", names.thread(thread)),
        RawWay::Exchanges { fails: false } => "succeeds in its exchange".into(),
        RawWay::Exchanges { fails: true } => "fails in its exchange for no reason".into(),
        RawWay::Decides(0) => "goes the likely way".into(),
        RawWay::Decides(way) => format!("goes another way ({way})"),
    }
}

/// What a thread that goes on does.
fn step(op: Op, why: Why, names: &Names) -> String {
    let of = |object: u32| names.object(object);
    match (op, why) {
        (Op::Start, _) => "begins".into(),
        (Op::Lock(m), _) => format!("locks {}", of(m)),
        (Op::ReadLock(l), _) => format!("locks {} to read", of(l)),
        (Op::WriteLock(l), _) => format!("locks {} to write", of(l)),
        (Op::Wake { mutex, .. }, Why::Normal) => format!("is awake, and locks {}", of(mutex)),
        (Op::Wake { condvar, .. }, Why::Spurious) => format!("wakes from {} for no reason", of(condvar)),
        (Op::Wake { condvar, .. }, Why::TimedOut) => format!("stops waiting on {}: time is up", of(condvar)),
        (Op::Send(c), _) => format!("sends to {}", of(c)),
        (Op::Taken(..), _) => "goes on: its message was taken".into(),
        (Op::Recv { channel, .. }, Why::TimedOut) => {
            format!("stops waiting for a message on {}: time is up", of(channel))
        }
        (Op::Recv { channel, .. }, _) => format!("receives from {}", of(channel)),
        (Op::Join(thread), _) => format!("joins {}", names.thread(thread)),
        (Op::Park { .. }, Why::Normal) => "wakes from park".into(),
        (Op::Park { .. }, Why::Spurious) => "wakes from park for no reason".into(),
        (Op::Park { .. } | Op::Token { .. }, Why::TimedOut) => "wakes: time is up".into(),
        (Op::Token { .. }, _) => "is awake, and goes on".into(),
        (Op::Meet(_), _) => "meets the others".into(),
        (Op::Sleep, _) => "has slept enough".into(),
        (Op::Yield, _) => "goes on".into(),
        (Op::Free(doing), _) => doing_in_words(doing, names),
    }
}

fn doing_in_words(doing: Doing, names: &Names) -> String {
    let of = |object: u32| names.object(object);
    match doing {
        Doing::Reads(o) => format!("reads {}", of(o)),
        Doing::Writes(o) => format!("writes {}", of(o)),
        Doing::Changes(o) => format!("reads and changes {}", of(o)),
        Doing::Fences => "comes to a fence".into(),
        Doing::Tries(o) => format!("tries to lock {}", of(o)),
        Doing::GivesBack(o) => format!("gives back {}", of(o)),
        Doing::TriesToSend(c) => format!("tries to send to {}", of(c)),
        Doing::TriesToReceive(c) => format!("tries to receive from {}", of(c)),
        Doing::LooksAt(o) => format!("looks at {}", of(o)),
        Doing::BeginsToWait { condvar, mutex } => {
            format!("begins to wait on {}, unlocks {}", of(condvar), of(mutex))
        }
        Doing::Notifies(c) => format!("notifies one on {}", of(c)),
        Doing::NotifiesAll(c) => format!("notifies all on {}", of(c)),
        Doing::Unparks(thread) => format!("unparks {}", names.thread(thread)),
        Doing::AsksForEnd(thread) => format!("asks whether {} has ended", names.thread(thread)),
        Doing::Uses(o) => format!("uses {}", of(o)),
        Doing::GoesOn => "goes on".into(),
    }
}

/// What a thread that cannot go on waits for.
fn wait(op: Op, notified: bool, names: &Names) -> String {
    let of = |object: u32| names.object(object);
    match op {
        Op::Lock(m) => format!("waits for {}", of(m)),
        Op::Wake { mutex, .. } if notified => format!("is notified, and waits for {}", of(mutex)),
        Op::Wake { condvar, .. } => format!("waits for a notification on {}", of(condvar)),
        Op::ReadLock(l) => format!("waits to read {}", of(l)),
        Op::WriteLock(l) => format!("waits to write {}", of(l)),
        Op::Send(c) | Op::Taken(c, _) => format!("waits for room in {}", of(c)),
        Op::Recv { channel, .. } => format!("waits for a message on {}", of(channel)),
        Op::Join(thread) => format!("waits for {} to end", names.thread(thread)),
        Op::Park { .. } => "waits to be unparked".into(),
        Op::Token { .. } => "waits to be woken".into(),
        Op::Meet(_) => "waits for the others".into(),
        Op::Sleep => "sleeps".into(),
        Op::Start | Op::Yield | Op::Free(_) => "goes on".into(),
    }
}

/// How a failure of a game differs from one of a check: it took one run, and the player's bad will.
impl Failure {
    fn played(note: crate::engine::FailureNote, outcome: &crate::engine::Outcome, replay: &str) -> Failure {
        let mut failure = Failure::new(note, outcome, 1);
        failure.retell_as(replay);
        failure
    }
}

/// For players that only want to know whether a game was lost.
impl Game {
    /// How the code broke, if it did.
    pub fn broken(&self) -> Option<FailureKind> {
        match &self.ending {
            Ending::Broken(failure) => Some(failure.kind),
            Ending::Fine | Ending::Stopped => None,
        }
    }
}
