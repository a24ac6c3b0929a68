//! Draws failing schedules of small programs into a folder: `cargo run -p interleave --example pictures -- FOLDER`.
//!
//! Each becomes a picture (`.svg`), a page to step through (`.html`) and a timeline (`.txt`). The results of one that
//! cannot fail become a chart.
extern crate interleave as std;

use std::collections::VecDeque;
use std::outcomes::Outcomes;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::{Checker, env, fs, process};

/// Two transfers in opposite directions, each of which locks the account it takes from first.
fn deadlock() {
    let savings = Arc::new(Mutex::new(100));
    let checking = Arc::new(Mutex::new(100));
    let (from, to) = (Arc::clone(&savings), Arc::clone(&checking));
    let teller = thread::spawn(move || {
        let mut from = from.lock().unwrap();
        let mut to = to.lock().unwrap();
        *from -= 10;
        *to += 10;
    });
    let mut from = checking.lock().unwrap();
    let mut to = savings.lock().unwrap();
    *from -= 5;
    *to += 5;
    drop((from, to));
    teller.join().unwrap();
}

/// A consumer that looks and waits under two separate locks: the notification can fall in between.
fn lost_wakeup() {
    let queue = Arc::new(Mutex::new(VecDeque::new()));
    let arrived = Arc::new(Condvar::new());
    let (their_queue, their_arrived) = (Arc::clone(&queue), Arc::clone(&arrived));
    let producer = thread::spawn(move || {
        their_queue.lock().unwrap().push_back("letter");
        their_arrived.notify_one();
    });
    let empty = queue.lock().unwrap().is_empty();
    if empty {
        let guard = queue.lock().unwrap();
        drop(arrived.wait(guard).unwrap());
    }
    producer.join().unwrap();
}

/// A flag that says "ready" before the data is seen.
fn stale_read() {
    let data = Arc::new(AtomicU32::new(0));
    let ready = Arc::new(AtomicBool::new(false));
    let (their_data, their_ready) = (Arc::clone(&data), Arc::clone(&ready));
    let writer = thread::spawn(move || {
        their_data.store(42, Ordering::Relaxed);
        their_ready.store(true, Ordering::Relaxed);
    });
    if ready.load(Ordering::Relaxed) {
        assert_eq!(data.load(Ordering::Relaxed), 42);
    }
    writer.join().unwrap();
}

/// A buffer for one item, with one condition variable for two conditions: the wrong one can be woken.
fn wrong_waiter() {
    struct Buffer {
        item: Mutex<Option<u32>>,
        changed: Condvar,
    }
    let buffer = Arc::new(Buffer { item: Mutex::new(None), changed: Condvar::new() });
    let spawn = |name: &str, body: fn(&Buffer)| {
        let buffer = Arc::clone(&buffer);
        thread::Builder::new().name(name.into()).spawn(move || body(&buffer)).unwrap()
    };
    let put: fn(&Buffer) = |buffer| {
        let mut item = buffer.item.lock().unwrap();
        while item.is_some() {
            item = buffer.changed.wait(item).unwrap();
        }
        *item = Some(1);
        buffer.changed.notify_one();
    };
    let take: fn(&Buffer) = |buffer| {
        let mut item = buffer.item.lock().unwrap();
        while item.is_none() {
            item = buffer.changed.wait(item).unwrap();
        }
        *item = None;
        buffer.changed.notify_one();
    };
    let threads =
        [spawn("cook 1", put), spawn("cook 2", put), spawn("waiter 1", take), spawn("waiter 2", take)];
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Five philosophers who all take the left fork first.
fn philosophers() {
    let forks: Arc<Vec<Mutex<()>>> = Arc::new((0..5).map(|_| Mutex::new(())).collect());
    let seats: Vec<_> = ["Ada", "Barbara", "Edsger", "Grace", "Leslie"]
        .into_iter()
        .enumerate()
        .map(|(seat, name)| {
            let forks = Arc::clone(&forks);
            let eat = move || {
                let _left = forks[seat].lock().unwrap();
                let _right = forks[(seat + 1) % 5].lock().unwrap();
            };
            thread::Builder::new().name(name.into()).spawn(eat).unwrap()
        })
        .collect();
    for seat in seats {
        seat.join().unwrap();
    }
}

/// Results that come in another order than they were asked for.
fn order_of_messages() {
    let (sender, results) = mpsc::channel();
    for number in 1..=2 {
        let sender = sender.clone();
        thread::spawn(move || sender.send(number).unwrap());
    }
    drop(sender);
    let results: Vec<u32> = results.iter().collect();
    assert_eq!(results, [1, 2], "the results, in order");
}

/// What two threads that store and then look can see of each other: both may see nothing.
fn store_buffer() -> String {
    let (left, right) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (their_left, their_right) = (Arc::clone(&left), Arc::clone(&right));
    let other = thread::spawn(move || {
        their_right.store(1, Ordering::Release);
        their_left.load(Ordering::Acquire)
    });
    left.store(1, Ordering::Release);
    let seen = right.load(Ordering::Acquire);
    format!("main sees {seen}, other sees {}", other.join().unwrap())
}

fn main() {
    const USAGE: &str = "usage: cargo run -p interleave --example pictures -- FOLDER";
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let folder = match &arguments[..] {
        [flag] if flag == "--help" || flag == "-h" => return println!("{USAGE}"),
        [folder] if !folder.to_string_lossy().starts_with('-') => PathBuf::from(folder),
        _ => {
            eprintln!("{USAGE}");
            process::exit(2);
        }
    };
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let programs: [(&str, fn()); 6] = [
        ("deadlock", deadlock),
        ("lost_wakeup", lost_wakeup),
        ("stale_read", stale_read),
        ("wrong_waiter", wrong_waiter),
        ("philosophers", philosophers),
        ("order_of_messages", order_of_messages),
    ];
    for (name, program) in programs {
        let story = match std::check(program) {
            Err(failure) => failure.story(),
            Ok(report) => panic!("{name} should fail: {report}"),
        };
        write(&folder, name, "svg", &story.svg());
        write(&folder, name, "html", &story.html());
        write(&folder, name, "txt", &story.terminal(100, false));
    }
    let outcomes = Outcomes::of(&Checker::new().merge(false), store_buffer).expect("it cannot fail");
    write(&folder, "store_buffer", "svg", &outcomes.svg());
    write(&folder, "store_buffer", "txt", &outcomes.terminal(80, false));
}

fn write(folder: &Path, name: &str, ending: &str, text: &str) {
    let path = folder.join(format!("{name}.{ending}"));
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    println!("{}", path.display());
}
