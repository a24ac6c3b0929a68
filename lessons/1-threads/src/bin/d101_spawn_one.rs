//! Start one thread, go on beside it, wait for it, take its result.
use std::thread;

fn main() {
    let numbers = vec![3, 1, 4, 1, 5];

    println!("main:   starting a thread");
    let handle = thread::spawn(move || {
        println!("thread: adding up {numbers:?}");
        numbers.iter().sum::<i32>()
    });

    println!("main:   not waiting yet");
    let sum = handle.join().expect("the thread did not panic");
    println!("main:   the thread is done, its result is {sum}");
}
