//! You are the scheduler: choose who takes the next step, and see what comes of it.
//!
//! `cargo run -q -p sync --bin d314_step_through -- visits Ann Ben Ben Ann` plays those turns. The explorer's threads and locks
//! stand in for those of `std`: only they can be told whose turn it is.
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use interleave::play::Ending;
use interleave::sync::atomic::{AtomicU32 as Count, Ordering::SeqCst};
use interleave::sync::{Arc, Condvar, Mutex};
use interleave::thread::{self, JoinHandle};
use interleave::{Act, Checker, FailureKind, Story};

/// One visit each: two steps.
pub(crate) fn visits() -> u32 {
    count_visits(1)
}

/// Three visits each: six steps.
pub(crate) fn many_visits() -> u32 {
    count_visits(3)
}

fn count_visits(times: u32) -> u32 {
    let visits = Arc::new(Count::new(0));
    let gates = ["Ann", "Ben"].map(|name| {
        let visits = visits.clone();
        start(name, move || {
            for _ in 0..times {
                let seen = visits.load(SeqCst); //        1
                visits.store(seen + 1, SeqCst); //        2
            }
        })
    });
    gates.into_iter().for_each(|gate| gate.join().unwrap());
    visits.load(SeqCst)
}

/// Each moves a coin from one box to the next: two steps, and at their end both boxes are given back.
pub(crate) fn coins() -> u32 {
    let (tea, till, safe) = (Arc::new(Mutex::new(9)), Arc::new(Mutex::new(9)), Arc::new(Mutex::new(9)));
    let moves = [("Ann", &tea, &till), ("Ben", &till, &safe), ("Cy", &safe, &tea)];
    let movers = moves.map(|(name, from, to)| {
        let (from, to) = (from.clone(), to.clone());
        start(name, move || {
            let mut from = from.lock().unwrap(); //       1
            let mut to = to.lock().unwrap(); //           2
            *from -= 1;
            *to += 1;
        })
    });
    movers.into_iter().for_each(|mover| mover.join().unwrap());
    [tea, till, safe].iter().map(|coins| *coins.lock().unwrap()).sum()
}

/// Ann sleeps until there is a letter, and takes it: at most three steps, if nobody has to wake her. Ben posts it: two.
pub(crate) fn letter() -> u32 {
    let (letters, posted) = (Arc::new(Mutex::new(0)), Arc::new(Condvar::new()));
    let (ann_letters, ann_posted) = (letters.clone(), posted.clone());
    let ann = start("Ann", move || {
        let empty = *ann_letters.lock().unwrap() == 0; // 1
        let mut letters = ann_letters.lock().unwrap(); // 2
        if empty {
            letters = ann_posted.wait(letters).unwrap(); // 3
        }
        *letters -= 1;
    });
    let ben = start("Ben", move || {
        *letters.lock().unwrap() += 1; //                 1
        posted.notify_one(); //                           2
    });
    ann.join().unwrap();
    ben.join().unwrap();
    0
}

fn start(name: &str, body: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    thread::Builder::new().name(name.into()).spawn(body).unwrap()
}

/// How a game ended.
#[derive(Debug, PartialEq)]
pub(crate) enum End {
    /// All have ended; what the program returned.
    Value(u32),
    /// Nobody can go on.
    Standstill,
    /// Whose turn it was could not take a step.
    Impossible(String),
}

/// Lets each take a step when it is their turn. When the turns are used up, the rest goes as it goes. A game that stands still
/// may have turns left, of whoever there is.
pub(crate) fn play(program: fn() -> u32, turns: &[&str]) -> (End, Story) {
    let value = Arc::new(AtomicU32::new(0));
    let result = value.clone();
    let (mut impossible, mut played) = (None, 0);
    // No wake-ups for no reason: whose turn it is decides alone.
    let game = Checker::new().luck(0).play(
        move || result.store(program(), Relaxed),
        |moment| {
            let taken = steps(&moment.story);
            played = taken.len();
            impossible = out_of_turn(&taken, turns);
            let Some(next) = turns.get(taken.len()) else { return Some(0) };
            let way = moment.ways.iter().position(|way| moment.story.threads[way.thread] == *next);
            let standing = moment.threads.iter().find(|thread| thread.name == *next);
            let ready = standing.is_some_and(|thread| thread.ready);
            if way.is_none() && !ready && impossible.is_none() {
                let why = standing.map_or("there is nobody of that name".into(), |thread| {
                    if thread.ended { format!("{next} has ended") } else { format!("{next} {}", thread.next) }
                });
                impossible = Some(format!("turn {} is {next}'s, and {why}", taken.len() + 1));
            }
            if impossible.is_some() { None } else { Some(way.unwrap_or(0)) }
        },
    );
    let mut story = game.story;
    let taken = steps(&story);
    let end = match (impossible, game.ending) {
        (Some(why), _) => {
            story.steps.truncate(until(&story, played));
            End::Impossible(why)
        }
        (None, Ending::Broken(failure)) if failure.kind == FailureKind::Deadlock => {
            nobody(&story, turns, taken.len()).map_or(End::Standstill, End::Impossible)
        }
        // Where there was no choice, somebody else may have gone on, or nobody.
        (None, _) => match out_of_turn(&taken, turns) {
            Some(why) => End::Impossible(why),
            None if taken.len() < turns.len() => {
                let turn = taken.len();
                End::Impossible(format!("turn {} is {}'s, and all have ended", turn + 1, turns[turn]))
            }
            None => End::Value(value.load(Relaxed)),
        },
    };
    let main = story.threads.iter().position(|name| name == "main");
    story.steps.retain(|step| Some(step.thread) != main);
    story.steps.iter_mut().for_each(|step| step.from = None);
    (end, story)
}

/// Who has taken a step, in order. Giving a lock back is a part of the step before; waiting for a lock is none.
fn steps(story: &Story) -> Vec<String> {
    let is_step = |act: &Act| match act {
        Act::GivesBack(_) => false,
        Act::WaitsFor { gives_back, .. } => gives_back.is_some(),
        _ => true,
    };
    let steps = story.steps.iter().filter(|step| is_step(&step.act));
    steps.map(|step| story.threads[step.thread].clone()).filter(|name| name != "main").collect()
}

/// How much of the story is told when that many steps have been taken.
fn until(story: &Story, taken: usize) -> usize {
    let part = |end: usize| Story { steps: story.steps[..end].to_vec(), ..story.clone() };
    (0..=story.steps.len()).rev().find(|end| steps(&part(*end)).len() <= taken).unwrap_or(0)
}

/// The first step that somebody else has taken than whose turn it was: because only they could.
fn out_of_turn(taken: &[String], turns: &[&str]) -> Option<String> {
    let turn = taken.iter().zip(turns).position(|(taken, turn)| taken != turn)?;
    Some(format!("turn {} is {}'s, and only {} could go on", turn + 1, turns[turn], taken[turn]))
}

/// The first turn from this one on that belongs to nobody.
fn nobody(story: &Story, turns: &[&str], from: usize) -> Option<String> {
    let known = |turn: &str| turn != "main" && story.threads.iter().any(|name| name == turn);
    let (number, turn) = turns.iter().enumerate().skip(from).find(|(_, turn)| !known(turn))?;
    Some(format!("turn {} is {turn}'s, and there is nobody of that name", number + 1))
}

type Program = (&'static str, fn() -> u32);

const PROGRAMS: [Program; 4] =
    [("visits", visits), ("many_visits", many_visits), ("coins", coins), ("letter", letter)];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((name, turns)) = words.split_first() else {
        show("visits", visits, &["Ann", "Ann", "Ben", "Ben"]);
        return show("visits", visits, &["Ann", "Ben", "Ben", "Ann"]);
    };
    match PROGRAMS.iter().find(|(known, _)| known == name) {
        Some((_, program)) => show(name, *program, turns),
        None => println!(
            "say which program and whose turns: visits, many_visits, coins or letter; visits Ann Ben Ben Ann"
        ),
    }
}

fn show(name: &str, program: fn() -> u32, turns: &[&str]) {
    println!("{}", game(name, program, turns).terminal(80, false).trim_end());
}

/// What came of these turns, as a story.
pub(crate) fn game(name: &str, program: fn() -> u32, turns: &[&str]) -> Story {
    let (end, story) = play(program, turns);
    let title = format!("{name}, {}: {}", turns.join(" "), told(&end));
    Story { title, because: Vec::new(), ..story }
}

fn told(end: &End) -> String {
    match end {
        End::Value(value) => format!("ends with {value}"),
        End::Standstill => "stands still".into(),
        End::Impossible(why) => why.clone(),
    }
}
