//! Start ten threads, each with an argument; take the results in the order of starting.
use std::thread;

fn square(number: u64) -> u64 {
    println!("{number} squared is {}", number * number);
    number * number
}

fn main() {
    let mut handles = Vec::new();
    for number in 0..10 {
        handles.push(thread::spawn(move || square(number)));
    }
    println!("ten threads are started");

    let mut squares = Vec::new();
    for handle in handles {
        squares.push(handle.join().expect("the thread did not panic"));
    }
    println!("in the order of starting: {squares:?}");
}
