//! What comes of workers that fail: an error, a panic, a panic that nobody asks for, a panic in a scope.
use std::{panic, thread};

fn count(room: &str) -> Result<u32, String> {
    match room {
        "cellar" => Err("the door is locked".to_string()),
        "attic" => panic!("it is dark"),
        "shed" => panic!("a {} in the {room}", "ghost"),
        _ => Ok(12),
    }
}

fn main() {
    // One line for every panic, in the place of Rust's own message.
    panic::set_hook(Box::new(|info| {
        let name = thread::current().name().unwrap_or("a thread without a name").to_string();
        println!("  [{name} panics: {}]", info.payload_as_str().unwrap_or("?"));
    }));

    let rooms = ["hall", "cellar", "attic", "shed"];
    let start = |room: &'static str| {
        thread::Builder::new().name(room.to_string()).spawn(move || count(room)).unwrap()
    };

    let forgotten = start("attic");
    while !forgotten.is_finished() {
        thread::yield_now();
    }
    drop(forgotten);
    println!("nobody has joined the thread that panicked, and the program goes on");

    let workers: Vec<_> = rooms.into_iter().map(|room| (room, start(room))).collect();
    for (room, worker) in workers {
        match worker.join() {
            Ok(Ok(pictures)) => println!("{room}: {pictures} pictures"),
            Ok(Err(reason)) => println!("{room}: no number, because {reason}"),
            Err(payload) => {
                let literal = payload.downcast_ref::<&str>().copied();
                let text = literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                println!("{room}: a panic, because {}", text.unwrap_or("of something"));
            }
        }
    }

    let scope = panic::catch_unwind(|| {
        thread::scope(|scope| {
            scope.spawn(|| count("attic"));
            scope.spawn(|| println!("the other thread of the scope ends as it should"));
        });
    });
    println!(
        "a scope in which a thread panicked: {}",
        if scope.is_err() { "panics, too" } else { "ends well" }
    );
}
