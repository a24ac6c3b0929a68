//! The outbox of the chat server in every order of its steps: nothing is lost, nobody sleeps through the end.
//!
//! The file of the server is mounted here with the course's `std` in the place of the real one; not a line of it differs.
extern crate interleave as std;

#[path = "../src/bin/p109_chat_server/outbox.rs"]
mod outbox;

use interleave::Checker;
use outbox::Outbox;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// What the writer does: takes batches until the outbox is closed and empty.
fn everything(outbox: &Outbox) -> (String, usize) {
    let (mut batch, mut all, mut batches) = (Vec::new(), Vec::new(), 0);
    while outbox.take(&mut batch) {
        all.extend_from_slice(&batch);
        batches += 1;
    }
    (String::from_utf8(all).unwrap(), batches)
}

/// One talker, who then closes, as a room does at the end; and the writer.
fn all_is_sent_and_the_writer_ends() {
    let outbox = Arc::new(Outbox::new(100));
    let writer = thread::spawn({
        let outbox = Arc::clone(&outbox);
        move || everything(&outbox)
    });
    assert!(outbox.push("one\n"));
    assert!(outbox.push("two\n"));
    outbox.close();
    assert!(!outbox.push("too late\n"));
    let (all, batches) = writer.join().unwrap();
    assert_eq!(all, "one\ntwo\n");
    assert!((1..=2).contains(&batches), "{batches} batches");
}

/// Two talkers and a writer. Whoever talks is never held up by the writer: they are never seen waiting for it.
fn two_talkers() {
    let outbox = Arc::new(Outbox::new(100));
    let talker = thread::spawn({
        let outbox = Arc::clone(&outbox);
        move || assert!(outbox.push("a\n"))
    });
    let writer = thread::spawn({
        let outbox = Arc::clone(&outbox);
        move || everything(&outbox).0
    });
    assert!(outbox.push("b\n"));
    talker.join().unwrap();
    outbox.close();
    let all = writer.join().unwrap();
    assert!(all == "a\nb\n" || all == "b\na\n", "{all:?}");
}

/// The outbox has room for one line. Either the writer was in time, or the client has to go; it hears which.
fn too_slow_or_in_time() {
    let outbox = Arc::new(Outbox::new(4));
    let writer = thread::spawn({
        let outbox = Arc::clone(&outbox);
        move || everything(&outbox).0
    });
    assert!(outbox.push("one\n"));
    let in_time = outbox.push("two\n");
    assert_eq!(outbox.is_slow(), !in_time);
    outbox.close();
    let all = writer.join().unwrap();
    if in_time {
        assert_eq!(all, "one\ntwo\n");
    } else {
        assert!(all.starts_with("one\n* You are too slow") && !all.contains("two"), "{all:?}");
    }
}

/// At the end the writer waits for the reader: not when it has ended, and not for ever when it does not.
fn the_last_wait_ends() {
    let outbox = Arc::new(Outbox::new(100));
    let reader = thread::spawn({
        let outbox = Arc::clone(&outbox);
        move || {
            outbox.close();
            outbox.reader_is_gone();
        }
    });
    let (all, _) = everything(&outbox);
    assert_eq!(all, "");
    outbox.wait_for_reader(Duration::from_secs(5));
    reader.join().unwrap();
}

/// The writer loses patience while somebody talks: the talker hears it, now or next time, and waits for nothing.
fn the_writer_gives_up() {
    let outbox = Arc::new(Outbox::new(100));
    let writer = thread::spawn({
        let outbox = Arc::clone(&outbox);
        move || {
            let mut batch = Vec::new();
            assert!(outbox.take(&mut batch));
            outbox.give_up();
        }
    });
    assert!(outbox.push("one\n"));
    let open = outbox.push("two\n");
    assert!(open || outbox.is_closed());
    writer.join().unwrap();
    assert!(outbox.is_closed() && outbox.is_slow());
    assert!(!outbox.push("three\n"));
}

fn check(name: &str, body: fn()) {
    let report = Checker::new().check(body).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    println!("{name}: {report}");
}

#[test]
fn in_every_order() {
    check("all is sent and the writer ends", all_is_sent_and_the_writer_ends);
    check("two talkers", two_talkers);
    check("too slow or in time", too_slow_or_in_time);
    check("the last wait ends", the_last_wait_ends);
    check("the writer gives up", the_writer_gives_up);
}
