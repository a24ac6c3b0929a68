//! A coroutine greets, waits, and goes on. Calling it runs nothing of it; awaiting it does.
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::sleep;

async fn greet(name: &str, wait_ms: u64) {
    println!("  Hello, {name}!");
    sleep(Duration::from_millis(wait_ms)).await; // Here it is put aside, and the thread is free.
    println!("  Goodbye, {name}!");
}

async fn party() {
    println!("called, and dropped:");
    drop(greet("Nobody", 10));

    println!("called, and awaited:");
    let ada = greet("Ada", 10);
    println!("  (nothing so far)");
    ada.await;

    println!("two at once, on one thread:");
    let grace = tokio::spawn(greet("Grace", 40));
    let alan = tokio::spawn(greet("Alan", 80));
    grace.await.expect("a greeting does not panic");
    alan.await.expect("a greeting does not panic");
}

fn main() {
    // One thread runs everything. It stops only when no coroutine has anything to do.
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(party());
}
