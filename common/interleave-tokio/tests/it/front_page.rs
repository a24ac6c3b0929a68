//! The picture on the crate's front page is the one that its first example draws.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

async fn open_the_door() {
    let open = Arc::new(AtomicBool::new(false));
    let bell = Arc::new(Notify::new());
    let (is_open, rings) = (open.clone(), bell.clone());
    let visitor = tokio::spawn(async move {
        while !is_open.load(SeqCst) {
            rings.notified().await;
        }
    });
    open.store(true, SeqCst);
    bell.notify_waiters();
    visitor.await.unwrap();
}

/// Where something is in a file differs: the words and their order do not.
fn words(text: &str) -> Vec<String> {
    let is_place =
        |word: &str| word.trim_end_matches('.').rsplit(':').next().is_some_and(|n| n.parse::<u32>().is_ok());
    text.split_whitespace().filter(|word| !word.contains(':') || !is_place(word)).map(String::from).collect()
}

#[test]
fn the_picture_is_true() {
    let page = include_str!("../../src/lib.rs");
    let code: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let page = code.join("\n");
    let (_, rest) = page.split_once("```text\n").expect("the page has a picture");
    let (picture, _) = rest.split_once("\n```").expect("the picture ends");
    let failure = std::check(|| Runtime::new().unwrap().block_on(open_the_door())).unwrap_err();
    let drawn = failure.story().terminal(80, false);
    let said: Vec<String> = words(picture);
    let mut told = words(&drawn);
    // The page leaves out how to run the schedule again.
    told.truncate(said.len());
    assert_eq!(said, told, "{drawn}");
}
