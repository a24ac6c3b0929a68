//! What a story carries for pictures, the pictures themselves, and tables of outcomes.
use crate::wrong;
use std::outcomes::Outcomes;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::{Act, Checker, Story, thread};

/// The steps that another step made possible, in pairs: what it was, and what came of it.
fn causes(story: &Story) -> Vec<(&str, &str)> {
    let steps = &story.steps;
    steps.iter().filter_map(|s| Some((steps[s.from?].text.as_str(), s.text.as_str()))).collect()
}

#[test]
fn a_story_says_who_holds_what_and_who_waits() {
    let failure = wrong(|| {
        let (left, right) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        let (left2, right2) = (Arc::clone(&left), Arc::clone(&right));
        let other = thread::spawn(move || {
            let _right = right2.lock().unwrap();
            let _left = left2.lock().unwrap();
        });
        let both = (left.lock().unwrap(), right.lock().unwrap());
        drop(both);
        other.join().unwrap();
    });
    let story = failure.story();
    let acts: Vec<&Act> = story.steps.iter().map(|s| &s.act).filter(|act| **act != Act::None).collect();
    let waits = |what: &str| Act::WaitsFor { what: what.into(), gives_back: None };
    assert_eq!(
        acts,
        [&Act::Takes("left".into()), &Act::Takes("right".into()), &waits("left"), &waits("right"),],
        "{failure}"
    );
    assert!(causes(&story).contains(&("starts other", "locks right")), "{failure}");
}

#[test]
fn whoever_makes_a_step_possible_is_named() {
    let failure = wrong(|| {
        let (gate, opened) = (Arc::new(Mutex::new(false)), Arc::new(Condvar::new()));
        let (gate2, opened2) = (Arc::clone(&gate), Arc::clone(&opened));
        let opener = thread::spawn(move || {
            *gate2.lock().unwrap() = true;
            opened2.notify_one();
        });
        let guard = gate.lock().unwrap();
        let guard = opened.wait(guard).unwrap();
        drop(guard);
        opener.join().unwrap();
        panic!("the gate was open");
    });
    // The first failing schedule: the opener could not come first.
    assert!(
        causes(&failure.story()).contains(&("notifies opened: wakes main", "is woken by opened")),
        "{failure}"
    );

    let failure = wrong(|| {
        let (sender, letters) = mpsc::channel();
        let sorter = thread::spawn(move || {
            sender.send(1).unwrap();
            thread::park();
        });
        let letter = letters.recv().unwrap();
        sorter.thread().unpark();
        sorter.join().unwrap();
        assert_ne!(letter, 1);
    });
    let story = failure.story();
    let pairs = causes(&story);
    assert!(
        pairs.iter().any(|(a, b)| a.starts_with("sends to") && b.starts_with("receives from")),
        "{failure}"
    );
    assert!(pairs.contains(&("unparks sorter", "wakes from park")), "{failure}");

    let failure = wrong(|| {
        let desk = Arc::new(Mutex::new(0));
        let desk2 = Arc::clone(&desk);
        let (sender, here) = mpsc::channel();
        let guard = desk.lock().unwrap();
        let clerk = thread::spawn(move || {
            sender.send(()).unwrap();
            *desk2.lock().unwrap() += 1;
        });
        here.recv().unwrap();
        drop(guard);
        clerk.join().unwrap();
        assert_eq!(*desk.lock().unwrap(), 2);
    });
    assert!(causes(&failure.story()).contains(&("unlocks desk", "locks desk")), "{failure}");

    let failure = wrong(|| {
        let count = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&count);
        let clerk = thread::spawn(move || other.fetch_add(1, Ordering::SeqCst));
        clerk.join().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
    });
    assert!(causes(&failure.story()).contains(&("changes count: 0 → 1", "joins clerk")), "{failure}");

    let failure = wrong(|| {
        let (data, ready) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let (data2, ready2) = (Arc::clone(&data), Arc::clone(&ready));
        let writer = thread::spawn(move || {
            data2.store(7, Ordering::Relaxed);
            ready2.store(true, Ordering::Release);
        });
        if ready.load(Ordering::Acquire) {
            assert_ne!(data.load(Ordering::Relaxed), 7);
        }
        writer.join().unwrap();
    });
    let story = failure.story();
    let pairs = causes(&story);
    assert!(pairs.contains(&("writes ready = true (release)", "reads ready = true (acquire)")), "{failure}");
    assert!(
        !pairs.iter().any(|(_, effect)| effect.starts_with("reads data")),
        "relaxed orders nothing: {failure}"
    );
}

#[test]
fn a_step_comes_from_an_earlier_one_and_takes_are_given_back() {
    let failure = wrong(|| {
        let total = Arc::new(Mutex::new(0));
        let clerks: Vec<_> = (0..3)
            .map(|_| {
                let total = Arc::clone(&total);
                thread::spawn(move || {
                    let seen = *total.lock().unwrap();
                    *total.lock().unwrap() = seen + 1;
                })
            })
            .collect();
        for clerk in clerks {
            clerk.join().unwrap();
        }
        assert_eq!(*total.lock().unwrap(), 3);
    });
    let story = failure.story();
    assert!(story.left_out > 0, "{failure}");
    for (i, step) in story.steps.iter().enumerate() {
        assert!(step.from.is_none_or(|from| from < i), "{failure}");
        let Act::Takes(lock) = &step.act else { continue };
        let later = story.steps[i + 1..].iter().filter(|s| s.thread == step.thread);
        let gives = later
            .take_while(|s| s.act != Act::Takes(lock.clone()))
            .any(|s| s.act == Act::GivesBack(lock.clone()));
        assert!(gives || step.thread == 0, "step {}: {failure}", i + 1);
    }
}

#[test]
fn the_source_around_the_steps_is_there() {
    let failure = wrong(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&count);
        let clerk = thread::spawn(move || other.store(other.load(Ordering::SeqCst) + 1, Ordering::SeqCst));
        count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
        clerk.join().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
    });
    let story = failure.story();
    assert_eq!(story.sources[0].file, story.home);
    for place in story.steps.iter().filter_map(|s| s.place.as_ref()) {
        let excerpt = story.sources.iter().find(|e| e.file == place.file).expect("an excerpt of the file");
        let line = &excerpt.lines[(place.line - excerpt.first_line) as usize];
        assert_eq!(line.trim(), place.code);
    }
    let first = &story.sources[0].lines[0];
    assert!(first.contains("fn the_source_around_the_steps_is_there"), "begins with its function: {first}");
}

#[test]
fn pictures_are_whole_and_well_formed() {
    let failure = wrong(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&count);
        let spawn = thread::Builder::new().name("<clerk> & \"co\"".into());
        let clerk =
            spawn.spawn(move || other.store(other.load(Ordering::SeqCst) + 1, Ordering::SeqCst)).unwrap();
        count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
        clerk.join().unwrap();
        assert_eq!(count.load(Ordering::SeqCst), 2);
    });
    let (svg, html) = (failure.story().svg(), failure.story().html());
    for (name, text) in [("svg", &svg), ("html", &html)] {
        assert!(text.contains("&lt;clerk&gt; &amp; &quot;co&quot;"), "{name}");
        assert!(!text.contains("<clerk>"), "{name}");
        for part in ["role=\"img\"", "<title", "<desc", "prefers-color-scheme: dark", "data-step=\"1\""] {
            assert!(text.contains(part), "`{part}` is not in the {name}");
        }
        // Nothing is fetched from anywhere: the only address is the name of SVG's own language.
        assert!(!text.replace("http://www.w3.org/2000/svg", "").contains("://"), "{name}");
    }
    for tag in ["g", "text", "tspan", "svg", "defs", "pattern", "title", "desc", "style"] {
        let start = format!("<{tag}");
        let opened =
            svg.match_indices(&start).filter(|(at, found)| svg[at + found.len()..].starts_with([' ', '>']));
        assert_eq!(opened.count(), svg.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert_eq!(svg, failure.story().svg(), "the same story, the same picture");
}

#[test]
fn a_story_without_steps_is_still_a_page() {
    let story = Story {
        title: "Nothing to interleave".into(),
        because: vec!["one thread".into()],
        ..Story::default()
    };
    assert!(story.svg().contains("one thread") && story.html().contains("one thread"));
    assert!(!story.html().contains("<script"));
}

/// Two threads that each read and then write a counter.
fn lost_update() -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let other = Arc::clone(&count);
    let clerk = thread::spawn(move || other.store(other.load(Ordering::SeqCst) + 1, Ordering::SeqCst));
    count.store(count.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
    clerk.join().unwrap();
    count.load(Ordering::SeqCst)
}

#[test]
fn outcomes_count_each_schedule_once() {
    let all = Outcomes::of(&Checker::new().merge(false), lost_update).unwrap();
    // The clerk's beginning, load and store among main's load and store: five over two, of which four let one go first.
    assert_eq!(all.rows(), [("1".to_string(), 6), ("2".to_string(), 4)]);
    assert_eq!(all.to_string(), "1: 60 %, 2: 40 % of 10 schedules");
    assert!(all.report().complete);
    let lucky =
        Outcomes::of(&Checker::new().merge(false).bound(0).runs_beyond_bound(0), lost_update).unwrap();
    assert_eq!(lucky.rows(), [("2".to_string(), lucky.schedules())], "nobody is interrupted");
    assert!(lucky.terminal(60, false).contains("all without an unlucky"), "{}", lucky.terminal(60, false));
}

#[test]
fn outcomes_start_anew_when_more_moments_turn_out_to_matter() {
    let tries = || {
        let lock = Arc::new(Mutex::new(()));
        let other = Arc::clone(&lock);
        let holder = thread::spawn(move || drop(other.lock().unwrap()));
        let got_it = lock.try_lock().is_ok();
        holder.join().unwrap();
        got_it
    };
    let outcomes = Outcomes::of(&Checker::new().merge(false), tries).unwrap();
    let again = Outcomes::of(&Checker::new().merge(false), tries).unwrap();
    assert_eq!(outcomes.rows(), again.rows());
    let of = |value: &str| outcomes.rows().iter().find(|(v, _)| v == value).map_or(0, |(_, n)| *n);
    assert!(of("true") > 0 && of("false") > 0, "{outcomes}");
}

#[test]
fn outcomes_are_drawn_within_their_width_and_say_what_they_are_not() {
    let outcomes =
        Outcomes::of(&Checker::new(), || format!("<{}> of what is a rather long name", lost_update()))
            .unwrap();
    for width in [30, 60, 100] {
        let text = outcomes.terminal(width, false);
        assert!(text.lines().all(|l| l.chars().count() <= width), "{width}\n{text}");
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains("no probabilities"), "{text}");
    }
    assert!(outcomes.terminal(60, true).contains("\x1b["));
    let svg = outcomes.svg();
    assert!(svg.contains("&lt;1&gt; of what is") && svg.contains("role=\"img\"") && !svg.contains("<1>"));
    let failure = Outcomes::of(&Checker::new(), || {
        let count = lost_update();
        assert_eq!(count, 2, "lost");
        count
    });
    assert!(failure.is_err());
}
