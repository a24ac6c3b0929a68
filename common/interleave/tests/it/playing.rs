//! Being the scheduler: every choice is offered in words, and what was played can be replayed.
use std::play::{Ending, Game, Moment};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::{Checker, FailureKind};

fn transfers() {
    let (left, right) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    let (left2, right2) = (Arc::clone(&left), Arc::clone(&right));
    let teller = thread::spawn(move || {
        let _first = right2.lock().unwrap();
        let _second = left2.lock().unwrap();
    });
    {
        let _first = left.lock().unwrap();
        let _second = right.lock().unwrap();
    }
    teller.join().unwrap();
}

/// Plays with a player that is told each moment as lines of text.
fn play(f: impl Fn() + Send + Sync + 'static, mut pick: impl FnMut(&[String]) -> usize) -> Game {
    Checker::new().play(f, |moment: &Moment| {
        let line = |way: &std::play::Way| format!("{} {}", moment.story.threads[way.thread], way.text);
        Some(pick(&moment.ways.iter().map(line).collect::<Vec<_>>()))
    })
}

#[test]
fn a_deadlock_can_be_played() {
    let mut seen = Vec::new();
    // Whoever has taken its first lock is interrupted by the other.
    let game = play(transfers, |ways| {
        seen.push(ways.join(" | "));
        usize::from(ways[0].contains("main locks right")).min(ways.len() - 1)
    });
    let Ending::Broken(failure) = &game.ending else { panic!("{seen:#?} {game:?}") };
    assert_eq!(failure.kind, FailureKind::Deadlock);
    assert_eq!(seen[0], "main locks left | teller begins");
    assert!(seen.contains(&"main locks right | teller begins".into()), "{seen:#?}");
    assert_eq!((game.cost, game.choices), (1, seen.len()));
    assert_eq!(game.broken(), Some(FailureKind::Deadlock));
    let again = Checker::new().replay(&game.replay).check(transfers).unwrap_err();
    assert_eq!(again.story().steps, game.story.steps);
}

#[test]
fn the_plainest_way_ends_well() {
    let game = play(transfers, |_| 0);
    assert!(matches!(game.ending, Ending::Fine), "{game:?}");
    assert_eq!((game.cost, game.replay.as_str()), (0, "0"));
    let last = game.story.steps.last().unwrap();
    assert_eq!(last.text, "joins teller", "every step is told: {:?}", game.story.steps);
}

#[test]
fn a_player_may_stop_and_an_answer_out_of_range_is_the_last_way() {
    let mut asked = 0;
    let game = Checker::new().play(transfers, |moment| {
        asked += 1;
        (moment.choices < 1).then_some(99)
    });
    assert!(matches!(game.ending, Ending::Stopped), "{game:?}");
    assert_eq!((asked, game.cost), (2, 1));
}

#[test]
fn threads_say_what_they_wait_for() {
    let mut waiting = Vec::new();
    let f = || {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        let cook = thread::spawn(move || {
            *other.0.lock().unwrap() = true;
            other.1.notify_one();
        });
        let mut ready = pair.0.lock().unwrap();
        while !*ready {
            ready = pair.1.wait(ready).unwrap();
        }
        drop(ready);
        cook.join().unwrap();
    };
    let game = Checker::new().play(f, |moment| {
        let main = &moment.threads[0];
        waiting.push(main.next.clone());
        assert!(!main.ready || main.place.is_some(), "{main:?}");
        Some(0)
    });
    assert!(matches!(game.ending, Ending::Fine), "{game:?}");
    assert!(waiting.contains(&"waits for a notification on pair (Condvar)".into()), "{waiting:?}");
}

#[test]
fn old_values_are_offered() {
    let f = || {
        let (data, ready) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (data2, ready2) = (Arc::clone(&data), Arc::clone(&ready));
        let writer = thread::spawn(move || {
            data2.store(1, Ordering::Relaxed);
            ready2.store(true, Ordering::Relaxed);
        });
        if ready.load(Ordering::Relaxed) {
            assert_eq!(data.load(Ordering::Relaxed), 1);
        }
        writer.join().unwrap();
    };
    // The writer first, and then the old value of the data.
    let game = play(f, |ways| {
        let wanted = |w: &String| w.starts_with("writer") || w == "main reads old data = 0";
        ways.iter().position(wanted).unwrap_or(0)
    });
    assert_eq!(game.broken(), Some(FailureKind::Panic), "{game:?}");
    assert!(Checker::new().replay(&game.replay).check(f).is_err());
}

#[test]
fn a_player_that_panics_ends_the_game() {
    let played = std::panic::catch_unwind(|| Checker::new().play(transfers, |_| panic!("had enough")));
    assert_eq!(played.unwrap_err().downcast_ref(), Some(&"had enough"));
    // Nothing of it is left behind.
    assert!(Checker::new().check(transfers).is_err());
}
